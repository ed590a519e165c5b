"""Colour as it is drawn: BT.709 limited-range YCbCr, four numbers to one machine word.

Everything is drawn in the colours that the video is stored in, so that a frame is never converted
as a whole. A blend of two colours is the same in both systems, because the change is linear.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32

KR, KB = 0.2126, 0.0722


def to_ycbcr(rgb: NDArray[np.floating]) -> Float32:
    """Y, Cb, Cr in 16..235 and 16..240 of sRGB colours (..., 3) in 0..1 (ITU-R BT.709)."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = KR * red + (1.0 - KR - KB) * green + KB * blue
    return np.stack(
        [
            16.0 + 219.0 * luma,
            128.0 + 224.0 * (blue - luma) / (2.0 * (1.0 - KB)),
            128.0 + 224.0 * (red - luma) / (2.0 * (1.0 - KR)),
        ],
        axis=-1,
    ).astype(np.float32)


def pack_texture(rgba: Float32) -> NDArray[np.uint64]:
    """A texture of premultiplied sRGB (H, W, 4) in 0..1 as words of four 16-bit lanes.

    Lanes from the lowest: Y, Cb, Cr, alpha, each premultiplied and in 0..255. The spare byte of
    each lane takes the carry of a weighted sum, so that four numbers are blended in one.
    """
    alpha = rgba[..., 3:4]
    # Premultiplied: the offsets of 16 and 128 are scaled with the colour.
    offset = np.array([16.0, 128.0, 128.0], np.float32)
    colour = to_ycbcr(rgba[..., :3]) - offset + offset * alpha
    lanes = np.concatenate([colour, alpha * 255.0], axis=-1) + 0.5
    words: NDArray[np.uint64] = np.clip(lanes, 0.0, 255.0).astype(np.uint64)
    shifts = np.array([0, 16, 32, 48], np.uint64)
    return np.ascontiguousarray(np.bitwise_or.reduce(words << shifts, axis=-1))


def pack_frame(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """A picture (H, W, 3) uint8 sRGB as words of Y, Cb, Cr from the lowest byte."""
    lanes = np.clip(to_ycbcr(rgb.astype(np.float32) / 255.0) + 0.5, 0.0, 255.0).astype(np.uint32)
    return np.ascontiguousarray(lanes[..., 0] | (lanes[..., 1] << 8) | (lanes[..., 2] << 16))
