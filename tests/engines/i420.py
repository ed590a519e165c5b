"""I420 planes as a picture, chroma repeated: what the golden pictures were made with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.render.colour import KB, KR


def planes_to_rgb(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """I420 planes (H * 3 / 2, W) as a picture (H, W, 3) uint8 sRGB, chroma repeated."""
    width = planes.shape[1]
    height = planes.shape[0] * 2 // 3
    flat = planes.reshape(-1)
    area = height * width
    luma = flat[:area].reshape(height, width).astype(np.float32)
    chroma = flat[area:].reshape(2, height // 2, width // 2).astype(np.float32)
    blue, red = chroma.repeat(2, axis=1).repeat(2, axis=2)
    y = (luma - 16.0) / 219.0
    b = y + (blue - 128.0) / 224.0 * 2.0 * (1.0 - KB)
    r = y + (red - 128.0) / 224.0 * 2.0 * (1.0 - KR)
    g = (y - KR * r - KB * b) / (1.0 - KR - KB)
    return np.clip(np.stack([r, g, b], axis=-1) * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
