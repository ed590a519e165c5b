"""Filling the gaps of a cleaned track and smoothing it without lag.

The filter is Savitzky and Golay's (Anal. Chem. 36, 1964), https://doi.org/10.1021/ac60214a047: at
each frame a parabola is fitted to the frames around it. It is fitted with weights here, so that
frames that were not seen count for nothing where enough others are, and no frame at a track's ends
is lost. Parabolas come out as they go in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import stretches
from understudy.geometry.landmarks import Body, Float32
from understudy.tracking.cleaning import RawTrack
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SmoothingNumbers:
    """What smoothing and gap filling depend on. Frames are those of the performance."""

    order: int = 2
    """Of the polynomial: a parabola keeps accelerations."""
    body_seconds: float = 0.28
    """Length of the window for the body, in seconds."""
    body_window: int = 7
    """The most frames in it."""
    face_seconds: float = 0.20
    """The same for the face, whose lips and lids move faster."""
    face_window: int = 5
    """The most frames in it."""
    hand_seconds: float = 0.36
    """The same for hands, which are tracked in every second frame only."""
    hand_window: int = 9
    """The most frames in it."""
    hand_gap_seconds: float = 0.6
    """Longest gap that is filled in a hand; in a body every gap is."""
    face_gap_seconds: float = 0.35
    """Longest gap that is filled in a face."""
    min_seconds: float = 0.2
    """A hand or a face that is seen for less is left out."""
    margin_frames: int = 2
    """How long a hand or a face stays after it was last seen."""
    short_gap_frames: int = 3
    """A gap of at most this length, seen frames on both sides, counts as short."""
    short_gap_weight: float = 1e-7
    """Weight of a filled frame, against 1, in a short gap: seen frames hold the parabola there."""
    long_gap_weight: float = 0.2
    """The same in a long gap, where an unweighted parabola would run away."""
    filled_visibility: float = 0.25
    """Factor on the visibility of filled landmarks."""
    ridge: float = 1e-12
    """Regularisation of the normal equations, relative to their trace."""
    values_at_once: int = 1 << 22
    """Of a hand or a face, so many numbers are smoothed together: memory does not grow with them.
    A face of 90 s fits."""


NUMBERS = SmoothingNumbers()


def smooth(raw: RawTrack, fps: float, size: tuple[int, int]) -> Performance:
    """Fill and smooth a cleaned track of a clip of that (width, height), `fps` frames a second.

    Body landmarks are filled over every gap, with their visibility reduced there; hands and face
    over short gaps, moving along with wrist and nose, and stay NaN elsewhere.
    """
    window = window_for(fps, NUMBERS.body_seconds, NUMBERS.body_window)
    seen = np.isfinite(raw.body[..., 0])
    body = np.empty_like(raw.body)
    world = np.empty_like(raw.world)
    loose = np.empty((*raw.body.shape[:2], 2), np.float64)
    for n in range(raw.body.shape[1]):
        known = seen[:, n]
        if not known.any():
            body[:, n], world[:, n], loose[:, n] = np.nan, np.nan, np.nan
            continue
        filled = fill_gaps(raw.body[:, n].astype(np.float64), known)
        weights = gap_weights(known)
        body[:, n, :3] = savitzky_golay(filled[:, :3], window, weights)
        visibility = np.clip(savitzky_golay(filled[:, 3:], window, np.ones(len(known)), 0), 0, 1)
        body[:, n, 3] = visibility[:, 0] * np.where(known, 1.0, NUMBERS.filled_visibility)
        place = fill_gaps(raw.world[:, n].astype(np.float64), known)
        world[:, n] = savitzky_golay(place, window, weights)
        loose[:, n] = filled[:, :2]
    hand_window = window_for(fps, NUMBERS.hand_seconds, NUMBERS.hand_window)
    left, right = (
        _smooth_part(
            points,
            loose[:, wrist],
            body[:, wrist, :2],
            hand_window,
            fps,
            gap=NUMBERS.hand_gap_seconds,
        )
        for points, wrist in (
            (raw.left_hand, Body.LEFT_WRIST),
            (raw.right_hand, Body.RIGHT_WRIST),
        )
    )
    nose = Body.NOSE
    face = _smooth_part(
        raw.face,
        loose[:, nose],
        body[:, nose, :2],
        window_for(fps, NUMBERS.face_seconds, NUMBERS.face_window),
        fps,
        gap=NUMBERS.face_gap_seconds,
    )
    return Performance(raw.times, body, world, left, right, face, size)


def window_for(fps: float, seconds: float, most: int) -> int:
    """The odd number of frames that covers about so many seconds, three at least."""
    return max(3, min(most, 2 * int(fps * seconds / 2) + 1))


def savitzky_golay(
    values: Float64, window: int, weights: Float64 | None = None, order: int = NUMBERS.order
) -> Float64:
    """Fit a polynomial to the frames around each frame and take its value there.

    values: (T, D) finite. window: odd number of frames. weights: (T,) of the frames, not negative;
    default all one. order: of the polynomial; where fewer frames have weight, a lower one.
    """
    count = len(values)
    weights = np.ones(count) if weights is None else weights
    reach = window // 2
    offsets = np.arange(-reach, reach + 1)
    order = min(order, count - 1, window - 1)
    powers = offsets[:, None] ** np.arange(order + 1)
    padded = np.concatenate([np.zeros(reach), weights, np.zeros(reach)])
    around = np.lib.stride_tricks.sliding_window_view(padded, window)
    normal = np.einsum("tj,jp,jq->tpq", around, powers, powers)
    right = np.einsum("tj,jp->tpj", around, powers)
    coefficients = np.linalg.solve(_regular(normal), right)[:, 0]
    smoothed = np.zeros_like(values)
    for column, offset in enumerate(offsets.tolist()):
        rows = np.clip(np.arange(count) + offset, 0, count - 1)
        smoothed += coefficients[:, column, None] * values[rows]
    return smoothed


def fill_gaps(values: Float64, known: NDArray[np.bool_]) -> Float64:
    """Values (T, D) with what is not known (T,) filled in: eased from the last known to the next.

    Before the first and after the last known, these are held.
    """
    filled = values.copy()
    places = np.flatnonzero(known)
    filled[: places[0]], filled[places[-1] + 1 :] = values[places[0]], values[places[-1]]
    for before, after in pairwise(places.tolist()):
        if after - before > 1:
            share = (np.arange(before + 1, after) - before) / (after - before)
            eased = (share * share * (3 - 2 * share))[:, None]
            filled[before + 1 : after] = values[before] + eased * (values[after] - values[before])
    return filled


def gap_weights(known: NDArray[np.bool_]) -> Float64:
    """(T,): how much each frame counts: one where known, little where filled."""
    weights = np.ones(len(known))
    for first, last in stretches(~known):
        short = last - first <= NUMBERS.short_gap_frames and first > 0 and last < len(known)
        weights[first:last] = NUMBERS.short_gap_weight if short else NUMBERS.long_gap_weight
    return weights


def _smooth_part(  # noqa: PLR0913 - internal; values that belong to one frame axis
    points: Float32, loose: Float64, anchor: Float32, window: int, fps: float, *, gap: float
) -> Float32:
    """Fill and smooth a hand or a face (T, N, 3) that goes along with a landmark of the body.

    loose, anchor: (T, 2): the landmark before and after smoothing.
    """
    smoothed = np.full_like(points, np.nan)
    known = np.isfinite(points[:, 0, 0])
    if not known.any():
        return smoothed
    shortest = max(2, round(NUMBERS.min_seconds * fps))
    spans = [
        (first, last)
        for first, last in _spans(known, max(1, round(gap * fps)))
        if np.ptp(np.flatnonzero(known[first:last])) + 1 >= shortest
    ]
    step = max(1, NUMBERS.values_at_once // (3 * len(points)))
    for begin in range(0, points.shape[1], step):
        some = slice(begin, begin + step)
        flat = points[:, some].astype(np.float64)
        flat[..., :2] -= loose[:, None]
        for first, last in spans:
            here = known[first:last]
            filled = fill_gaps(flat[first:last].reshape(last - first, -1), here)
            smoothed[first:last, some] = savitzky_golay(filled, window, gap_weights(here)).reshape(
                last - first, -1, 3
            )
    smoothed[..., :2] += anchor[:, None]
    return smoothed


def _spans(known: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """From first to before last: what is known, over gaps of at most so many frames.

    A little more on either side, for hands are not looked for in every frame.
    """
    places = np.flatnonzero(known)
    edges = np.flatnonzero(np.diff(places) > gap)
    firsts = places[np.concatenate([[0], edges + 1])]
    lasts = places[np.concatenate([edges, [len(places) - 1]])]
    return [
        (
            max(0, int(a) - NUMBERS.margin_frames),
            min(len(known), int(b) + 1 + NUMBERS.margin_frames),
        )
        for a, b in zip(firsts, lasts, strict=True)
    ]


def _regular(normal: Float64) -> Float64:
    """Normal equations that can be solved: lower orders where too few frames have weight."""
    size = normal.shape[1]
    ridge = NUMBERS.ridge * np.trace(normal, axis1=1, axis2=2)
    return np.asarray(normal + ridge[:, None, None] * np.eye(size))
