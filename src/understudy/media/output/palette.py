"""Frames of a GIF: 255 colours for the whole film, and one that is transparent."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

_COLOURS = 255
_TRANSPARENT = 255
# GIF knows no half transparency: from this alpha on a pixel is opaque.
_OPAQUE_ALPHA = 128
# Reach of the dither, of 255: about the distance of neighbouring colours in such a palette.
_DITHER = 12.0
# Bayer's matrix: a pattern that stands still, so that a background that does not move stays so
# (Bayer, "An optimum method for two-level rendition of continuous-tone pictures", 1973).
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)


class PaletteConverter:
    """Turns frames into palette indices; the first frame chooses the colours of all."""

    def __init__(self) -> None:
        self._palette: Image.Image | None = None
        self._pattern: NDArray[np.int16] | None = None

    def convert(self, pixels: NDArray[np.uint8]) -> VideoFrame:
        """A frame (H, W, 3) or (H, W, 4) uint8 sRGB as pal8."""
        rgb = np.ascontiguousarray(pixels[..., :3])
        solid = pixels[..., 3] >= _OPAQUE_ALPHA if pixels.shape[2] == 4 else None
        if self._palette is None:
            self._palette = self._chosen(rgb if solid is None else rgb[solid][None])
            height, width = rgb.shape[:2]
            tiled = np.tile(_BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width]
            self._pattern = np.rint((tiled / 15 - 0.5) * _DITHER).astype(np.int16)[..., None]
        assert self._pattern is not None
        dithered = np.clip(rgb + self._pattern, 0, 255).astype(np.uint8)
        found = Image.fromarray(dithered).quantize(palette=self._palette, dither=Image.Dither.NONE)
        indices = np.asarray(found, np.uint8).copy()
        if solid is not None:
            indices[~solid] = _TRANSPARENT
        # PyAV's types leave out that this format takes a pair.
        pair = cast("Any", (indices, self._argb()))
        return VideoFrame.from_ndarray(pair, format="pal8")

    @staticmethod
    def _chosen(rgb: NDArray[np.uint8]) -> Image.Image:
        some = rgb if rgb.size else np.zeros((1, 1, 3), np.uint8)
        return Image.fromarray(some).quantize(_COLOURS, method=Image.Quantize.MEDIANCUT)

    def _argb(self) -> NDArray[np.uint8]:
        """(256, 4): alpha, R, G, B; all but the last opaque."""
        assert self._palette is not None
        colours = np.array(self._palette.getpalette() or [], np.uint8).reshape(-1, 3)[:_COLOURS]
        argb = np.zeros((256, 4), np.uint8)
        argb[:_COLOURS, 0] = 255
        argb[: len(colours), 1:] = colours
        return argb
