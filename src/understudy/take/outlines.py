"""Outlines of masks, for a thumbnail that shows what was found."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.take.findings import Outline

# Height in pixels at which a mask is outlined: finer than a thumbnail shows, and quick.
_HEIGHT = 360
# Points nearer than this to a straight line are dropped, in shares of the height (1 px at 360).
_STRAIGHT = 0.003
# A part smaller than this share of the whole mask is a speck, and is left out.
_SPECK = 0.02
# A pixel belongs to the mask from this value on.
_INSIDE = 0.5


def outline_mask(mask: NDArray[np.floating]) -> tuple[Outline, ...]:
    """The edges of a mask (H, W) in 0..1, largest first, in shares of width and height."""
    height, width = mask.shape
    scale = min(1.0, _HEIGHT / height)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    small = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    # An empty border lets what touches the picture's edge close along it.
    inside = np.pad((small > _INSIDE).astype(np.uint8), 1)
    found, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = sorted(found, key=cv2.contourArea, reverse=True)
    kept = [edge for edge in found if cv2.contourArea(edge) >= _SPECK * inside.sum()]
    rough = [cv2.approxPolyDP(edge, _STRAIGHT * size[1], closed=True)[:, 0] for edge in kept]
    return tuple(_in_shares(edge - 0.5, size) for edge in rough)


def _in_shares(points: NDArray[np.floating], size: tuple[int, int]) -> Outline:
    shares = np.clip(points / np.array(size, np.float64), 0, 1)
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in shares)
