"""`landmarks.json`: all landmarks of an open character, those that its joints are among."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from understudy.errors import InputRefused
from understudy.geometry.landmarks import (
    BODY_LANDMARKS,
    FACE_LANDMARKS,
    HAND_LANDMARKS,
    Float32,
    Landmarks,
)

FILE = "landmarks.json"


@dataclass(frozen=True, slots=True)
class _Group:
    """shape: of the array. optional: it may be null."""

    shape: tuple[int, int]
    optional: bool = True


_GROUPS = {
    "body": _Group((BODY_LANDMARKS, 4), optional=False),
    "world": _Group((BODY_LANDMARKS, 3), optional=False),
    "left_hand": _Group((HAND_LANDMARKS, 3)),
    "right_hand": _Group((HAND_LANDMARKS, 3)),
    "face": _Group((FACE_LANDMARKS, 3)),
}


def resized(landmarks: Landmarks, x: float, y: float) -> Landmarks:
    """The landmarks in an image resized by `x` across and `y` down, which differ by a rounding."""

    def moved(points: Float32) -> Float32:
        out = points.copy()
        out[:, 0] *= np.float32(x)
        out[:, 1] *= np.float32(y)
        out[:, 2] *= np.float32(x)
        return out

    return Landmarks(
        body=moved(landmarks.body),
        world=landmarks.world,
        left_hand=None if landmarks.left_hand is None else moved(landmarks.left_hand),
        right_hand=None if landmarks.right_hand is None else moved(landmarks.right_hand),
        face=None if landmarks.face is None else moved(landmarks.face),
    )


def encode_landmarks(landmarks: Landmarks) -> bytes:
    """The file: lists of numbers by group."""
    values: dict[str, Any] = {}
    for name in _GROUPS:
        array = getattr(landmarks, name)
        values[name] = None if array is None else np.round(array.astype(float), 4).tolist()
    return json.dumps(values).encode()


def decode_landmarks(data: bytes) -> Landmarks:
    """The inverse. Raises InputRefused naming the group that does not hold what it should."""
    try:
        values = json.loads(data)
    except ValueError:
        values = None
    if not isinstance(values, dict) or set(values) != set(_GROUPS):
        raise InputRefused(
            FILE, found="the file does not hold the five groups of landmarks", allowed=_PUT_BACK
        )
    return Landmarks(**{name: _array(name, values[name]) for name in _GROUPS})  # type: ignore[arg-type]


_PUT_BACK = "put back the file that was written; joints are edited in character.json"


def _array(name: str, value: object) -> Float32 | None:
    group = _GROUPS[name]
    if value is None and group.optional:
        return None
    try:
        array = np.array(value, np.float32)
    except (TypeError, ValueError):
        array = np.zeros(0, np.float32)
    if array.shape != group.shape or not np.isfinite(array).all():
        rows, columns = group.shape
        raise InputRefused(
            f"{FILE}: {name}",
            found="the value is something else",
            allowed=f"{_PUT_BACK} ({rows} rows of {columns} numbers)",
        )
    return array
