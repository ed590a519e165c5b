"""The figure that somebody points at, of several in a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.character.figure.find import Figure, Track
from understudy.character.figure.plausibility import (
    credibility,
    facing_the_viewer,
    is_large_enough,
    without_false_face,
)
from understudy.character.image.masks import Box
from understudy.geometry.landmarks import Body, Landmarks
from understudy.geometry.skeleton import VISIBLE
from understudy.tracking.trackers import Region


@dataclass(frozen=True, slots=True)
class PointNumbers:
    """Where a figure is looked for about a point, and when it is the one that was meant. By eye."""

    sides: tuple[float, ...] = (1.0, 0.7, 0.5, 0.35)
    """Regions round the point, in lengths of the picture's longer side."""
    room: float = 1.25
    """How much larger than the figure the region is in which it is looked at again."""
    reach: float = 0.5
    """Torsos between the point and the nearest bone, at most."""
    enough: float = 0.35
    """Credibility: less is no figure. Somebody says that there is one, so half of it will do."""
    margin: float = 0.3
    """Room for hair, hat and skirt round the joints, in lengths of their box's longer side."""


NUMBERS = PointNumbers()
_HEAD = (Body.NOSE, Body.LEFT_EAR, Body.RIGHT_EAR)
_BONES = (
    (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER),
    (Body.LEFT_HIP, Body.RIGHT_HIP),
    (Body.LEFT_SHOULDER, Body.LEFT_HIP),
    (Body.RIGHT_SHOULDER, Body.RIGHT_HIP),
    (Body.LEFT_SHOULDER, Body.RIGHT_HIP),
    (Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
    (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW),
    (Body.LEFT_ELBOW, Body.LEFT_WRIST),
    (Body.RIGHT_ELBOW, Body.RIGHT_WRIST),
    (Body.LEFT_HIP, Body.LEFT_KNEE),
    (Body.RIGHT_HIP, Body.RIGHT_KNEE),
    (Body.LEFT_KNEE, Body.LEFT_ANKLE),
    (Body.RIGHT_KNEE, Body.RIGHT_ANKLE),
    *((joint, Body.LEFT_SHOULDER) for joint in _HEAD),
    *((joint, Body.RIGHT_SHOULDER) for joint in _HEAD),
)


def search_pointed(
    rgb: NDArray[np.uint8], point: tuple[float, float], track: Track
) -> Figure | None:
    """The most credible figure that a point lies on; None where no search finds one.

    rgb: (h, w, 3) uint8 sRGB. point: (x, y) in its pixels. Regions of several sizes round the point
    are tried, and each figure found there is looked at once more in a region of its own.
    """
    h, w = rgb.shape[:2]
    best: tuple[float, Figure] | None = None
    for share in NUMBERS.sides:
        seen = track(rgb, Region(point[0], point[1], share * max(h, w)))
        if seen.landmarks is None:
            continue
        again = track(rgb, _region_of(seen.landmarks))
        if again.landmarks is not None:
            seen = again
        assert seen.landmarks is not None
        if _distance(seen.landmarks, point) > NUMBERS.reach:
            continue
        trust = credibility(seen.landmarks, seen.mask, seen.presence, detected=True)
        if trust >= NUMBERS.enough and (best is None or trust > best[0]):
            best = trust, Figure(seen.landmarks, seen.mask)
    if best is None:
        return None
    figure = best[1]
    as_seen = without_false_face(figure.landmarks)
    landmarks = facing_the_viewer(as_seen)
    if not is_large_enough(landmarks, (w, h)):
        return None
    return replace(figure, landmarks=landmarks, turned_round=landmarks is not as_seen)


def surroundings(landmarks: Landmarks, size: tuple[int, int]) -> Box:
    """The box of a canvas (w, h) that holds the figure, its hair and clothes, and little else."""
    low, high = _joints_box(landmarks)
    margin = NUMBERS.margin * float((high - low).max())
    left, top = (max(0, int(value - margin)) for value in low)
    right, bottom = (
        min(most, int(value + margin) + 1) for value, most in zip(high, size, strict=True)
    )
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _joints_box(landmarks: Landmarks) -> tuple[Points, Points]:
    """The corners of the box round the joints that are seen."""
    body = landmarks.body.astype(np.float64)
    seen = body[body[:, 3] > VISIBLE, :2]
    places = seen if len(seen) else body[:, :2]
    return places.min(axis=0), places.max(axis=0)


def _region_of(landmarks: Landmarks) -> Region:
    low, high = _joints_box(landmarks)
    side = NUMBERS.room * float((high - low).max())
    middle = (low + high) / 2
    return Region(float(middle[0]), float(middle[1]), max(side, 8.0))


def _distance(landmarks: Landmarks, point: tuple[float, float]) -> float:
    """From the point to the nearest bone, in torsos."""
    body = landmarks.body[:, :2].astype(np.float64)
    at = np.array(point)
    trunk = body[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=0) - body[
        [Body.LEFT_HIP, Body.RIGHT_HIP]
    ].mean(axis=0)
    torso = max(1.0, float(np.linalg.norm(trunk)))
    return min(_from_line(at, body[start], body[end]) for start, end in _BONES) / torso


def _from_line(point: Points, start: Points, end: Points) -> float:
    along = end - start
    share = float(np.dot(point - start, along)) / max(float(np.dot(along, along)), 1e-9)
    return float(np.linalg.norm(point - start - min(1.0, max(0.0, share)) * along))
