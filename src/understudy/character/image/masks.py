"""Regions of the picture as masks: growing, shrinking, cleaning, splitting."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32

Mask = NDArray[np.bool_]
Box = tuple[slice, slice]

_LEAST_RADIUS = 0.5  # px: nothing grows by less
_LARGEST_DISC = 12  # px: to a larger radius the distance transform is faster than a disc
_ENDLESS = 1e6  # px: depth in a mask without an outside


def grow(mask: Mask, radius: float) -> Mask:
    """The mask and everything within `radius` pixels of it."""
    if radius < _LEAST_RADIUS:
        return mask
    if radius <= _LARGEST_DISC:
        return np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(radius)) > 0)
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(away <= radius)


def shrink(mask: Mask, radius: float) -> Mask:
    """The mask without what lies within `radius` pixels of its outside, not the picture's edge."""
    return ~grow(~mask, radius)


def opened(mask: Mask, radius: float) -> Mask:
    """The mask without what a disc of `radius` pixels does not fit into."""
    return grow(shrink(mask, radius), radius) & mask


def closed(mask: Mask, radius: float) -> Mask:
    """The mask with the gaps filled that a disc of `radius` pixels does not fit into."""
    return ~opened(~mask, radius)


def depth(mask: Mask) -> Float32:
    """Distance in pixels of each pixel of the mask from the outside; 0 outside."""
    if mask.all():
        return np.full(mask.shape, _ENDLESS, np.float32)
    return np.asarray(
        cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32
    )


def touching(mask: Mask, seeds: Mask) -> Mask:
    """The connected pieces of the mask that hold a seed."""
    count, pieces = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, bool)
    keep[np.unique(pieces[seeds & mask])] = True
    keep[0] = False
    return np.asarray(keep[pieces])


def pieces_of(mask: Mask, *, connectivity: int = 4) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The connected pieces numbered from 1 (h, w), and their areas; number 0 is the outside."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=connectivity
    )
    return np.asarray(pieces, np.int32), np.asarray(stats[:, cv2.CC_STAT_AREA], np.int32)


def largest(mask: Mask) -> Mask:
    """The largest connected piece."""
    pieces, areas = pieces_of(mask)
    if areas.size < 2:
        return mask
    return np.asarray(pieces == 1 + int(np.argmax(areas[1:])))


def without_small(mask: Mask, area: float) -> Mask:
    """The mask without connected pieces of fewer than `area` pixels."""
    pieces, areas = pieces_of(mask)
    keep = areas >= area
    keep[0] = False
    return np.asarray(keep[pieces])


def box_of(mask: Mask, margin: float) -> Box | None:
    """The rows and columns that hold the mask and `margin` pixels round it, None when empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    m = round(margin)
    h, w = mask.shape
    return (
        slice(max(0, int(rows[0]) - m), min(h, int(rows[-1]) + 1 + m)),
        slice(max(0, int(columns[0]) - m), min(w, int(columns[-1]) + 1 + m)),
    )


def soften(mask: Mask, sigma: float) -> Float32:
    """The mask blurred: (h, w) float32 in 0..1."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma), np.float32)


def resize_mask(mask: Mask, size: tuple[int, int], share: float = 0.5) -> Mask:
    """The mask at another size (w, h): where at least `share` of a pixel was covered."""
    way = cv2.INTER_AREA if size[0] <= mask.shape[1] else cv2.INTER_LINEAR
    values = cv2.resize(mask.astype(np.float32), size, interpolation=way)
    return np.asarray(values >= share)


def _disc(radius: float) -> NDArray[np.uint8]:
    r = max(1, round(radius))
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1)))
