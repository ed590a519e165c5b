"""Decoded frames to RGB at the wanted size."""

from __future__ import annotations

from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from understudy.media.clip import hdr
from understudy.media.clip.display_transform import DisplayTransform

# Where sides are divided by at least this, frames are made small in YUV before they are turned to
# RGB: a third of the cost, for colour at half the small size's resolution.
_STRONG_REDUCTION = 1.5
_SD_ROWS = 576  # px: a picture with more rows is HD, of BT.709, where it does not say
_ACCURATE = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
# AVCOL_SPC_* of a stream to the matrices that the scaler knows.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}


class FrameScaler:
    """Turns one clip's frames into RGB of one size; keeps the scalers between frames."""

    def __init__(
        self, size: tuple[int, int], transform: DisplayTransform, *, quick: bool = False
    ) -> None:
        """size: (w, h) wanted, upright. transform: the clip's rotation and mirroring.

        quick: for who measures and does not show: every frame is made small in YUV, and one that
        keeps its size takes a twentieth of the time, with colour at half the resolution.
        """
        self._size = transform.size(*size)
        self._transform = transform
        self._quick = quick
        self._shrink = VideoReformatter()
        self._convert = VideoReformatter()

    def to_rgb(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """(h, w, 3) uint8 RGB, upright, read-only. HDR is brought to SDR."""
        width, height = self._size
        matrix = matrix_of(frame)
        if hdr.is_hdr(frame.color_trc):
            deep = self._shrink.reformat(
                frame,
                width,
                height,
                "rgb48le",
                src_colorspace=matrix,
                interpolation=self._kernel(frame) | _ACCURATE,
                dst_color_range=ColorRange.JPEG,
                threads=1,
            )
            rgb = hdr.to_sdr(cast("NDArray[np.uint16]", deep.to_ndarray()), frame.color_trc)
        elif self._is_made_small_first(frame) and frame.format.name == "yuv420p":
            small = self._shrink.reformat(
                frame, width, height, "yuv420p", interpolation=Interpolation.AREA, threads=1
            )
            rgb = self._rgb24(self._convert, small, Interpolation.BILINEAR, matrix)
        else:
            kernel = self._kernel(frame) | (Interpolation(0) if self._quick else _ACCURATE)
            rgb = self._rgb24(self._shrink, frame, kernel, matrix)
        upright = self._transform.apply(rgb)
        upright.flags.writeable = False
        return upright

    def _rgb24(
        self, scaler: VideoReformatter, frame: VideoFrame, kernel: Interpolation, matrix: Colorspace
    ) -> NDArray[np.uint8]:
        width, height = self._size
        image = scaler.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=matrix,
            interpolation=kernel,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        return cast("NDArray[np.uint8]", image.to_ndarray())

    def _is_made_small_first(self, frame: VideoFrame) -> bool:
        width, height = self._size
        reduction = min(frame.width / width, frame.height / height)
        return reduction > 1 if self._quick else reduction >= _STRONG_REDUCTION

    def _kernel(self, frame: VideoFrame) -> Interpolation:
        width, height = self._size
        smaller = frame.width > width or frame.height > height
        return Interpolation.AREA if smaller else Interpolation.BICUBIC


def matrix_of(frame: VideoFrame) -> Colorspace:
    """The YUV matrix a frame was made with; where it does not say, as players guess: by size."""
    guess = Colorspace.ITU709 if min(frame.width, frame.height) > _SD_ROWS else Colorspace.ITU601
    return _MATRICES.get(frame.colorspace, guess)
