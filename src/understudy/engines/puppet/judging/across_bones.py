"""How solid a figure is along a bone and to both sides of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.geometry.transforms import unit

Float64 = NDArray[np.float64]


def alpha_across(
    alpha: Float32, bone: tuple[Float64, Float64], along: Float64, beside: Float64
) -> tuple[Float64, Float32]:
    """Places across a bone (A, B, 2), pixels, and the alpha there (A, B), NaN outside the canvas.

    alpha: (h, w) in 0..1. bone: its two ends, pixels. along: (A,) shares of the bone from its
    start. beside: (B,) pixels from the bone, one side negative.
    """
    start, end = bone
    across = unit(end - start)[::-1] * (-1, 1)
    middles = start + along[:, None] * (end - start)
    places = middles[:, None] + beside[:, None] * across
    x, y = np.moveaxis(np.round(places).astype(int), -1, 0)
    h, w = alpha.shape
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    seen = alpha[np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)]
    return places, np.where(inside, seen, np.float32(np.nan))
