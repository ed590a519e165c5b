"""Frames in the pixel format of the file that they are written to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from understudy.media.output.palette import PaletteConverter
from understudy.media.output.transparency import with_spread_colours
from understudy.media.output.yuv import YuvConverter, tag

Conform = Callable[[VideoFrame], VideoFrame]


def conformer(pixels: str) -> Conform:
    """A function that turns frames of yuv420p (BT.709 limited) or rgba into those of a format.

    pixels: yuv420p, yuv444p10le, yuva420p, yuva444p10le, bgra or pal8. The function keeps what it
    needs from frame to frame; times are kept.
    """
    if pixels == "yuv420p":
        return _tagged
    if pixels == "pal8":
        return _Palette()
    if pixels == "bgra":
        return _Bgra()
    return _Yuv(pixels)


def _tagged(frame: VideoFrame) -> VideoFrame:
    tag(frame)
    return frame


class _Palette:
    def __init__(self) -> None:
        self._converter, self._yuv = PaletteConverter(), YuvConverter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        return _timed(self._converter.convert(_pixels(frame, self._yuv)), frame)


class _Bgra:
    def __init__(self) -> None:
        self._yuv = YuvConverter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        pixels = _pixels(frame, self._yuv)
        if pixels.shape[2] == 4:
            pixels = with_spread_colours(pixels)
            order = [2, 1, 0, 3]
            bgra = pixels[..., order]
        else:
            opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
            bgra = np.concatenate([pixels[..., ::-1], opaque], axis=2)
        converted = VideoFrame.from_ndarray(np.ascontiguousarray(bgra), format="bgra")
        return _timed(converted, frame)


class _Yuv:
    """To another YCbCr format, BT.709 limited, with alpha from rgba."""

    def __init__(self, pixels: str) -> None:
        self._pixels = pixels
        self._scaler = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        source = frame
        if frame.format.name == "rgba":
            filled = with_spread_colours(np.asarray(frame.to_ndarray(), np.uint8))
            source = VideoFrame.from_ndarray(filled, format="rgba")
        rgb = source.format.name == "rgba"
        converted = self._scaler.reformat(
            source,
            format=self._pixels,
            src_colorspace=None if rgb else Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if rgb else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
            threads=1,
        )
        tag(converted)
        return _timed(converted, frame)


def _pixels(frame: VideoFrame, converter: YuvConverter) -> NDArray[np.uint8]:
    """(H, W, 3) or, with alpha, (H, W, 4) uint8 sRGB."""
    planes = np.asarray(frame.to_ndarray(), np.uint8)
    return planes if frame.format.name == "rgba" else converter.rgb(planes)


def _timed(converted: VideoFrame, frame: VideoFrame) -> VideoFrame:
    converted.pts = frame.pts
    if frame.time_base is not None:
        converted.time_base = frame.time_base
    return converted
