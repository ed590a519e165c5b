"""Lines that go on behind the figure: a hole filled row by row, as far as both its sides agree.

A figure whose arms stand off leaves several runs of hole in a row. Each goes from the colour at its
own left to that at its own right, so that what is seen between arm and trunk counts. Where such a
gap ends, the next row takes its colours from somewhere else: there no line goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter, minimum_filter1d

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask
from understudy.character.inpaint.row_sides import Integers, colours_beside, colours_of_sides
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class RowFillNumbers:
    """When rows are filled one by one. T is the torso's length. Set by eye."""

    blur: float = 0.8
    """px: deviation that evens out rows which are filled one by one."""
    agreeing: float = 9.0
    """Lab: sides differing by so much agree by a third."""
    rows: float = 0.03
    """T: within so many rows single ones do not count, and near others agreement ends gradually."""
    step: int = 8
    """px: agreement is the same across so many columns."""
    median: int = 5
    """Rows whose sides' colours are evened out."""
    leap: float = 0.06
    """T: a run that begins or ends so much farther on than in the row above has other sides,"""
    other: float = 7.0
    """Lab: where these differ by so much,"""
    forget: float = 0.1
    """T: and so near (sigma) rows do not go on."""
    aside: float = 0.1
    """T: over so much (sigma) belief changes from column to column, as no figure has such edges."""


NUMBERS = RowFillNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """The n runs of a hole, row by row from the left.

    row, first, last: (n,) where each is. left, right: (n, 3) float64 sRGB in 0..1 beside it; one
    for both at the picture's border. both: (n,) bool, whether each side has its own.
    """

    row: Integers
    first: Integers
    last: Integers
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    both: NDArray[np.bool_]


def fill_rows(picture: Float32, hole: Mask, unit: float) -> tuple[Float32, Float32]:
    """The hole filled row by row, and how far that is believed.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool; unit: T in pixels. Returns
    (h, w, 3) float32, the picture outside the hole, and (h, w, 1) float32 in 0..1, 0 outside.
    """
    image, share = picture.copy(), np.zeros((*hole.shape, 1), np.float32)
    if not hole.any():
        return image, share
    runs = _runs_of(picture, hole)
    owner = _nearest_runs(runs, hole.shape)
    sides = np.stack([runs.left[owner], runs.right[owner]])
    sides = median_filter(sides, size=(1, NUMBERS.median, 1, 1), mode="nearest")
    labs = to_lab(sides.astype(np.float32).reshape(-1, sides.shape[2], 3)).reshape(sides.shape)
    believed = _agreement(labs, runs.both[owner], unit) * _going_on(
        picture, hole, (runs.first[owner], runs.last[owner]), labs, unit
    )
    believed = gaussian_filter1d(
        believed, NUMBERS.aside * unit / NUMBERS.step, axis=1, mode="nearest"
    )

    y, x = np.nonzero(hole)
    lengths = runs.last - runs.first + 1
    run = np.repeat(np.arange(len(lengths)), lengths)
    way = ((x - runs.first[run] + 0.5) / lengths[run])[:, None]
    column = np.minimum(x // NUMBERS.step, owner.shape[1] - 1)
    # A run that is narrower than a step may own no column.
    own = (owner[y, column] == run)[:, None]
    left = np.where(own, sides[0, y, column], runs.left[run])
    right = np.where(own, sides[1, y, column], runs.right[run])
    image[y, x] = left + way * (right - left)
    share[y, x, 0] = believed[y, column]
    even = cv2.GaussianBlur(image, (1, 0), sigmaX=1e-3, sigmaY=NUMBERS.blur)
    return np.asarray(even, np.float32), share


def _runs_of(picture: Float32, hole: Mask) -> _Runs:
    edges = np.diff(hole.astype(np.int8), axis=1, prepend=0, append=0)
    row, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[1] - 1
    return _Runs(row, first, last, *colours_of_sides(picture, hole, row, first, last))


def _nearest_runs(runs: _Runs, shape: tuple[int, ...]) -> Integers:
    """For places every `step` px in each row, the nearest run of that row, or of the nearest row
    that has one: (h, k)."""
    columns = np.arange(0, shape[1], NUMBERS.step) + NUMBERS.step / 2
    rows, starts = np.unique(runs.row, return_index=True)
    ends = np.append(starts[1:], len(runs.row))
    owner = np.empty((len(rows), len(columns)), np.intp)
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        between = (runs.last[start : end - 1] + runs.first[start + 1 : end]) / 2
        owner[at] = start + np.searchsorted(between, columns)
    middle = (rows[1:] + rows[:-1]) / 2
    return owner[np.searchsorted(middle, np.arange(shape[0]))]


def _agreement(labs: Float32, both: NDArray[np.bool_], unit: float) -> Float32:
    """How far both sides have the same colours: (h, k) in 0..1, even from row to row."""
    apart = np.linalg.norm(labs[0] - labs[1], axis=-1)
    agree = np.where(both, np.exp(-((apart / NUMBERS.agreeing) ** 2)), 0)
    window = 2 * max(1, round(NUMBERS.rows * unit / 2)) + 1
    agree = median_filter(agree, (window, 1), mode="nearest")
    agree = minimum_filter1d(agree, window, axis=0, mode="nearest")
    return np.asarray(gaussian_filter1d(agree, window / 2, axis=0, mode="nearest"), np.float32)


def _going_on(
    picture: Float32, hole: Mask, ends: tuple[Integers, Integers], labs: Float32, unit: float
) -> Float32:
    """0 at rows whose sides lie elsewhere than those of the row above, 1 away from them: (h, k).

    ends: (h, k) each, the first and the last column of the run that fills a place; labs: (2, h, k,
    3), the colours beside these.
    """
    leaps = np.zeros(ends[0].shape, bool)
    for side, place in enumerate(ends):
        far = np.abs(np.diff(place, axis=0)) > NUMBERS.leap * unit
        row, column = np.nonzero(far)
        if not row.size:
            continue
        above, below = place[row, column], place[row + 1, column]
        # The two places side by side, in whichever of the two rows shows both.
        way = 1 if side else -1
        beside = (
            colours_beside(picture, hole, row, below, way),
            colours_beside(picture, hole, row + 1, above, way),
        )
        shown = np.stack(beside).astype(np.float32)
        known = np.stack([labs[side, row, column], labs[side, row + 1, column]])
        apart = np.linalg.norm(to_lab(np.nan_to_num(shown)) - known, axis=-1)
        other = np.where(np.isnan(shown[..., 0]), np.inf, apart).min(axis=0)
        other[np.isinf(other)] = 0.0
        leaps[row[other > NUMBERS.other] + 1, column[other > NUMBERS.other]] = True
    sigma = max(1.0, NUMBERS.forget * unit)
    near = gaussian_filter1d(leaps.astype(np.float32), sigma, axis=0, mode="constant")
    return np.asarray(1.0 - np.clip(near * sigma * np.sqrt(2 * np.pi), 0.0, 1.0), np.float32)
