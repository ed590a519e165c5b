"""What lies beside a hole in each of its rows, to the left and to the right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

Rows = NDArray[np.float64]
Integers = NDArray[np.intp]

_MEDIAN_ROWS = 5  # whose sides' colours agree
_BESIDE = (3, 11)  # px: from and to where beside the hole its colour is taken


@dataclass(frozen=True, slots=True, eq=False)
class RowSides:
    """The n rows that a hole reaches.

    rows: (n,) their numbers. first, last: (n,) the hole's outermost columns. left, right: (n, 3)
    float64 sRGB in 0..1 of the picture beside them; one for both at the picture's border. both:
    (n,) bool, whether each has its own.
    """

    rows: Integers
    first: Integers
    last: Integers
    left: Rows
    right: Rows
    both: NDArray[np.bool_]


def sides_of(picture: Float32, hole: Mask) -> RowSides | None:
    """What lies beside the hole; None where there is no hole.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool.
    """
    rows = np.flatnonzero(hole.any(axis=1))
    if not rows.size:
        return None
    first = hole[rows].argmax(axis=1)
    last = hole.shape[1] - 1 - hole[rows, ::-1].argmax(axis=1)
    left, right, both = colours_of_sides(picture, hole, rows, first, last)
    left, right = (
        median_filter(side, size=(_MEDIAN_ROWS, 1), mode="nearest") for side in (left, right)
    )
    return RowSides(rows, first, last, left, right, both)


def colours_of_sides(
    picture: Float32, hole: Mask, rows: Integers, first: Integers, last: Integers
) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """The colours beside n runs of a hole, each in a row from a first to a last column.

    Returns left and right, (n, 3) float64 sRGB in 0..1: one for both where the other is unknown,
    grey where both are; and (n,) bool: whether each has its own.
    """
    left = colours_beside(picture, hole, rows, first, -1)
    right = colours_beside(picture, hole, rows, last, 1)
    both = np.isfinite(left[:, 0]) & np.isfinite(right[:, 0])
    either = np.where(np.isnan(left), right, left), np.where(np.isnan(right), left, right)
    return np.nan_to_num(either[0], nan=0.5), np.nan_to_num(either[1], nan=0.5), both


def colours_beside(
    picture: Float32, hole: Mask, rows: Integers, columns: Integers, way: int
) -> Rows:
    """The colours to the left (way -1) or right (1) of n places: (n, 3) float64 sRGB in 0..1, NaN
    where the hole or the picture's border is there."""
    width = hole.shape[1]
    at = columns[:, None] + way * np.arange(*_BESIDE)
    usable = (at >= 0) & (at < width)
    at = np.clip(at, 0, width - 1)
    colours = picture[rows[:, None], at].astype(np.float64)
    colours[~usable | hole[rows[:, None], at]] = np.nan
    some = np.isfinite(colours[..., 0]).any(axis=1)
    side = np.full((len(rows), 3), np.nan)
    side[some] = np.nanmedian(colours[some], axis=1)
    return side
