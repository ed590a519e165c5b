"""Whether the camera moves, seen on grey thumbnails.

Corners all over the picture, but for where people are, are followed over a third of a second. The
parts of the picture vote: a camera that pans, zooms or is held in the hand moves the whole ground
by one similarity transform, up to the picture's borders. Ground that stays where it is outvotes
things that move in front of it, such as a video wall or a passer-by.
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

# Every second thumbnail is compared with the one this many seconds later.
_BASELINE = 0.33
_STRIDE = 2

# One corner for each square of this many pixels, of at least this quality.
_CORNER_CELL = 12
_CORNER_QUALITY = 1.5e-4
_ROUND_TRIP = 0.7

# Votes are counted over a grid of this many parts a side; a part stands still, or goes along with
# the transform, when its corners do so to this many pixels. Beside a large movement, what moves by
# less than this share of it counts as standing still.
_GRID = 6
_STILL = 0.35
_STILL_BESIDE = 0.25
_ALONG = 0.7
# The ground stands still when this share of the parts, two at least, does; it moves when this share
# goes along, at two of the picture's borders at least and this many parts apart.
_STILL_SHARE = 0.15
_ALONG_SHARE = 0.5
_LEAST_POINTS = 12
_FOLLOWED_SHARE = 0.65
_LEAST_SPREAD = 3
_LEAST_BORDERS = 2
# It stands still as long as it does in this share of the comparisons within so many seconds, and
# goes on where it could not be seen for so long, but went alike before and after (per second).
_STILL_COMPARISONS = 0.3
_STILL_WINDOW = 0.5
_GAP = 2.5
_ALIKE = 0.012
_UNKNOWN = np.full(3, np.nan)

# Half the width and height of a person within their region, in sides.
_PERSON_WIDTH, _PERSON_HEIGHT = 0.16, 0.46

# Movement beyond this ends a run: within the time in seconds, in long sides and log zoom.
_NET_SECONDS = 2.0
_NET_SHIFT = 0.06
_NET_ZOOM = 0.12
# A movement is as long as its speed is above this, in long sides and log zoom per second.
_SLOW_SHIFT = 0.012
_SLOW_ZOOM = 0.03
# What a run may take in all.
RUN_SHIFT = 0.08
RUN_ZOOM = 0.20
# Below this nobody would call the camera unsteady.
_STEADY_SHIFT = 0.008
_STEADY_ZOOM = 0.015


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath:
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
        return bool(max(spread[:2]) < _STEADY_SHIFT and spread[2] < _STEADY_ZOOM)


@dataclass(frozen=True, slots=True)
class Movement:
    """A time for which the camera moves too much. kind: `pan` (also a tilt), or `zoom`."""

    start: float
    end: float
    kind: Literal["pan", "zoom"]


def measure_camera(
    times: Float64, thumbnails: Thumbnails, people: Float64, cuts: Sequence[Cut] = ()
) -> CameraPath:
    """Follow the ground through thumbnails (N, h, w) grey, shown at `times` (N,) seconds.

    people: (P, 4): time, then x, y and side in the thumbnails' pixels of somebody's region. What
    lies across a cut is not compared.
    """
    starts: list[float] = []
    velocities: list[Float64] = []
    for k in range(0, len(times), _STRIDE):
        j = int(np.searchsorted(times, times[k] + _BASELINE))
        if j >= len(times):
            break
        velocity = _UNKNOWN
        if not any(cut.start < times[j] and cut.end > times[k] for cut in cuts):
            near = people[np.abs(people[:, 0] - times[k]) < 0.5]
            velocity = _compare(thumbnails[k], thumbnails[j], near) / (times[j] - times[k])
        starts.append(float(times[k]))
        velocities.append(velocity)
    if len(starts) < 2:
        return CameraPath(np.zeros(1), np.zeros((1, 3)))
    at = np.array(starts)
    speed = _median3(_settled(at, np.array(velocities)))
    # A speed was measured over the baseline, whose middle is later than its start.
    return CameraPath(at + _BASELINE / 2, np.cumsum(speed * np.gradient(at)[:, None], axis=0))


def find_movements(path: CameraPath) -> list[Movement]:
    """The times at which the camera moves too much for a performance."""
    times, offsets = path.times, path.offsets
    if len(times) < 3:
        return []
    speed = np.gradient(offsets, times, axis=0)
    slow = (np.hypot(speed[:, 0], speed[:, 1]) < _SLOW_SHIFT) & (np.abs(speed[:, 2]) < _SLOW_ZOOM)
    movements: list[Movement] = []
    for first in range(len(times)):
        last = int(np.searchsorted(times, times[first] + _NET_SECONDS)) - 1
        net = offsets[last] - offsets[first]
        shift = float(np.hypot(net[0], net[1]))
        if shift < _NET_SHIFT and abs(net[2]) < _NET_ZOOM:
            continue
        moving = np.flatnonzero(~slow[first : last + 1])
        if len(moving):
            kind: Literal["pan", "zoom"] = "pan" if shift >= _NET_SHIFT else "zoom"
            begin, end = first + int(moving[0]), first + int(moving[-1])
            movements.append(Movement(float(times[begin]), float(times[end]), kind))
    merged: list[Movement] = []
    for movement in sorted(movements, key=lambda movement: movement.start):
        if merged and movement.start <= merged[-1].end:
            before = merged[-1]
            merged[-1] = Movement(before.start, max(before.end, movement.end), before.kind)
        else:
            merged.append(movement)
    return merged


def steadiest_span(path: CameraPath, start: float, end: float) -> tuple[float, float]:
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
    """Velocities (N, 3) where each is known: still ground wins, gaps take what is around them."""
    settled = velocities.copy()
    known = np.isfinite(velocities[:, 0])
    still = known & (velocities == 0).all(axis=1)
    for k, time in enumerate(times):
        around = np.abs(times - time) <= _STILL_WINDOW
        if still[around].sum() >= _STILL_COMPARISONS * max(1, known[around].sum()):
            settled[k] = 0
        elif not known[k]:
            before, after = known[:k].nonzero()[0][-1:], k + known[k:].nonzero()[0][:1]
            settled[k] = 0
            if len(before) and len(after) and times[after[0]] - times[before[0]] <= _GAP:
                ends = velocities[before[0]], velocities[after[0]]
                if float(np.abs(ends[1] - ends[0]).max()) < _ALIKE:
                    settled[k] = (ends[0] + ends[1]) / 2
    return settled


def _compare(one: NDArray[np.uint8], other: NDArray[np.uint8], people: Float64) -> Float64:
    """How the ground moved from one thumbnail to the other.

    In x and y in long sides and log magnification; zeros where it stands still, NaN where it cannot
    be told.
    """
    height, width = one.shape
    points = _corners(one, people)
    before, after = _follow(one, other, points) if len(points) else (points, points)
    if len(before) < max(_LEAST_POINTS, _FOLLOWED_SHARE * len(points)):
        return _UNKNOWN
    model, _ = cv2.estimateAffinePartial2D(
        before, after, method=cv2.RANSAC, ransacReprojThreshold=_ALONG, maxIters=500
    )
    if model is None:
        return _UNKNOWN
    column = np.minimum(before[:, 0] * _GRID / width, _GRID - 1).astype(int)
    row = np.minimum(before[:, 1] * _GRID / height, _GRID - 1).astype(int)
    parts = row * _GRID + column
    names = np.unique(parts)
    lengths = np.linalg.norm(after - before, axis=1)
    length = np.array([np.median(lengths[parts == name]) for name in names])
    middle = np.array([width / 2, height / 2])
    shift = model[:, :2] @ middle + model[:, 2] - middle
    # Where much of the picture moves fast and the rest all but stands, the rest is the ground.
    still = length < max(_STILL, _STILL_BESIDE * float(np.hypot(*shift)))
    if still.mean() >= _STILL_SHARE and still.sum() >= 2:
        return np.zeros(3)
    errors = np.linalg.norm(before @ model[:, :2].T + model[:, 2] - after, axis=1)
    along = names[[bool(np.median(errors[parts == name]) < _ALONG) for name in names]]
    borders = sum(
        bool(np.isin(axis, edge).any())
        for axis in (along % _GRID, along // _GRID)
        for edge in (0, _GRID - 1)
    )
    spread = max(np.ptp(along % _GRID), np.ptp(along // _GRID)) if len(along) else 0
    if len(along) < _ALONG_SHARE * len(names) or borders < _LEAST_BORDERS or spread < _LEAST_SPREAD:
        return _UNKNOWN
    zoom = np.log(np.hypot(model[0, 0], model[1, 0]))
    return np.array([*(shift / max(width, height)), zoom])


def _corners(image: NDArray[np.uint8], people: Float64) -> NDArray[np.float32]:
    """The best corner (N, 2) of every cell that has one and is not on a person."""
    quality = cv2.cornerMinEigenVal(image, 5, ksize=3)
    for _, x, y, side in people:
        across, along = _PERSON_WIDTH * side, _PERSON_HEIGHT * side
        low, high = (round(x - across), round(y - along)), (round(x + across), round(y + along))
        cv2.rectangle(quality, low, high, 0.0, -1)
    border = 3
    rows, columns = (size // _CORNER_CELL for size in image.shape)
    points = []
    for top in range(0, rows * _CORNER_CELL, _CORNER_CELL):
        for left in range(0, columns * _CORNER_CELL, _CORNER_CELL):
            cell = quality[top : top + _CORNER_CELL, left : left + _CORNER_CELL]
            y, x = np.unravel_index(int(cell.argmax()), cell.shape)
            if cell[y, x] >= _CORNER_QUALITY:
                points.append((left + x, top + y))
    corners = np.array(points, np.float32).reshape(-1, 2)
    limit = np.array(image.shape[::-1]) - border
    inside = (corners >= border).all(axis=1) & (corners < limit).all(axis=1)
    return corners[inside]


def _follow(
    one: NDArray[np.uint8], other: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The points (M, 2) that can be followed, and where they went (Lucas and Kanade's method)."""
    window = {"winSize": (15, 15), "maxLevel": 2}
    there, found, _ = cv2.calcOpticalFlowPyrLK(one, other, points, None, **window)  # type: ignore[call-overload]
    back, returned, _ = cv2.calcOpticalFlowPyrLK(other, one, there, None, **window)  # type: ignore[call-overload]
    good = (found.ravel() > 0) & (returned.ravel() > 0)
    good &= np.linalg.norm(back - points, axis=1) < _ROUND_TRIP
    return points[good], there[good]


def _spread(offsets: Float64) -> Float64:
    return np.ptp(offsets, axis=0) if len(offsets) else np.zeros(3)


def _is_too_far(offsets: Float64) -> bool:
    spread = _spread(offsets)
    return bool(max(spread[:2]) > RUN_SHIFT or spread[2] > RUN_ZOOM)


def _median3(values: Float64) -> Float64:
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray(np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0))
