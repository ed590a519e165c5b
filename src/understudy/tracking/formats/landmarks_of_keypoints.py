"""Landmarks of a performance from another tool's keypoints, which are fewer.

Gaps in time are bridged. A landmark that is never seen is put where it usually is: a weighted sum
of others that are, with visibility 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import interpolate_gaps
from understudy.geometry.landmarks import BODY_LANDMARKS, Body
from understudy.tracking.formats.keypoints import Point

Float64 = NDArray[np.float64]
Weights = tuple[tuple[Body, float], ...]


@dataclass(frozen=True, slots=True)
class CompletingNumbers:
    """What is taken of a figure that a file does not show."""

    torso: float = 0.5
    """Metres from the middle of the shoulders to that of the hips, of a usual person."""
    bridged: float = 0.25
    """Visibility of a landmark in a frame in which it was not found, at most."""


NUMBERS = CompletingNumbers()

_NEEDED = (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP)


def _usual_places() -> Iterator[tuple[Body, Weights]]:
    """Where landmarks are that are not seen, each from others that stand before it."""
    shoulders, hips = _NEEDED[:2], _NEEDED[2:]
    above = (*((s, 0.7) for s in shoulders), *((h, -0.2) for h in hips))
    yield Body.NOSE, above
    for name, side in (("LEFT", 0), ("RIGHT", 1)):
        shoulder, hip = shoulders[side], hips[side]
        elbow, wrist, knee, ankle = (
            Body[f"{name}_{joint}"] for joint in ("ELBOW", "WRIST", "KNEE", "ANKLE")
        )
        yield elbow, ((shoulder, 0.45), (hip, 0.55))
        yield wrist, ((elbow, 1.9), (shoulder, -0.9))
        for knuckle in ("PINKY", "INDEX", "THUMB"):
            yield Body[f"{name}_{knuckle}"], ((wrist, 1.35), (elbow, -0.35))
        yield knee, ((hip, 1.8), (shoulder, -0.8))
        yield ankle, ((knee, 1.95), (hip, -0.95))
        yield Body[f"{name}_HEEL"], ((ankle, 1.12), (knee, -0.12))
        yield Body[f"{name}_FOOT_INDEX"], ((ankle, 1.18), (knee, -0.18))
        eye, ear = Body[f"{name}_EYE"], Body[f"{name}_EAR"]
        aside = ((shoulder, 0.15), (shoulders[1 - side], -0.15))
        yield eye, ((Body.NOSE, 1.0), *aside)
        yield ear, ((eye, 1.0), *aside)
        yield Body[f"{name}_EYE_INNER"], ((eye, 1.0),)
        yield Body[f"{name}_EYE_OUTER"], ((eye, 1.0),)
    eyes = ((Body.LEFT_EYE, -0.3), (Body.RIGHT_EYE, -0.3))
    yield Body.MOUTH_LEFT, ((Body.NOSE, 1.6), *eyes)
    yield Body.MOUTH_RIGHT, ((Body.NOSE, 1.6), *eyes)


_USUAL = tuple(_usual_places())


def body_of_keypoints(keypoints: Float64, points: tuple[Point, ...]) -> Float64:
    """Body landmarks (T, 33, 4) of keypoints (T, N, 3): x, y and a confidence, NaN where not seen.

    z is 0. Raises ValueError where shoulders or hips are never seen.
    """
    body = np.full((len(keypoints), BODY_LANDMARKS, 4), np.nan)
    for column, point in enumerate(points):
        if isinstance(point, Body):
            body[:, point, :2] = keypoints[:, column, :2]
            body[:, point, 2] = np.where(np.isfinite(keypoints[:, column, 0]), 0.0, np.nan)
            body[:, point, 3] = keypoints[:, column, 2]
    seen = np.isfinite(body[..., 0])
    body[..., :3] = _completed(body[..., :3])
    ever = seen.any(axis=0)
    confidence = np.nan_to_num(body[..., 3])
    usual = np.where(ever, confidence.sum(axis=0) / np.maximum(seen.sum(axis=0), 1), 0.0)
    body[..., 3] = np.where(seen, confidence, np.minimum(usual, NUMBERS.bridged))
    return body


def world_of_keypoints(keypoints: Float64, points: tuple[Point, ...]) -> Float64:
    """Places in space (T, 33, 3) from between the hips, of keypoints (T, N, 3), NaN where not seen.

    Raises ValueError where shoulders or hips are never seen.
    """
    world = np.full((len(keypoints), BODY_LANDMARKS, 3), np.nan)
    for column, point in enumerate(points):
        if isinstance(point, Body):
            world[:, point] = keypoints[:, column]
    world = _completed(world)
    return np.asarray(world - world[:, list(_NEEDED[2:])].mean(axis=1, keepdims=True))


def flat_world(body: Float64) -> Float64:
    """Places in space (T, 33, 3) of a figure that is flat, by a usual person's trunk."""
    places = body[..., :3].copy()
    places[..., 2] = 0
    hips = places[:, list(_NEEDED[2:])].mean(axis=1, keepdims=True)
    shoulders = places[:, list(_NEEDED[:2])].mean(axis=1, keepdims=True)
    torso = float(np.median(np.linalg.norm(shoulders - hips, axis=-1)))
    return np.asarray((places - hips) * NUMBERS.torso / max(torso, 1e-6))


def _completed(places: Float64) -> Float64:
    """Places (T, 33, C) without gaps."""
    places = places.copy()
    ever = np.asarray(np.isfinite(places[..., 0]).any(axis=0))
    if not ever[list(_NEEDED)].all():
        raise ValueError("shoulders and hips are not seen")
    for landmark in Body:
        if ever[landmark]:
            known = np.asarray(np.isfinite(places[:, landmark]).all(axis=-1))
            places[:, landmark] = interpolate_gaps(places[:, landmark], known)
    for landmark, weights in _USUAL:
        if not ever[landmark]:
            places[:, landmark] = sum(weight * places[:, other] for other, weight in weights)
    return places
