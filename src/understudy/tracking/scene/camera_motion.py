"""Measuring the camera's motion on grey thumbnails.

Corners all over the picture, except on people, are followed over a third of a second. The parts of
the picture vote: a camera that pans, zooms or is hand-held moves the whole background by one
similarity transform, up to the picture's borders. A background that stands still outvotes things
that move in front of it, such as a video wall or a passer-by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.tracking.scene.shots import Cut, Thumbnails

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CameraMotionNumbers:
    """How the camera's motion is measured, and how much of it a run may hold. Pixels are those of a
    thumbnail, lengths otherwise shares of the picture's long side.
    """

    baseline_seconds: float = 0.33
    """From a thumbnail to the one it is compared with."""
    stride: int = 2
    """Every n-th thumbnail is compared."""
    corner_cell: int = 12
    """One corner is followed for each square of this side, in pixels."""
    min_corner_quality: float = 1.5e-4
    """Smaller eigenvalue of the gradient's covariance (Shi and Tomasi)."""
    corner_border: int = 3
    """Pixels at the picture's borders in which no corner is followed."""
    max_round_trip: float = 0.7
    """Pixels by which a corner that is followed there and back may be off."""
    flow_window: int = 15
    """Side in pixels of the window in which a corner is followed."""
    ransac_iterations: int = 500
    """To fit the similarity transform."""
    grid: int = 6
    """Parts a side of the grid over which votes are counted."""
    still_share_of_shift: float = 0.25
    """Beside a large movement, this share of it counts as standing still."""
    min_still_share: float = 0.15
    """The background stands still when this share of the parts, two at least, does."""
    min_still_comparisons: float = 0.3
    """It goes on standing still while it does in this share of the comparisons."""
    still_window_seconds: float = 0.5
    """The time on either side for which these are counted."""
    max_still_motion: float = 0.35
    """A part stands still when its corners move by less, in pixels."""
    min_inlier_share: float = 0.5
    """The background moves when this share of the parts follows the transform."""
    max_inlier_error: float = 0.7
    """A part follows the transform when its corners do so to this many pixels."""
    min_points: int = 12
    """Corners that must be followed for a comparison to count."""
    min_followed_share: float = 0.65
    """Share of the corners that must be followed."""
    min_spread: int = 3
    """Parts between the outermost ones that follow the transform."""
    min_borders: int = 2
    """Of the picture's four borders that parts following the transform must touch."""
    max_gap_seconds: float = 2.5
    """An unknown motion is interpolated over at most this."""
    max_gap_change: float = 0.012
    """It is interpolated where the motion before and after differs by less, per second."""
    person_window_seconds: float = 0.5
    """People detected within this time of a thumbnail are masked out of it."""
    person_half_width: float = 0.16
    """Half the masked width of a person, in sides of their region."""
    person_half_height: float = 0.46
    """The same of the height."""
    net_seconds: float = 2.0
    """A run ends where the camera moves too far within this time."""
    max_net_shift: float = 0.06
    """Too far for a pan or a tilt."""
    max_net_zoom: float = 0.12
    """Too far for a zoom, as a logarithm."""
    slow_shift: float = 0.012
    """A movement lasts while the camera is faster than this, per second."""
    slow_zoom: float = 0.03
    """The same for the logarithm of the zoom."""
    max_run_shift: float = 0.08
    """What a run may hold in all."""
    max_run_zoom: float = 0.20
    """The same for the logarithm of the zoom."""
    steady_shift: float = 0.008
    """Below this nobody notices that the camera moves."""
    steady_zoom: float = 0.015
    """The same for the logarithm of the zoom."""


NUMBERS = CameraMotionNumbers()

_UNKNOWN = np.full(3, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class CameraMotion:
    """How the picture has moved since the first thumbnail.

    times: (N,) seconds. offsets: (N, 3): to the right and down in long sides of the picture, and
    the logarithm of the magnification.
    """

    times: Float64
    offsets: Float64

    def between(self, start: float, end: float) -> Float64:
        """The offsets (M, 3) from start to end."""
        inside = (self.times >= start - 1e-6) & (self.times <= end + 1e-6)
        return self.offsets[inside]

    def is_steady(self, start: float, end: float) -> bool:
        """Whether nobody would notice the camera move from start to end."""
        spread = _spread(self.between(start, end))
        return bool(max(spread[:2]) < NUMBERS.steady_shift and spread[2] < NUMBERS.steady_zoom)


@dataclass(frozen=True, slots=True)
class MovingSpan:
    """A time for which the camera moves too much. kind: `pan` (also a tilt), or `zoom`."""

    start: float
    end: float
    kind: Literal["pan", "zoom"]


def measure_camera(
    times: Float64, thumbnails: Thumbnails, people: Float64, cuts: Sequence[Cut] = ()
) -> CameraMotion:
    """Follow the background through thumbnails (N, h, w) grey, shown at `times` (N,) seconds.

    people: (P, 4): time, then x, y and side in the thumbnails' pixels of somebody's region. What
    lies across a cut is not compared.
    """
    starts: list[float] = []
    velocities: list[Float64] = []
    for k in range(0, len(times), NUMBERS.stride):
        j = int(np.searchsorted(times, times[k] + NUMBERS.baseline_seconds))
        if j >= len(times):
            break
        velocity = _UNKNOWN
        if not any(cut.start < times[j] and cut.end > times[k] for cut in cuts):
            near = people[np.abs(people[:, 0] - times[k]) < NUMBERS.person_window_seconds]
            velocity = _compare(thumbnails[k], thumbnails[j], near) / (times[j] - times[k])
        starts.append(float(times[k]))
        velocities.append(velocity)
    if len(starts) < 2:
        return CameraMotion(np.zeros(1), np.zeros((1, 3)))
    at = np.array(starts)
    speed = _median3(_settled(at, np.array(velocities)))
    # A speed was measured over the baseline, whose middle is later than its start.
    return CameraMotion(
        at + NUMBERS.baseline_seconds / 2, np.cumsum(speed * np.gradient(at)[:, None], axis=0)
    )


def find_movements(path: CameraMotion) -> list[MovingSpan]:
    """The times at which the camera moves too much for a performance."""
    times, offsets = path.times, path.offsets
    if len(times) < 3:
        return []
    speed = np.gradient(offsets, times, axis=0)
    slow = (np.hypot(speed[:, 0], speed[:, 1]) < NUMBERS.slow_shift) & (
        np.abs(speed[:, 2]) < NUMBERS.slow_zoom
    )
    movements: list[MovingSpan] = []
    for first in range(len(times)):
        last = int(np.searchsorted(times, times[first] + NUMBERS.net_seconds)) - 1
        net = offsets[last] - offsets[first]
        shift = float(np.hypot(net[0], net[1]))
        if shift < NUMBERS.max_net_shift and abs(net[2]) < NUMBERS.max_net_zoom:
            continue
        moving = np.flatnonzero(~slow[first : last + 1])
        if len(moving):
            kind: Literal["pan", "zoom"] = "pan" if shift >= NUMBERS.max_net_shift else "zoom"
            begin, end = first + int(moving[0]), first + int(moving[-1])
            movements.append(MovingSpan(float(times[begin]), float(times[end]), kind))
    merged: list[MovingSpan] = []
    for movement in sorted(movements, key=lambda movement: movement.start):
        if merged and movement.start <= merged[-1].end:
            before = merged[-1]
            merged[-1] = MovingSpan(before.start, max(before.end, movement.end), before.kind)
        else:
            merged.append(movement)
    return merged


def steadiest_span(path: CameraMotion, start: float, end: float) -> tuple[float, float]:
    """The longest time within start and end in which the camera does not go too far in all."""
    inside = np.flatnonzero((path.times >= start) & (path.times <= end))
    best = (start, end)
    if len(inside) == 0 or not _is_too_far(path.offsets[inside]):
        return best
    longest, first = 0.0, 0
    edges = np.concatenate([[start], path.times[inside[1:-1]], [end]])
    for last in range(len(inside)):
        while _is_too_far(path.offsets[inside[first : last + 1]]):
            first += 1
        if edges[last] - edges[first] > longest:
            longest = float(edges[last] - edges[first])
            best = (float(edges[first]), float(edges[last]))
    return best


def _settled(times: Float64, velocities: Float64) -> Float64:
    """Velocities (N, 3) where each is known: a still background wins, gaps are interpolated."""
    settled = velocities.copy()
    known = np.isfinite(velocities[:, 0])
    still = known & (velocities == 0).all(axis=1)
    for k, time in enumerate(times):
        around = np.abs(times - time) <= NUMBERS.still_window_seconds
        if still[around].sum() >= NUMBERS.min_still_comparisons * max(1, known[around].sum()):
            settled[k] = 0
        elif not known[k]:
            before, after = known[:k].nonzero()[0][-1:], k + known[k:].nonzero()[0][:1]
            settled[k] = 0
            if (
                len(before)
                and len(after)
                and times[after[0]] - times[before[0]] <= NUMBERS.max_gap_seconds
            ):
                ends = velocities[before[0]], velocities[after[0]]
                if float(np.abs(ends[1] - ends[0]).max()) < NUMBERS.max_gap_change:
                    settled[k] = (ends[0] + ends[1]) / 2
    return settled


def _compare(one: NDArray[np.uint8], other: NDArray[np.uint8], people: Float64) -> Float64:
    """How the background moved from one thumbnail to the other.

    In x and y in long sides and log magnification; zeros where it stands still, NaN where it cannot
    be told.
    """
    height, width = one.shape
    points = _corners(one, people)
    before, after = _follow(one, other, points) if len(points) else (points, points)
    if len(before) < max(NUMBERS.min_points, NUMBERS.min_followed_share * len(points)):
        return _UNKNOWN
    model, _ = cv2.estimateAffinePartial2D(
        before,
        after,
        method=cv2.RANSAC,
        ransacReprojThreshold=NUMBERS.max_inlier_error,
        maxIters=NUMBERS.ransac_iterations,
    )
    if model is None:
        return _UNKNOWN
    column = np.minimum(before[:, 0] * NUMBERS.grid / width, NUMBERS.grid - 1).astype(int)
    row = np.minimum(before[:, 1] * NUMBERS.grid / height, NUMBERS.grid - 1).astype(int)
    parts = row * NUMBERS.grid + column
    names = np.unique(parts)
    lengths = np.linalg.norm(after - before, axis=1)
    length = np.array([np.median(lengths[parts == name]) for name in names])
    middle = np.array([width / 2, height / 2])
    shift = model[:, :2] @ middle + model[:, 2] - middle
    # Where much of the picture moves fast and the rest all but stands, the rest is the background.
    still = length < max(
        NUMBERS.max_still_motion, NUMBERS.still_share_of_shift * float(np.hypot(*shift))
    )
    if still.mean() >= NUMBERS.min_still_share and still.sum() >= 2:
        return np.zeros(3)
    errors = np.linalg.norm(before @ model[:, :2].T + model[:, 2] - after, axis=1)
    along = names[
        [bool(np.median(errors[parts == name]) < NUMBERS.max_inlier_error) for name in names]
    ]
    borders = sum(
        bool(np.isin(axis, edge).any())
        for axis in (along % NUMBERS.grid, along // NUMBERS.grid)
        for edge in (0, NUMBERS.grid - 1)
    )
    spread = max(np.ptp(along % NUMBERS.grid), np.ptp(along // NUMBERS.grid)) if len(along) else 0
    if (
        len(along) < NUMBERS.min_inlier_share * len(names)
        or borders < NUMBERS.min_borders
        or spread < NUMBERS.min_spread
    ):
        return _UNKNOWN
    zoom = np.log(np.hypot(model[0, 0], model[1, 0]))
    return np.array([*(shift / max(width, height)), zoom])


def _corners(image: NDArray[np.uint8], people: Float64) -> NDArray[np.float32]:
    """The best corner (N, 2) of every cell that has one and is not on a person."""
    quality = cv2.cornerMinEigenVal(image, 5, ksize=3)
    for _, x, y, side in people:
        across, along = NUMBERS.person_half_width * side, NUMBERS.person_half_height * side
        low, high = (round(x - across), round(y - along)), (round(x + across), round(y + along))
        cv2.rectangle(quality, low, high, 0.0, -1)
    side = NUMBERS.corner_cell
    rows, columns = (size // side for size in image.shape)
    squares = quality[: rows * side, : columns * side].reshape(rows, side, columns, side)
    cells = squares.swapaxes(1, 2).reshape(rows * columns, side * side)
    best = cells.argmax(axis=1)
    cell = np.flatnonzero(
        np.take_along_axis(cells, best[:, None], axis=1) >= NUMBERS.min_corner_quality
    )
    top, left = np.divmod(cell, columns)
    down, right = np.divmod(best[cell], side)
    corners = np.stack([left * side + right, top * side + down], axis=1).astype(np.float32)
    limit = np.array(image.shape[::-1]) - NUMBERS.corner_border
    inside = (corners >= NUMBERS.corner_border).all(axis=1) & (corners < limit).all(axis=1)
    return corners[inside]


def _follow(
    one: NDArray[np.uint8], other: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The points (M, 2) that can be followed, and where they went (Lucas and Kanade's method)."""
    window = {"winSize": (NUMBERS.flow_window, NUMBERS.flow_window), "maxLevel": 2}
    there, found, _ = cv2.calcOpticalFlowPyrLK(one, other, points, None, **window)  # type: ignore[call-overload]
    back, returned, _ = cv2.calcOpticalFlowPyrLK(other, one, there, None, **window)  # type: ignore[call-overload]
    good = (found.ravel() > 0) & (returned.ravel() > 0)
    good &= np.linalg.norm(back - points, axis=1) < NUMBERS.max_round_trip
    return points[good], there[good]


def _spread(offsets: Float64) -> Float64:
    return np.ptp(offsets, axis=0) if len(offsets) else np.zeros(3)


def _is_too_far(offsets: Float64) -> bool:
    spread = _spread(offsets)
    return bool(max(spread[:2]) > NUMBERS.max_run_shift or spread[2] > NUMBERS.max_run_zoom)


def _median3(values: Float64) -> Float64:
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray(np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0))
