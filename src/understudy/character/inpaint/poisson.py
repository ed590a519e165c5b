"""Smooth surfaces over holes: Laplace's and Poisson's equations, solved coarse to fine.

Perez, Gangnet and Blake, "Poisson Image Editing", SIGGRAPH 2003, is where the two come from.
"""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

_SMALLEST = 8  # px: a level with a side of at most this is the coarsest
# Coarse levels have the whole way to go, fine ones only what the one below left.
_SWEEPS = 12  # of a coarse level
_FINE_SWEEPS = 6  # of a fine one,
_FINE = 200  # px: which is one with both sides longer than this
_OVER = 1.5  # factor of over-relaxation: 1 is none, from 2 on it diverges
_KNOWN = 1e-3  # share of a coarse pixel that must be known for its value to count
_SQUEEZED_KNOWN = 0.02  # the same in a level that is squeezed


def fill_smoothly(values: Float32, hole: Mask, *, squeeze: int = 1) -> Float32:
    """Span the hole with the smoothest surface that meets its rim.

    values: (h, w, c) float32, anything inside the hole; hole: (h, w) bool; squeeze: how many times
    nearer a place in the same row counts than one above or below (floors and skies change from row
    to row more than along one). Returns (h, w, c) float32, equal to `values` outside the hole. Of a
    hole without a rim nothing is known: zeros.
    """
    if squeeze > 1:
        return _fill_squeezed(values, hole, squeeze)
    values = np.ascontiguousarray(values, dtype=np.float32)
    if not hole.any():
        return values.copy()
    if hole.all():
        return np.zeros_like(values)
    known = (~hole).astype(np.float32)
    h, w = hole.shape
    if min(h, w) <= _SMALLEST:
        mean = (values * known[..., None]).sum(axis=(0, 1)) / known.sum()
        start = np.where(hole[..., None], mean, values).astype(np.float32)
    else:
        half = ((w + 1) // 2, (h + 1) // 2)
        weight = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
        small = cv2.resize(values * known[..., None], half, interpolation=cv2.INTER_AREA)
        small = small.reshape(half[1], half[0], -1) / np.maximum(weight, 1e-6)[..., None]
        coarse = fill_smoothly(small.astype(np.float32), weight < _KNOWN)
        up = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
        start = np.where(hole[..., None], up, values).astype(np.float32)
    start = np.ascontiguousarray(start)
    _relax(start, np.zeros_like(start), np.ascontiguousarray(hole), _sweeps(hole))
    return start


def _fill_squeezed(values: Float32, hole: Mask, squeeze: int) -> Float32:
    h, w = hole.shape
    size = (max(_SMALLEST, w // squeeze), h)
    weight = np.asarray(cv2.resize((~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA))
    small = cv2.resize(values * (~hole)[..., None], size, interpolation=cv2.INTER_AREA)
    small = np.asarray(small.reshape(h, size[0], -1) / np.maximum(weight, 1e-3)[..., None])
    filled = fill_smoothly(small.astype(np.float32), weight < _SQUEEZED_KNOWN)
    up = cv2.resize(filled, (w, h), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    start = np.ascontiguousarray(np.where(hole[..., None], up, values), dtype=np.float32)
    # What the squeezing left of steps at the rim.
    _relax(start, np.zeros_like(start), np.ascontiguousarray(hole), _sweeps(hole))
    return start


def fill_by_gradients(values: Float32, hole: Mask, steps: Float32) -> Float32:
    """Bring the hole's values as near as possible to the steps wanted between neighbours.

    values: (h, w, c) float32, in the hole a first guess; hole: (h, w) bool; steps: (4, h, w, c)
    float32, wanted differences of the neighbour above, below, left and right to the pixel. Returns
    (h, w, c) float32, equal to `values` outside the hole.
    """
    values = np.ascontiguousarray(values, dtype=np.float32)
    h, w, channels = values.shape
    known = ~hole
    lacking = np.zeros_like(values)
    wrong = np.zeros((h + 2, w + 2, channels), np.float32)
    votes = np.zeros((h + 2, w + 2), np.float32)
    around = cv2.copyMakeBorder(values, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    around = around.reshape(h + 2, w + 2, -1)
    is_known = cv2.copyMakeBorder(known.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT) > 0
    for k, (dy, dx) in enumerate(((-1, 0), (1, 0), (0, -1), (0, 1))):
        there = (slice(1 + dy, 1 + dy + h), slice(1 + dx, 1 + dx + w))
        off = np.where(hole[..., None], steps[k] - (around[there] - values), 0)
        # What is wrong towards a known pixel is how much the guess is wrong beside it; what is
        # wrong between two of the hole's pixels is theirs to settle.
        at_rim = is_known[there] & hole
        wrong[there] -= np.where(at_rim[..., None], off, 0)
        votes[there] += at_rim
        lacking += np.where(at_rim[..., None], 0, off)
    rim = votes[1:-1, 1:-1] > 0
    error = wrong[1:-1, 1:-1] / np.maximum(votes[1:-1, 1:-1], 1)[..., None]
    change = _correction(np.ascontiguousarray(error, np.float32), rim, hole, lacking)
    return np.asarray(np.where(hole[..., None], values + change, values), np.float32)


def _correction(error: Float32, rim: Mask, hole: Mask, lacking: Float32) -> Float32:
    """What to add inside the hole: it meets `error` at the rim, its Laplacian is `lacking`.

    error, lacking: (h, w, c) float32; rim, hole: (h, w) bool.
    """
    h, w = hole.shape
    start = error
    if min(h, w) > _SMALLEST and rim.any():
        half = ((w + 1) // 2, (h + 1) // 2)
        weight = cv2.resize(rim.astype(np.float32), half, interpolation=cv2.INTER_AREA)
        small = cv2.resize(error * rim[..., None], half, interpolation=cv2.INTER_AREA)
        small = small.reshape(half[1], half[0], -1) / np.maximum(weight, 1e-6)[..., None]
        small_rim = np.asarray(weight > _KNOWN)
        even = (0, 2 * half[1] - h, 0, 2 * half[0] - w)
        padded = cv2.copyMakeBorder(hole.astype(np.uint8), *even, cv2.BORDER_CONSTANT)
        inside = np.asarray(padded.reshape(half[1], 2, half[0], 2).any(axis=(1, 3)))
        total = cv2.copyMakeBorder(lacking, *even, cv2.BORDER_CONSTANT)
        total = total.reshape(half[1], 2, half[0], 2, -1).sum(axis=(1, 3))
        coarse = _correction(
            np.ascontiguousarray(small, np.float32),
            small_rim,
            inside & ~small_rim,
            np.ascontiguousarray(total, np.float32),
        )
        up = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_LINEAR).reshape(error.shape)
        start = np.where(hole[..., None], up, error)
    start = np.ascontiguousarray(start, np.float32)
    _relax(start, lacking, np.ascontiguousarray(hole), _sweeps(hole))
    return start


def _sweeps(hole: Mask) -> int:
    return _FINE_SWEEPS if min(hole.shape) > _FINE else _SWEEPS


@njit(cache=True, nogil=True)
def _relax(  # pragma: no cover - compiled
    values: Float32, laplacian: Float32, hole: Mask, sweeps: int
) -> None:
    """Red-black successive over-relaxation of the hole's pixels, in place."""
    h, w, channels = values.shape
    over = np.float32(_OVER)
    quarter = np.float32(0.25)
    for sweep in range(2 * sweeps):
        for y in range(h):
            up, down = max(0, y - 1), min(h - 1, y + 1)
            for x in range((y + sweep) & 1, w, 2):
                if hole[y, x]:
                    left, right = max(0, x - 1), min(w - 1, x + 1)
                    for c in range(channels):
                        mean = quarter * (
                            values[up, x, c]
                            + values[down, x, c]
                            + values[y, left, c]
                            + values[y, right, c]
                            - laplacian[y, x, c]
                        )
                        values[y, x, c] += over * (mean - values[y, x, c])
