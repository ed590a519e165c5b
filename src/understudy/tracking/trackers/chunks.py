"""Tracking the driver through a chunk of a clip, in a worker.

The request carries the clip, the frames wanted and a guide: where the scene analysis found the
driver. The answers carry the landmarks of a few frames at a time, as arrays with NaN for what was
not seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import (
    BODY_LANDMARKS,
    FACE_LANDMARKS,
    HAND_LANDMARKS,
    Body,
    Float32,
)
from understudy.media.clip import read_frames
from understudy.processes.messages import Array, Message
from understudy.tracking.trackers.clip_message import clip_of
from understudy.tracking.trackers.person_finder import mask_out, occludes
from understudy.tracking.trackers.tracker import Follower, FrameTrack, Region, Rgb, Tracker

# Columns of the `presence` array.
PRESENCES = ("body", "face", "left_hand", "right_hand")
SHAPES = {
    "body": (BODY_LANDMARKS, 4),
    "world": (BODY_LANDMARKS, 3),
    "left_hand": (HAND_LANDMARKS, 3),
    "right_hand": (HAND_LANDMARKS, 3),
    "face": (FACE_LANDMARKS, 3),
    "presence": (len(PRESENCES),),
}
_BATCH = 12  # frames per message


@dataclass(frozen=True, slots=True)
class FollowingNumbers:
    """How the driver is followed through a chunk. A side is that of a person's square region."""

    lost_distance: float = 0.5
    """From the guide's region, in its sides; beyond it somebody else is followed."""
    lost_size_ratio: float = 1.9
    """Between the followed region's side and the guide's."""
    occluded_seconds: float = 0.12
    """Behind another person, a driver who was not detected for longer counts as occluded."""
    close_distance: float = 0.22
    """Between the trunks of two who stand close, in sides of the one in front."""
    span_step_seconds: float = 0.02
    """Resolution of the occluded spans."""
    min_hand: float = 0.018
    """From wrist to knuckles, in short sides; a smaller hand shows no separate fingers."""
    hand_period: int = 2
    """Frames between two searches for a hand; left and right alternate."""
    small_hand_period: int = 4
    """The same for a small hand."""
    small_hand: float = 0.075
    """From wrist to knuckles, in short sides, of the largest hand that counts as small."""
    missed_hand_period: int = 8
    """The same for a hand that was missed several times in a row."""
    max_misses: int = 3
    """Searches in a row that must miss a hand for that."""
    hand_decay: float = 0.9
    """Per frame, of the length of a hand that is foreshortened."""


NUMBERS = FollowingNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """Where somebody is according to the scene analysis.

    places: (N, 5) float64: time in seconds, rising, then x, y, side in pixels of the frames and
    angle of the region that holds them.
    """

    places: NDArray[np.float64]

    def __contains__(self, time: float) -> bool:
        """Whether the time lies between the first place and the last."""
        return bool(self.places[0, 0] <= time <= self.places[-1, 0])

    def unseen(self, time: float) -> float:
        """How many seconds the nearest place is away."""
        return float(np.abs(self.places[:, 0] - time).min())

    def region(self, time: float) -> Region:
        """The region at a time, between the places around it."""
        x, y, side, angle = (
            float(np.interp(time, self.places[:, 0], column)) for column in self.places[:, 1:].T
        )
        return Region(x, y, side, angle)


def occluded_spans(guide: Guide, other: Guide) -> list[tuple[float, float]]:
    """The times for which somebody else stands before the driver, wholly or in part.

    While two stand close together, the one of whom the scene analysis lost sight is behind.
    """
    start = max(guide.places[0, 0], other.places[0, 0])
    end = min(guide.places[-1, 0], other.places[-1, 0])
    spans: list[tuple[float, float]] = []
    times: list[float] = []
    for time in np.arange(
        start, end + 2 * NUMBERS.span_step_seconds, NUMBERS.span_step_seconds
    ).tolist():
        driver, front = guide.region(time), other.region(time)
        if time <= end and occludes(front, driver, reach=NUMBERS.close_distance):
            times.append(time)
            continue
        if any(
            occludes(other.region(t), guide.region(t))
            and guide.unseen(t) > NUMBERS.occluded_seconds
            for t in times
        ):
            spans.append((times[0], times[-1]))
        times = []
    return spans


def track_chunk(tracker: Tracker, request: Message) -> Iterator[Message]:
    """Follow the driver through the frames that a request names.

    Values: `clip`; `size` (w, h) of the frames to track in; `start` seconds and `fps` (n, d) of the
    whole run; `first` and `count` of the chunk's frames in it; `warm_up` frames to run before them.
    Arrays: the clip's, `guide` (N, 5) to the driver and `other_0`, `other_1`, ... to the others.
    """
    values = request.values
    clip = clip_of(request)
    fps = Fraction(*values["fps"])
    first, count = int(values["first"]), int(values["count"])
    warm_up = min(int(values["warm_up"]), first)
    width, height = values["size"]
    begin = values["start"] + float((first - warm_up) / fps)
    frames = read_frames(
        clip,
        size=(width, height),
        start=begin,
        end=begin + float((warm_up + count) / fps),
        fps=fps,
        threads=1,
        quick=True,
    )
    others = [Guide(array) for name, array in request.arrays.items() if name.startswith("other_")]
    chunk = _ChunkTracker(tracker, Guide(request.arrays["guide"]), others)
    batch: list[FrameTrack | None] = []
    sent = 0
    for frame in frames:
        number = first - warm_up + frame.index
        track = chunk.step(frame.rgb, frame.time, number)
        if number < first:
            continue
        batch.append(track)
        if len(batch) == _BATCH or sent + len(batch) == count:
            yield Message("frames", {"first": first + sent}, _arrays(batch))
            sent += len(batch)
            batch = []
    yield Message("done")


class _ChunkTracker:
    """Tracks the driver through the frames of a chunk, in order."""

    def __init__(self, tracker: Tracker, guide: Guide, others: Sequence[Guide]) -> None:
        self._tracker = tracker
        self._follower: Follower = tracker.follower()
        self._guide = guide
        self._others = others
        self._alone = not others
        self._occluded = [span for other in others for span in occluded_spans(guide, other)]
        self._region: Region | None = None
        self._hands = (_HandSchedule(0), _HandSchedule(1))

    def step(self, rgb: Rgb, time: float, number: int) -> FrameTrack | None:
        guided = self._guide.region(time)
        if any(start <= time <= end for start, end in self._occluded):
            self._region = None
            return None
        others = [guide.region(time) for guide in self._others if time in guide]
        rgb = mask_out(rgb, [other for other in others if not occludes(other, guided)])
        region = self._region
        if region is None or (not self._alone and _is_lost(region, guided)):
            region = guided
        short_side = min(rgb.shape[:2])
        left, right = (hand.is_due(number, short_side) for hand in self._hands)
        follow = partial(self._follower.follow, rgb, face=True, left_hand=left, right_hand=right)
        track = follow(region)
        if track is None:
            found = self._find(rgb, guided)
            track = None if found is None else follow(found)
        if track is None:
            self._region = None
            return None
        self._region = track.region
        body = track.landmarks.body
        self._hands[0].note(body, left, track.left_presence)
        self._hands[1].note(body, right, track.right_presence)
        return track

    def _find(self, rgb: Rgb, guided: Region) -> Region | None:
        """Look through the whole frame for somebody about where the driver should be."""
        people = [person.region for person in self._tracker.detect(rgb)]
        near = [region for region in people if self._alone or not _is_lost(region, guided)]
        return min(near, key=lambda region: _distance(region, guided), default=None)


class _HandSchedule:
    """When to look for one of the hands."""

    _ENDS = ((Body.LEFT_WRIST, Body.LEFT_INDEX), (Body.RIGHT_WRIST, Body.RIGHT_INDEX))

    def __init__(self, side: int) -> None:
        self._side = side
        self._length: float | None = None
        self._missed = 0

    def is_due(self, number: int, short_side: int) -> bool:
        """Whether to look in the frame of that number and short side."""
        share = NUMBERS.small_hand if self._length is None else self._length / short_side
        if share < NUMBERS.min_hand:
            return False
        period = NUMBERS.hand_period if share >= NUMBERS.small_hand else NUMBERS.small_hand_period
        if self._missed >= NUMBERS.max_misses:
            period = NUMBERS.missed_hand_period
        return number % period == self._side * (period // 2)

    def note(self, body: Float32, searched: bool, presence: float) -> None:
        """Take note of a frame's outcome."""
        wrist, knuckle = (body[place, :2] for place in self._ENDS[self._side])
        length = float(np.hypot(*(knuckle - wrist)))
        # Foreshortened hands come back, so the length only sinks slowly.
        self._length = max(length, NUMBERS.hand_decay * (self._length or 0.0))
        if searched:
            self._missed = 0 if presence > 0 else self._missed + 1


def _arrays(batch: Sequence[FrameTrack | None]) -> dict[str, Array]:
    arrays = {
        name: np.full((len(batch), *shape), np.nan, np.float32) for name, shape in SHAPES.items()
    }
    arrays["presence"][:] = 0
    for k, track in enumerate(batch):
        if track is None:
            continue
        marks = track.landmarks
        arrays["presence"][k] = (
            track.presence,
            track.face_presence,
            track.left_presence,
            track.right_presence,
        )
        arrays["body"][k] = marks.body
        arrays["world"][k] = marks.world
        for name, points in (
            ("left_hand", marks.left_hand),
            ("right_hand", marks.right_hand),
            ("face", marks.face),
        ):
            if points is not None:
                arrays[name][k] = points
    return dict(arrays)


def _is_lost(region: Region, guided: Region) -> bool:
    size = region.side / guided.side
    return (
        _distance(region, guided) > NUMBERS.lost_distance * guided.side
        or not 1 / NUMBERS.lost_size_ratio < size < NUMBERS.lost_size_ratio
    )


def _distance(region: Region, other: Region) -> float:
    return math.hypot(region.x - other.x, region.y - other.y)
