"""Reading OpenPose JSON of any tool: a list of frames in one file, or a folder of OpenPose's own.

Bodies of 25, 18 and 17 points are known by their number. The person who covers most of the first
frame in which somebody is seen is followed from there.

Where a file has no places in space, the figure is taken as flat: it then turns round when its
shoulders change sides in the image, and not at all before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import FACE_LANDMARKS, HAND_LANDMARKS, Float32
from understudy.tracking.formats.keypoints import BODY_25, COCO_17, COCO_18, Point
from understudy.tracking.formats.landmarks_of_keypoints import (
    body_of_keypoints,
    flat_world,
    world_of_keypoints,
)
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

FRAME_NAME = re.compile(r"(?:.*\D)?(\d+)_keypoints\.json")
"""Names of the files in OpenPose's folders."""
_SETS: Mapping[int, tuple[Point, ...]] = {
    len(points): points for points in (BODY_25, COCO_18, COCO_17)
}


@dataclass(frozen=True, slots=True)
class ReadingNumbers:
    """What is assumed of what a file does not say, and what it may hold at most."""

    frames_per_second: float = 30.0
    """Where frames have no `time`."""
    least_confidence: float = 0.05
    """Of a point that was found."""
    shares: float = 2.0
    """Where no coordinate is greater, they are shares of the canvas and not pixels."""
    canvas: tuple[int, int] = (1000, 1000)
    """Width and height where neither is given and coordinates are shares."""
    margin: float = 1.1
    """Size of the frame where none is given, in the greatest coordinates."""
    most_frames: int = 20_000
    most_bytes: int = 1 << 20
    """Of one frame's file, and on average of a frame in one file."""


NUMBERS = ReadingNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """One person in one frame, NaN where a point was not seen.

    body: (N, 3) x, y, confidence. space: (N, 3), or None. hands: (2, 21, 3), the left one first.
    """

    body: Float64
    space: Float64 | None
    hands: Float64


def read_openpose(path: Path) -> Performance:
    """Read a file or a folder.

    Raises ValueError where it holds something else, OSError where it cannot be read.
    """
    frames = _frames_of_folder(path) if path.is_dir() else _frames_of_file(path)
    people = _followed([_people(frame) for frame in frames])
    seen = [person for person in people if person is not None]
    if len(frames) < 2 or not seen:
        raise ValueError("it shows nobody, or has a single frame")
    count = len(seen[0].body)
    if any(len(person.body) != count for person in seen):
        raise ValueError("its frames have bodies of different numbers of points")
    points = _SETS[count]
    nobody = _Person(np.full((count, 3), np.nan), None, np.full((2, HAND_LANDMARKS, 3), np.nan))
    rows = [person or nobody for person in people]
    keypoints, hands = np.stack([row.body for row in rows]), np.stack([row.hands for row in rows])
    size, scale = _frame(frames, keypoints)
    keypoints[..., :2] *= scale
    hands[..., :2] *= scale
    body = body_of_keypoints(keypoints, points)
    spaces = [np.full((count, 3), np.nan) if row.space is None else row.space for row in rows]
    in_space = all(person.space is not None for person in seen)
    world = world_of_keypoints(np.stack(spaces), points) if in_space else flat_world(body)
    return Performance(
        times=_times(frames),
        body=body.astype(np.float32),
        world=world.astype(np.float32),
        left_hand=_hand(hands[:, 0]),
        right_hand=_hand(hands[:, 1]),
        face=np.full((len(frames), FACE_LANDMARKS, 3), np.nan, np.float32),
        size=size,
    )


def _frames_of_file(path: Path) -> list[dict[str, Any]]:
    if path.stat().st_size > NUMBERS.most_frames * NUMBERS.most_bytes:
        raise ValueError("it is too large")
    found = _json(path)
    if isinstance(found, dict):
        found = found.get("frames", [found])
    if not isinstance(found, list) or not found or len(found) > NUMBERS.most_frames:
        raise ValueError("it is no list of frames")
    return [_frame_object(frame) for frame in found]


def _frames_of_folder(folder: Path) -> list[dict[str, Any]]:
    numbered = [
        (int(match[1]), path)
        for path in folder.iterdir()
        if (match := FRAME_NAME.fullmatch(path.name))
    ]
    if not 0 < len(numbered) <= NUMBERS.most_frames:
        raise ValueError("it holds no files named NAME_000000000000_keypoints.json")
    return [_frame_object(_json(path)) for _, path in sorted(numbered)]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError("it is no JSON") from error


def _frame_object(frame: object) -> dict[str, Any]:
    if not isinstance(frame, dict) or not isinstance(frame.get("people"), list):
        raise ValueError("its frames have no list of people")
    return frame


def _people(frame: Mapping[str, Any]) -> list[_Person]:
    people = []
    for person in frame["people"]:
        if not isinstance(person, dict):
            raise ValueError("its people are no objects")
        body = _rows(person.get("pose_keypoints_2d"), 3)
        if len(body) not in _SETS:
            continue
        space = _rows(person.get("pose_keypoints_3d"), 4)
        hands = np.full((2, HAND_LANDMARKS, 3), np.nan)
        for n, side in enumerate(("left", "right")):
            hand = _rows(person.get(f"hand_{side}_keypoints_2d"), 3)
            if len(hand) == HAND_LANDMARKS:
                hands[n] = hand
        if np.isfinite(body).any():
            people.append(_Person(body, space[:, :3] if len(space) == len(body) else None, hands))
    return people


def _rows(values: object, width: int) -> Float64:
    """Rows of a flat or nested list, the last column a confidence; NaN where it is too small."""
    if not values:
        return np.zeros((0, width))
    try:
        rows = np.array(values, np.float64).reshape(-1, width)
    except (TypeError, ValueError) as error:
        raise ValueError("its keypoints are no list of numbers") from error
    rows[~(rows[:, -1] >= NUMBERS.least_confidence) | ~np.isfinite(rows).all(axis=1)] = np.nan
    return rows


def _followed(frames: list[list[_Person]]) -> list[_Person | None]:
    """One person throughout: the largest one first, then whoever is nearest to where they were."""
    followed: list[_Person | None] = []
    last: Float64 | None = None
    for people in frames:
        chosen: _Person | None = None
        if people and last is None:
            chosen = max(people, key=lambda person: float(np.prod(_extent(person))))
        elif people:
            places = [np.nanmean(person.body[:, :2], axis=0) for person in people]
            chosen = people[int(np.argmin([np.linalg.norm(place - last) for place in places]))]
        if chosen is not None:
            last = np.nanmean(chosen.body[:, :2], axis=0)
        followed.append(chosen)
    return followed


def _extent(person: _Person) -> Float64:
    seen = person.body[np.isfinite(person.body[:, 0]), :2]
    return np.asarray(np.ptp(seen, axis=0))


def _frame(frames: list[dict[str, Any]], keypoints: Float64) -> tuple[tuple[int, int], Float64]:
    """The frame's (width, height) in pixels, and what coordinates are multiplied by."""
    most = np.nanmax(keypoints[..., :2], axis=(0, 1))
    given = [frames[0].get(key) for key in ("canvas_width", "canvas_height")]
    sides = [round(side) for side in given if isinstance(side, (int, float)) and 1 <= side < 1e5]
    known = len(sides) == 2
    width, height = sides if known else NUMBERS.canvas
    if most.max() <= NUMBERS.shares:
        return (width, height), np.array([width, height], np.float64)
    if not known:
        width, height = (max(2, round(NUMBERS.margin * float(value))) for value in most)
    return (width, height), np.ones(2)


def _times(frames: list[dict[str, Any]]) -> Float64:
    """Seconds of the frames: as given, else at a usual rate."""
    given = [frame.get("time") for frame in frames]
    if all(isinstance(time, (int, float)) for time in given):
        times = np.array(given, np.float64)
        if np.isfinite(times).all() and (np.diff(times) > 0).all():
            return times
    return np.asarray(np.arange(len(frames)) / NUMBERS.frames_per_second)


def _hand(hand: Float64) -> Float32:
    """A hand (T, 21, 3) with z for its confidence, whole or not seen."""
    seen = np.isfinite(hand[..., :1]).all(axis=1, keepdims=True)
    flat = np.concatenate([hand[..., :2], np.zeros_like(hand[..., :1])], axis=-1)
    return np.where(seen, flat, np.nan).astype(np.float32)
