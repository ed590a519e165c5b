"""Distances that go along a figure and never across a gap."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

_SIDE = 240
"""Pixels of the longer side at which ways are looked for: the gap at an armpit is wider than four
pixels of a canvas."""
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))
"""Rows and columns to half of a pixel's neighbours; the other half is theirs to it."""


class Geodesics:
    """Ways inside one mask (h, w)."""

    def __init__(self, inside: Mask) -> None:
        h, w = inside.shape
        self._shape = (h, w)
        self._scale = min(1.0, _SIDE / max(h, w))
        size = max(1, round(w * self._scale)), max(1, round(h * self._scale))
        self._inside = _reduced(inside, size)
        self._number = np.full(self._inside.shape, -1, np.int64)
        self._number[self._inside] = np.arange(int(self._inside.sum()))
        self._ways = _ways(self._number)

    def away(self, source: Mask) -> Float32:
        """Pixels (h, w) from `source` along the mask; straight ones where no way leads there."""
        h, w = self._shape
        straight = (
            cv2.distanceTransform((~source).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
            if source.any()
            else np.full((h, w), 1e6, np.float32)
        )
        small = _reduced(source, self._inside.shape[::-1])
        starts = self._number[small & self._inside]
        if not len(starts):
            return np.asarray(straight, np.float32)
        found = dijkstra(self._ways, indices=starts, min_only=True) / self._scale
        lengths = np.full(self._inside.shape, np.inf, np.float32)
        lengths[self._inside] = found
        # Between a pixel of the figure and one beside it there is nothing to pass over to.
        index = np.rint(np.linspace(0, self._inside.shape[0] - 1, h)).astype(int)
        columns = np.rint(np.linspace(0, self._inside.shape[1] - 1, w)).astype(int)
        full = lengths[index[:, None], columns]
        return np.asarray(
            np.where(np.isfinite(full), np.maximum(full, straight), straight), np.float32
        )


def _reduced(mask: Mask, size: tuple[int, int]) -> Mask:
    small = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small > 0.25)


def _ways(number: np.ndarray) -> csr_matrix:
    """The lengths between neighbouring pixels of a mask, whose pixels are numbered, -1 outside."""
    h, w = number.shape
    rows, columns, lengths = [], [], []
    for down, right in _STEPS:
        one = number[: h - down, max(0, -right) : w - max(0, right)]
        other = number[down:, max(0, right) : w - max(0, -right)]
        both = (one >= 0) & (other >= 0)
        rows.append(one[both])
        columns.append(other[both])
        lengths.append(np.full(int(both.sum()), float(np.hypot(down, right))))
    count = int(number.max()) + 1
    entries = np.concatenate(lengths), (np.concatenate(rows), np.concatenate(columns))
    half = coo_matrix(entries, shape=(count, count)).tocsr()
    return half + half.T
