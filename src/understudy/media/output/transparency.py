"""Frames with alpha: laid over a background, and made ready for codecs that blur colours.

Frames are (H, W, 4) uint8, sRGB, and alpha that the colours are not multiplied by (straight), which
is what PNG, WebP, VP9 in WebM and ProRes 4444 are read as.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgba = NDArray[np.uint8]
Rgb = NDArray[np.uint8]

# Below this alpha, of 255, a pixel's own colour is too coarse to be of use.
_COARSE_ALPHA = 32
# Colours are spread at this part of the size, with this deviation in pixels there: some 40 px far,
# more than a codec's blocks reach.
_SPREAD_SCALE = 8
_SPREAD_SIGMA = 2.5
# Less weight than this, of 255, is no colour.
_LEAST_WEIGHT = 0.05


def over(rgba: Rgba, background: Rgb) -> Rgb:
    """A frame laid over a background (H, W, 3) uint8, in sRGB as it is drawn: (H, W, 3) uint8."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + background * (255 - alpha)
    return np.asarray((mixed + 127) // 255, np.uint8)


def with_spread_colours(rgba: Rgba) -> Rgba:
    """A frame whose transparent pixels have the colours of the figure nearby.

    A codec with half the chroma, or any that transforms blocks, mixes the colours on either side of
    an edge. What is black there gives the figure a dark rim, what is the figure's own does not.
    """
    height, width = rgba.shape[:2]
    alpha = np.ascontiguousarray(rgba[..., 3])
    weighted = cv2.multiply(rgba[..., :3], cv2.merge([alpha] * 3), scale=1 / 255)
    size = max(1, width // _SPREAD_SCALE), max(1, height // _SPREAD_SCALE)
    colours, weights = (
        cv2.GaussianBlur(
            cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32),
            (0, 0),
            _SPREAD_SIGMA,
        )
        for plane in (weighted, alpha)
    )
    mean = colours.reshape(-1, 3).sum(axis=0) / max(float(weights.sum()), _LEAST_WEIGHT)
    near = colours / np.maximum(weights, _LEAST_WEIGHT)[..., None]
    field = np.where((weights > _LEAST_WEIGHT)[..., None], near, mean) * 255
    spread = cv2.resize(
        np.clip(field, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR
    )
    filled = rgba.copy()
    np.copyto(filled[..., :3], spread, where=(alpha < _COARSE_ALPHA)[..., None])
    return filled
