"""The driver and the result side by side, frame by frame."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy.media.output.atomic import AllOrNothing
from understudy.media.output.content_credentials import SigningIdentity
from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.sound import SoundSource
from understudy.media.output.yuv import YuvConverter, split_planes

# A landscape driver is scaled down to this many widths of the result, so as not to dwarf it.
_MAX_DRIVER_WIDTHS = 1.6
_GAP = 8  # px between the two
_BACKGROUND = 24  # luma, 16..235, beside the smaller one


class CompareWriter(AllOrNothing):
    """A context manager that writes the driver on the left and the result on the right.

    It takes the same frames as `VideoWriter` and pulls the driver's frames of the same times
    itself, one at a time.
    """

    def __init__(  # noqa: PLR0913 - independent keyword options
        self,
        path: Path,
        size: tuple[int, int],
        fps: Fraction,
        *,
        driver_size: tuple[int, int],
        driver_frames: Generator[NDArray[np.uint8]],
        sound: SoundSource | None = None,
        provenance: Provenance | None = None,
        identity: SigningIdentity | None = None,
    ) -> None:
        """size: (w, h) of the result's frames, both even.

        driver_size, driver_frames: of the driver's frames (h, w, 3) RGB, see `driver_size`.
        """
        width, height = size
        driver = driver_size
        left = driver[0] + _GAP
        # Offsets are even, so that chroma samples stay whole.
        self._driver_corner = 0, (height - driver[1]) // 4 * 2
        self._result_corner = left, 0
        self._canvas = np.empty((height * 3 // 2, left + width), np.uint8)
        self._canvas[:height] = _BACKGROUND
        self._canvas[height:] = 128
        self._converter = YuvConverter()
        self._frames = driver_frames
        self._writer = VideoWriter(
            path,
            (left + width, height),
            fps,
            sound=sound,
            provenance=provenance,
            identity=identity,
        )

    def write_yuv420(self, planes: NDArray[np.uint8]) -> None:
        """Add a frame of the result, (h * 3 / 2, w) uint8 I420, BT.709 limited."""
        frame = next(self._frames, None)
        # Past the driver's end the last frame stays.
        if frame is not None:
            self._place(self._converter.planes(frame), self._driver_corner)
        self._place(planes, self._result_corner)
        self._writer.write_yuv420(self._canvas)

    def close(self) -> None:
        """Finish the file and put it in its place; raises what `VideoWriter.close` does."""
        self._frames.close()
        self._writer.close()

    def abort(self) -> None:
        """Stop and leave nothing."""
        self._frames.close()
        self._writer.abort()

    def _place(self, planes: NDArray[np.uint8], corner: tuple[int, int]) -> None:
        for part, whole, step in zip(
            split_planes(planes), split_planes(self._canvas), (1, 2, 2), strict=True
        ):
            (x, y), (h, w) = corner, part.shape
            whole[y // step : y // step + h, x // step : x // step + w] = part


def driver_size(size: tuple[int, int], driver: tuple[int, int]) -> tuple[int, int]:
    """The (w, h) at which a driver of that size is shown beside a result of `size`, both even."""
    width, height = size
    scale = min(height / driver[1], _MAX_DRIVER_WIDTHS * width / driver[0])
    return _even(driver[0] * scale), min(height, _even(driver[1] * scale))


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))
