"""Linking the people detected in a shot into tracks, and choosing the driver among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinkingNumbers:
    """How detections are linked into tracks. A side is that of a person's square region."""

    half_width: float = 0.13
    """Half a body's width, in sides."""
    half_height: float = 0.42
    """A body's reach above and below the hips, in sides."""
    reach_per_second: float = 0.5
    """By which that distance grows while a person is not detected."""
    max_reach: float = 1.5
    """Upper bound of that distance, in sides."""
    reach: float = 0.35
    """Distance between a detection and the expected place, in sides."""
    max_size_change: float = math.log(1.8)
    """Logarithm of the ratio of the sides."""
    max_appearance_distance: float = 0.75
    """One minus the intersection of the colour histograms."""
    size_weight: float = 0.5
    """In the matching cost, where distance in sides weighs 1."""
    appearance_weight: float = 0.8
    """The same for appearance."""
    appearance_rate: float = 0.2
    """Weight of a new detection in a track's running mean appearance."""
    max_gap_seconds: float = 6.0
    """A track without a detection for longer is closed."""
    max_extrapolation_seconds: float = 0.5
    """How far ahead a track's motion is extrapolated."""
    max_velocity_gap_seconds: float = 0.6
    """Detections further apart than this define no velocity."""


NUMBERS = LinkingNumbers()


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
        across, along = NUMBERS.half_width * side, NUMBERS.half_height * side
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
        reach = 2 * NUMBERS.half_width * front[2], NUMBERS.half_height * front[2]
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
            kept = 1 - NUMBERS.appearance_rate
            self.appearance = kept * self.appearance + NUMBERS.appearance_rate * appearance

    def expected(self, time: float) -> Float64:
        """Where (x, y) the person is at a time if they went on as before."""
        last = self.rows[-1]
        if len(self.rows) < 2 or last[0] - self.rows[-2][0] > NUMBERS.max_velocity_gap_seconds:
            return last[1:3]
        before = self.rows[-2]
        ahead = min(time - last[0], NUMBERS.max_extrapolation_seconds) / (last[0] - before[0])
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
        reach = min(NUMBERS.max_reach, NUMBERS.reach + NUMBERS.reach_per_second * unseen)
        if (
            unseen > NUMBERS.max_gap_seconds
            or distance > reach
            or size > NUMBERS.max_size_change
            or appearance_distance > NUMBERS.max_appearance_distance
        ):
            return None
        return (
            distance + NUMBERS.size_weight * size + NUMBERS.appearance_weight * appearance_distance
        )


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


def rank_people(tracks: Sequence[PersonTrack], size: tuple[int, int]) -> list[PersonTrack]:
    """Those who are more than a passing glimpse, who covers most of a clip of that (width, height)
    first."""
    lasting = [track for track in tracks if count_people([track])]
    return sorted(lasting, key=lambda track: -float(track.coverage(size).sum()))


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
