"""Telling people apart through a shot, and choosing the driver among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

# A body within its region, in sides: half its width, and its reach above and below the hips.
_WIDTH, _HEIGHT = 0.13, 0.42

# Somebody is not the same any more beyond this distance in sides, which grows with the seconds for
# which they were not seen, or beyond this change of size or of looks.
_REACH, _REACH_PER_SECOND, _MOST_REACH = 0.35, 0.5, 1.5
_SIZE_CHANGE = math.log(1.8)
_MOST_UNLIKE = 0.75
# What counts how much when they are matched: distance in sides counts 1.
_SIZE_WEIGHT, _UNLIKE_WEIGHT = 0.5, 0.8
# How much of its new looks somebody's remembered looks take on.
_LOOKS_RATE = 0.2
# Who was not seen for so many seconds is somebody new when seen again.
_FORGOTTEN = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """The people seen in a clip.

    looked: (M,) float64 seconds, rising: when people were looked for. people: (P, 6): time, then
    x, y and side in pixels of the clip, angle of the region that holds somebody, and score.
    appearances: (P, A), the colours of each, adding up to one.
    """

    looked: Float64
    people: Float64
    appearances: NDArray[np.float32]

    def within(self, start: float, end: float) -> Sightings:
        """Those from start to end, both included."""
        seen = (self.people[:, 0] >= start - 1e-6) & (self.people[:, 0] <= end + 1e-6)
        looked = self.looked[(self.looked >= start - 1e-6) & (self.looked <= end + 1e-6)]
        return Sightings(looked, self.people[seen], self.appearances[seen])


@dataclass(frozen=True, slots=True, eq=False)
class PersonPath:
    """One person's way through a shot.

    times: (N,) float64 seconds, rising. regions: (N, 4): x, y and side in pixels of the clip, angle
    of the square that holds the person, also what the picture does not show of them.
    """

    times: Float64
    regions: Float64

    def boxes(self, size: tuple[int, int]) -> Float64:
        """(N, 4): left, top, right, bottom of the person in a clip of that (width, height)."""
        x, y, side = self.regions[:, 0], self.regions[:, 1], self.regions[:, 2]
        across, along = _WIDTH * side, _HEIGHT * side
        boxes = np.stack([x - across, y - along, x + across, y + along], axis=1)
        return np.clip(boxes, 0, np.array([*size, *size], np.float64))

    def coverage(self, size: tuple[int, int]) -> Float64:
        """(N,): the share of the picture that the person covers."""
        left, top, right, bottom = self.boxes(size).T
        return np.asarray((right - left) * (bottom - top) / (size[0] * size[1]))

    def place(self, time: float) -> Float64:
        """(4,): the region at a time, between the sightings around it."""
        return np.array([np.interp(time, self.times, column) for column in self.regions.T])

    def hides(self, other: PersonPath, time: float) -> bool:
        """Whether this person stands before the other's trunk at a time."""
        if not self.times[0] <= time <= self.times[-1]:
            return False
        front, behind = self.place(time), other.place(time)
        reach = 2 * _WIDTH * front[2], _HEIGHT * front[2]
        return bool(abs(front[0] - behind[0]) < reach[0] and abs(front[1] - behind[1]) < reach[1])

    def within(self, start: float, end: float) -> PersonPath:
        """The part from start to end, with a sighting on either side where there is one."""
        first = max(0, int(np.searchsorted(self.times, start, side="right")) - 1)
        last = min(len(self.times), int(np.searchsorted(self.times, end, side="left")) + 1)
        return PersonPath(self.times[first:last], self.regions[first:last])


@dataclass(slots=True)
class _Growing:
    """A path while it grows."""

    rows: list[Float64] = field(default_factory=list)
    looks: NDArray[np.float32] | None = None

    def add(self, row: Float64, appearance: NDArray[np.float32]) -> None:
        self.rows.append(row)
        if self.looks is None:
            self.looks = appearance
        else:
            self.looks = (1 - _LOOKS_RATE) * self.looks + _LOOKS_RATE * appearance

    def expected(self, time: float) -> Float64:
        """Where (x, y) the person is at a time if they went on as before."""
        last = self.rows[-1]
        if len(self.rows) < 2 or last[0] - self.rows[-2][0] > 0.6:
            return last[1:3]
        before = self.rows[-2]
        ahead = min(time - last[0], 0.5) / (last[0] - before[0])
        return np.asarray(last[1:3] + ahead * (last[1:3] - before[1:3]))

    def cost(self, row: Float64, appearance: NDArray[np.float32]) -> float | None:
        """How unlikely it is that a sighting is of this person; None where it cannot be."""
        assert self.looks is not None
        last = self.rows[-1]
        unseen = float(row[0] - last[0])
        side = float(max(row[3], last[3]))
        distance = float(np.hypot(*(row[1:3] - self.expected(float(row[0]))))) / side
        size = abs(math.log(row[3] / last[3]))
        unlike = 1 - float(np.minimum(self.looks, appearance).sum())
        reach = min(_MOST_REACH, _REACH + _REACH_PER_SECOND * unseen)
        if unseen > _FORGOTTEN or distance > reach or size > _SIZE_CHANGE or unlike > _MOST_UNLIKE:
            return None
        return distance + _SIZE_WEIGHT * size + _UNLIKE_WEIGHT * unlike


def follow_people(sightings: Sightings) -> list[PersonPath]:
    """The paths of the people of one shot.

    At each look the sightings are given to those known, the likeliest pair first, by distance from
    where they should be, size and colours; so that two who cross keep their names.
    """
    growing: list[_Growing] = []
    for time in sightings.looked:
        now = np.flatnonzero(np.abs(sightings.people[:, 0] - time) < 1e-6).tolist()
        pairs = []
        for n in now:
            for k, path in enumerate(growing):
                cost = path.cost(sightings.people[n], sightings.appearances[n])
                if cost is not None:
                    pairs.append((cost, k, n))
        taken: set[int] = set()
        given: set[int] = set()
        for _, k, n in sorted(pairs):
            if k not in taken and n not in given:
                growing[k].add(sightings.people[n], sightings.appearances[n])
                taken.add(k)
                given.add(n)
        for n in now:
            if n not in given:
                path = _Growing()
                path.add(sightings.people[n], sightings.appearances[n])
                growing.append(path)
    return [
        PersonPath(np.array([row[0] for row in path.rows]), np.array([r[1:5] for r in path.rows]))
        for path in growing
    ]


def choose_driver(paths: Sequence[PersonPath], size: tuple[int, int]) -> PersonPath | None:
    """The one who covers most of a clip of that (width, height) over the time of the shot."""
    return max(paths, key=lambda path: float(path.coverage(size).sum()), default=None)


def count_people(paths: Sequence[PersonPath], least_seconds: float = 0.5) -> int:
    """How many people there are at once at most, passing glimpses left out."""
    lasting = [path for path in paths if path.times[-1] - path.times[0] >= least_seconds]
    times = {float(time) for path in lasting for time in path.times}
    return max(
        (sum(bool(path.times[0] <= time <= path.times[-1]) for path in lasting) for time in times),
        default=0,
    )
