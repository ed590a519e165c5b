"""Linking the people detected in a shot into tracks, and choosing the driver among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

# A body within its region, in sides: half its width, and its reach above and below the hips.
_WIDTH, _HEIGHT = 0.13, 0.42

# A detection does not belong to a track beyond this distance in sides, which grows with the seconds
# since the track's last detection, or beyond this change of size or of appearance.
_REACH, _REACH_PER_SECOND, _MOST_REACH = 0.35, 0.5, 1.5
_SIZE_CHANGE = math.log(1.8)
_MAX_APPEARANCE_DISTANCE = 0.75
# What counts how much when they are matched: distance in sides counts 1.
_SIZE_WEIGHT, _APPEARANCE_WEIGHT = 0.5, 0.8
# The weight of a new detection in a track's running mean appearance.
_APPEARANCE_RATE = 0.2
# After so many seconds without a detection a track is closed.
_FORGOTTEN = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The people detected in a clip.

    detection_times: (M,) float64 seconds, ascending: when people were searched for.
    people: (P, 6): time, then x, y and side in pixels of the clip and angle of the region that
        holds a person, and the detector's score.
    appearances: (P, A): a colour histogram for each, summing to one.
    """

    detection_times: Float64
    people: Float64
    appearances: NDArray[np.float32]

    def within(self, start: float, end: float) -> Detections:
        """Those from start to end, both included."""
        seen = (self.people[:, 0] >= start - 1e-6) & (self.people[:, 0] <= end + 1e-6)
        detection_times = self.detection_times[
            (self.detection_times >= start - 1e-6) & (self.detection_times <= end + 1e-6)
        ]
        return Detections(detection_times, self.people[seen], self.appearances[seen])


@dataclass(frozen=True, slots=True, eq=False)
class PersonTrack:
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

    def region_at(self, time: float) -> Float64:
        """(4,): the region at a time, between the detections around it."""
        return np.array([np.interp(time, self.times, column) for column in self.regions.T])

    def occludes(self, other: PersonTrack, time: float) -> bool:
        """Whether this person stands in front of the other's trunk at a time."""
        if not self.times[0] <= time <= self.times[-1]:
            return False
        front, behind = self.region_at(time), other.region_at(time)
        reach = 2 * _WIDTH * front[2], _HEIGHT * front[2]
        return bool(abs(front[0] - behind[0]) < reach[0] and abs(front[1] - behind[1]) < reach[1])

    def within(self, start: float, end: float) -> PersonTrack:
        """The part from start to end, with a detection on either side where there is one."""
        first = max(0, int(np.searchsorted(self.times, start, side="right")) - 1)
        last = min(len(self.times), int(np.searchsorted(self.times, end, side="left")) + 1)
        return PersonTrack(self.times[first:last], self.regions[first:last])


@dataclass(slots=True)
class _OpenTrack:
    """A track while it grows."""

    rows: list[Float64] = field(default_factory=list)
    appearance: NDArray[np.float32] | None = None

    def add(self, row: Float64, appearance: NDArray[np.float32]) -> None:
        self.rows.append(row)
        if self.appearance is None:
            self.appearance = appearance
        else:
            kept = 1 - _APPEARANCE_RATE
            self.appearance = kept * self.appearance + _APPEARANCE_RATE * appearance

    def expected(self, time: float) -> Float64:
        """Where (x, y) the person is at a time if they went on as before."""
        last = self.rows[-1]
        if len(self.rows) < 2 or last[0] - self.rows[-2][0] > 0.6:
            return last[1:3]
        before = self.rows[-2]
        ahead = min(time - last[0], 0.5) / (last[0] - before[0])
        return np.asarray(last[1:3] + ahead * (last[1:3] - before[1:3]))

    def cost(self, row: Float64, appearance: NDArray[np.float32]) -> float | None:
        """How unlikely it is that a detection is of this person; None where it cannot be."""
        assert self.appearance is not None
        last = self.rows[-1]
        unseen = float(row[0] - last[0])
        side = float(max(row[3], last[3]))
        distance = float(np.hypot(*(row[1:3] - self.expected(float(row[0]))))) / side
        size = abs(math.log(row[3] / last[3]))
        appearance_distance = 1 - float(np.minimum(self.appearance, appearance).sum())
        reach = min(_MOST_REACH, _REACH + _REACH_PER_SECOND * unseen)
        if (
            unseen > _FORGOTTEN
            or distance > reach
            or size > _SIZE_CHANGE
            or appearance_distance > _MAX_APPEARANCE_DISTANCE
        ):
            return None
        return distance + _SIZE_WEIGHT * size + _APPEARANCE_WEIGHT * appearance_distance


def link_detections(detections: Detections) -> list[PersonTrack]:
    """The tracks of the people of one shot.

    At each time the detections are matched with the open tracks greedily, the cheapest pair first,
    by distance from the expected place, size and colours, so that two people who cross keep their
    identities.
    """
    tracks: list[_OpenTrack] = []
    for time in detections.detection_times:
        now = np.flatnonzero(np.abs(detections.people[:, 0] - time) < 1e-6).tolist()
        pairs = []
        for n in now:
            for k, track in enumerate(tracks):
                cost = track.cost(detections.people[n], detections.appearances[n])
                if cost is not None:
                    pairs.append((cost, k, n))
        taken: set[int] = set()
        given: set[int] = set()
        for _, k, n in sorted(pairs):
            if k not in taken and n not in given:
                tracks[k].add(detections.people[n], detections.appearances[n])
                taken.add(k)
                given.add(n)
        for n in now:
            if n not in given:
                track = _OpenTrack()
                track.add(detections.people[n], detections.appearances[n])
                tracks.append(track)
    return [
        PersonTrack(
            np.array([row[0] for row in track.rows]), np.array([r[1:5] for r in track.rows])
        )
        for track in tracks
    ]


def choose_driver(tracks: Sequence[PersonTrack], size: tuple[int, int]) -> PersonTrack | None:
    """The one who covers most of a clip of that (width, height) over the time of the shot."""
    return max(tracks, key=lambda track: float(track.coverage(size).sum()), default=None)


def count_people(tracks: Sequence[PersonTrack], least_seconds: float = 0.5) -> int:
    """How many people there are at once at most, passing glimpses left out."""
    lasting = [track for track in tracks if track.times[-1] - track.times[0] >= least_seconds]
    times = {float(time) for track in lasting for time in track.times}
    return max(
        (
            sum(bool(track.times[0] <= time <= track.times[-1]) for track in lasting)
            for time in times
        ),
        default=0,
    )
