"""A folder of PNG files, one for each frame; it appears only when it is complete."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from understudy.media.output.atomic import AllOrNothing, UnfinishedFolder
from understudy.media.output.encode import cannot_write
from understudy.media.output.provenance import Provenance
from understudy.media.output.sound import SoundOutcome
from understudy.media.output.watermark import Watermark
from understudy.media.output.yuv import YuvConverter, split_planes

# zlib's, 0 to 9: higher ones take several times as long for a few per cent.
_COMPRESSION = 3
# Digits of a frame's number, which begins at 0.
_DIGITS = 5
_XMP_KEY = "XML:com.adobe.xmp"


class SequenceWriter(AllOrNothing):
    """A context manager that writes frames to `path`/00000.png and so on.

    sound_outcome: always `none`: pictures have no sound.
    """

    sound_outcome: SoundOutcome = "none"

    def __init__(
        self,
        path: Path,
        *,
        provenance: Provenance | None = None,
        watermark: Watermark | None = None,
    ) -> None:
        """provenance: carried by every file as XMP. Raises CannotWrite."""
        self.frames_written = 0
        self._watermark = watermark
        self._converter = YuvConverter()
        self._info = PngInfo()
        if provenance is not None:
            self._info.add_itxt(_XMP_KEY, provenance.xmp().decode())
        try:
            self._folder = UnfinishedFolder(path)
        except OSError as error:
            raise cannot_write(error) from error

    def write_yuv420(self, planes: NDArray[np.uint8]) -> None:
        """Add a frame, (h * 3 / 2, w) uint8 I420, BT.709 limited. Raises CannotWrite."""
        if self._watermark is not None:
            planes = planes.copy()
            self._watermark.stamp_yuv420(*split_planes(planes))
        self._save(self._converter.rgb(planes))

    def write_rgba(self, rgba: NDArray[np.uint8]) -> None:
        """Add a frame with alpha, (h, w, 4) uint8 sRGB, colours not multiplied by it. Raises
        CannotWrite."""
        if self._watermark is not None:
            rgba = rgba.copy()
            self._watermark.stamp_rgba(rgba.reshape(rgba.shape[0], -1))
        self._save(rgba)

    def close(self) -> None:
        """Put the folder in its place; raises CannotWrite."""
        try:
            self._folder.close()
        except OSError as error:
            raise cannot_write(error) from error

    def abort(self) -> None:
        """Stop and leave nothing; does nothing after `close`."""
        self._folder.abort()

    def _save(self, pixels: NDArray[np.uint8]) -> None:
        path = self._folder.path / f"{self.frames_written:0{_DIGITS}d}.png"
        try:
            Image.fromarray(pixels).save(
                path, "PNG", compress_level=_COMPRESSION, pnginfo=self._info
            )
        except OSError as error:
            raise cannot_write(error) from error
        self.frames_written += 1
