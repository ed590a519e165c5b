"""Planar YUV 4:2:0 in BT.709, limited range: what is written to a video."""

from __future__ import annotations

from typing import cast

import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]

# ITU-T H.273's codes of primaries, transfer and matrix, and libav's of the range.
_BT709 = 1
_LIMITED = 1


def split_planes(i420: NDArray[np.uint8]) -> Planes:
    """Views of Y (h, w), U and V (h / 2, w / 2) of contiguous I420 planes (h * 3 / 2, w) uint8."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    half = (2, height // 2, width // 2)
    u, v = i420[height:].reshape(half)
    return i420[:height], u, v


def frame_of(i420: NDArray[np.uint8]) -> VideoFrame:
    """I420 planes (h * 3 / 2, w) uint8 as a frame; copied.

    PyAV copies row by row where libav pads the rows, as it does with most widths: five times as
    long, and no other thread of Python's runs meanwhile.
    """
    planes = split_planes(np.ascontiguousarray(i420))
    height, width = planes[0].shape
    frame = VideoFrame(width, height, "yuv420p")
    for index, values in enumerate(planes):
        samples_of(frame, index)[:] = values
    return frame


def samples_of(frame: VideoFrame, index: int) -> NDArray[np.uint8]:
    """A view of one plane's samples, (rows, columns), that can be written to."""
    plane = frame.planes[index]
    samples: NDArray[np.uint8] = np.frombuffer(cast("memoryview", plane), np.uint8)
    width = plane.width * (4 if frame.format.name == "rgba" else 1)
    return samples.reshape(plane.height, plane.line_size)[:, :width]


class YuvConverter:
    """Turns RGB frames into YUV 4:2:0, BT.709 limited; keeps the scaler between frames."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def convert(self, frame: VideoFrame) -> VideoFrame:
        """An rgb24 frame as yuv420p, chroma averaged over 2 x 2 pixels; tagged, times kept."""
        converted = self._scaler.reformat(
            frame,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND,
            threads=1,
        )
        converted.pts = frame.pts
        if frame.time_base is not None:
            converted.time_base = frame.time_base
        tag(converted)
        return converted

    def planes(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """RGB (h, w, 3) uint8, both sides even, as I420 planes (h * 3 / 2, w) uint8."""
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        return np.asarray(self.convert(frame).to_ndarray(), np.uint8)

    def rgb(self, i420: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """I420 planes (h * 3 / 2, w) uint8, BT.709 limited, as RGB (h, w, 3) uint8."""
        frame = frame_of(i420)
        tag(frame)
        converted = self._scaler.reformat(
            frame,
            format="rgb24",
            src_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        return np.asarray(converted.to_ndarray(), np.uint8)


def tag(target: VideoFrame | VideoCodecContext) -> None:
    """Mark a frame, or all frames of an encoder, as BT.709 limited."""
    target.colorspace = target.color_primaries = target.color_trc = _BT709
    target.color_range = _LIMITED
