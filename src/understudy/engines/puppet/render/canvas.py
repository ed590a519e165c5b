"""The frame that a thread draws on: a background that is restored only where it was drawn over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.render.rasterizer import (
    SHADOW_REACH,
    Frame,
    bounds,
    draw,
    shade,
    to_planes,
    to_rgba,
)

Float64 = NDArray[np.float64]
Box = tuple[int, int, int, int]

# Pixels by which a box that counts as drawn on reaches past what was drawn.
BEFORE, AFTER = 1, 2


class Canvas:
    """A frame (H, W) with its I420 planes; one to a thread."""

    def __init__(self, background: Frame) -> None:
        """background: (H, W) uint32, see `colour.pack_frame`; both sides even. Zeros for a figure
        that is to be drawn alone."""
        height, width = background.shape
        self._background = background
        self.frame = background.copy()
        self._planes = np.empty((height * 3 // 2, width), np.uint8)
        to_planes(background, self._planes, 0, 0, width, height)
        self._drawn: Box | None = None
        self._stale: Box | None = None

    def begin(self) -> None:
        """Take off what was drawn since the last call."""
        if self._drawn is not None:
            left, top, right, bottom = self._drawn
            self.frame[top:bottom, left:right] = self._background[top:bottom, left:right]
        self._stale, self._drawn = self._drawn, None

    def replace_background(self, background: Frame) -> None:
        """Begin a frame on another background of the same size."""
        self._background = background
        self.frame[:] = background
        height, width = background.shape
        self._stale, self._drawn = (0, 0, width, height), None

    def draw(
        self,
        vertices: Float64,
        uv: Float64,
        triangles: NDArray[np.int32],
        order: NDArray[np.int32],
        texture: NDArray[np.uint64],
    ) -> None:
        """Draw a mesh, see `rasterizer.draw`."""
        self._touch(*bounds(vertices))
        draw(vertices, uv, triangles, order, texture, self.frame, 0, len(self.frame))

    def shade(self, spots: Float64) -> None:
        """Darken by soft ellipses, see `rasterizer.shade`."""
        reach = SHADOW_REACH * spots[:, 2:4]
        low, high = (spots[:, :2] - reach).min(axis=0), (spots[:, :2] + reach).max(axis=0)
        shade(self.frame, spots, *self._touch(low[0], low[1], high[0], high[1]))

    def _touch(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Count a box as drawn on; returns it, within the frame and even."""
        height, width = self.frame.shape
        box = (
            min(max(int(np.floor(left)) - BEFORE, 0), width) & ~1,
            min(max(int(np.floor(top)) - BEFORE, 0), height) & ~1,
            (min(max(int(np.ceil(right)) + AFTER, 0), width) + 1) & ~1,
            (min(max(int(np.ceil(bottom)) + AFTER, 0), height) + 1) & ~1,
        )
        self._drawn = _around(self._drawn, box)
        return box

    def planes(self) -> NDArray[np.uint8]:
        """The frame as I420 planes (H * 3 / 2, W), BT.709 limited; the caller's to keep."""
        box = _around(self._stale, self._drawn)
        if box is not None:
            to_planes(self.frame, self._planes, *box)
        return self._planes.copy()

    def rgba(self) -> NDArray[np.uint8]:
        """The figure (H, W, 4) uint8 sRGB, alpha not premultiplied, of a canvas without a
        background; the caller's to keep."""
        height, width = self.frame.shape
        pixels = np.zeros((height, width, 4), np.uint8)
        if self._drawn is not None:
            to_rgba(self.frame, pixels, *self._drawn)
        return pixels


def _around(a: Box | None, b: Box | None) -> Box | None:
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
