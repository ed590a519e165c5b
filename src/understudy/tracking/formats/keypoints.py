"""Keypoint sets of other tools, and how the landmarks of a performance fill them.

Body sets are OpenPose's BODY_25 and COCO with a neck (18), by the order in its documentation
(https://github.com/CMU-Perceptual-Computing-Lab/openpose/blob/master/doc/02_output.md), and
COCO-WholeBody's 17 and 6 (https://github.com/jin-s13/COCO-WholeBody). Hands have 21 points in the
order of the landmarks. The face has the 68 points of the iBUG set; OpenPose adds two pupils.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.joint_names import JOINTS
from understudy.geometry.landmarks import Body, Float32

Point = Body | tuple[Body, Body] | None
"""A landmark, the middle of two, or a point that is not tracked."""

_NECK = (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER)
_MID_HIP = (Body.LEFT_HIP, Body.RIGHT_HIP)

COCO_18: tuple[Point, ...] = (
    Body.NOSE,
    _NECK,
    Body.RIGHT_SHOULDER,
    Body.RIGHT_ELBOW,
    Body.RIGHT_WRIST,
    Body.LEFT_SHOULDER,
    Body.LEFT_ELBOW,
    Body.LEFT_WRIST,
    Body.RIGHT_HIP,
    Body.RIGHT_KNEE,
    Body.RIGHT_ANKLE,
    Body.LEFT_HIP,
    Body.LEFT_KNEE,
    Body.LEFT_ANKLE,
    Body.RIGHT_EYE,
    Body.LEFT_EYE,
    Body.RIGHT_EAR,
    Body.LEFT_EAR,
)
BODY_25: tuple[Point, ...] = (
    *COCO_18[:8],
    _MID_HIP,
    *COCO_18[8:],
    Body.LEFT_FOOT_INDEX,
    None,
    Body.LEFT_HEEL,
    Body.RIGHT_FOOT_INDEX,
    None,
    Body.RIGHT_HEEL,
)
COCO_17: tuple[Point, ...] = tuple(Body[name.upper()] for name in JOINTS)
COCO_FEET: tuple[Point, ...] = BODY_25[19:]
"""COCO-WholeBody's feet are in the order of OpenPose's."""

FACE_68 = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301,
    168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
    78, 82, 13, 312, 308, 317, 14, 87,
)  # fmt: skip
"""The points of a face (jaw, brows, nose, eyes, lips) among those of the mesh."""
EYES = (slice(36, 42), slice(42, 48))
"""The rims of the right and the left eye among the 68."""


@dataclass(frozen=True, slots=True)
class KeypointNumbers:
    """When a keypoint counts as seen."""

    least_visibility: float = 0.3
    """With less, a joint is left out."""


NUMBERS = KeypointNumbers()


def body_points(body: Float32, points: tuple[Point, ...]) -> Float32:
    """As `body_keypoints`, but points that were not seen stay where they were tracked."""
    return np.stack([_point(body, point) for point in points], axis=-2)


def body_keypoints(body: Float32, points: tuple[Point, ...]) -> Float32:
    """Body landmarks (..., 33, 4) as a keypoint set (..., len(points), 3).

    Each row is x and y in pixels and the confidence in 0..1; all three are 0 where a point is not
    tracked or not seen. The confidence of a middle is that of the less certain side.
    """
    rows = body_points(body, points)
    seen = is_seen(rows)
    return np.where(seen[..., None], rows, 0).astype(np.float32)


def is_seen(points: Float32) -> NDArray[np.bool_]:
    """Which rows (..., 3) of x, y and confidence are seen."""
    return np.asarray(
        np.isfinite(points).all(axis=-1) & (points[..., 2] >= NUMBERS.least_visibility)
    )


def part_keypoints(part: Float32) -> Float32:
    """Points of a hand or a face (..., N, 3) as keypoints (..., N, 3): x, y and 1, or 0 thrice."""
    seen = np.isfinite(part).all(axis=(-1, -2), keepdims=True)
    ones = np.ones((*part.shape[:-1], 1), np.float32)
    return np.where(seen, np.concatenate([part[..., :2], ones], axis=-1), 0).astype(np.float32)


def face_keypoints(face: Float32, *, pupils: bool) -> Float32:
    """A face mesh (..., 468, 3) as the 68 points, and the middle of each eye with `pupils`."""
    points = part_keypoints(face[..., FACE_68, :])
    if not pupils:
        return points
    middles = [points[..., eye, :].mean(axis=-2, keepdims=True) for eye in EYES]
    return np.concatenate([points, *middles], axis=-2)


def _point(body: Float32, point: Point) -> Float32:
    if point is None:
        return np.zeros((*body.shape[:-2], 3), np.float32)
    if isinstance(point, Body):
        return body[..., point, [0, 1, 3]]
    pair = body[..., point, :][..., [0, 1, 3]]
    middle = pair.mean(axis=-2)
    middle[..., 2] = pair[..., 2].min(axis=-1)
    return np.asarray(middle, np.float32)
