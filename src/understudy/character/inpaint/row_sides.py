"""What lies beside a hole in each of its rows, to the left and to the right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

Rows = NDArray[np.float64]

_MEDIAN_ROWS = 5  # whose sides' colours agree
_BESIDE = (3, 11)  # px: from and to where beside the hole its colour is taken


@dataclass(frozen=True, slots=True, eq=False)
class RowSides:
    """The n rows that a hole reaches.

    rows: (n,) their numbers. first, last: (n,) the hole's outermost columns. left, right: (n, 3)
    float64 sRGB in 0..1 of the picture beside them; one for both at the picture's border. both:
    (n,) bool, whether each has its own.
    """

    rows: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    left: Rows
    right: Rows
    both: NDArray[np.bool_]


def sides_of(picture: Float32, hole: Mask) -> RowSides | None:
    """What lies beside the hole; None where there is no hole.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool.
    """
    w = hole.shape[1]
    rows = np.flatnonzero(hole.any(axis=1))
    if not rows.size:
        return None
    first = hole[rows].argmax(axis=1)
    last = w - 1 - hole[rows, ::-1].argmax(axis=1)
    found: list[Rows] = []
    for start, way in ((first, -1), (last, 1)):
        at = start[:, None] + way * np.arange(*_BESIDE)
        usable = (at >= 0) & (at < w)
        at = np.clip(at, 0, w - 1)
        colours = picture[rows[:, None], at].astype(np.float64)
        colours[~usable | hole[rows[:, None], at]] = np.nan
        some = np.isfinite(colours[..., 0]).any(axis=1)
        side = np.full((len(rows), 3), np.nan)
        side[some] = np.nanmedian(colours[some], axis=1)
        found.append(side)
    left, right = found
    both = np.isfinite(left[:, 0]) & np.isfinite(right[:, 0])
    left, right = np.where(np.isnan(left), right, left), np.where(np.isnan(right), left, right)
    left, right = (
        median_filter(np.nan_to_num(side, nan=0.5), size=(_MEDIAN_ROWS, 1), mode="nearest")
        for side in (left, right)
    )
    return RowSides(rows, first, last, left, right, both)
