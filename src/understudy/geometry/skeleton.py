"""The skeleton: bones, their rest pose and the proportions of one figure.

Two figures of different build share the bones of this module; what differs is the rest pose and the
lengths. Everything is planar (image pixels, x right, y down); a bone that points towards or away
from the camera is a short bone, as in Hornung et al., "Character animation from 2D pictures and 3D
motion data" (ACM TOG 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import BODY_LANDMARKS, Body, Float32, Landmarks
from understudy.geometry.visibility import hips_inside

Float64 = NDArray[np.float64]
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")

# A joint is seen when its visibility is greater and it lies at most this share of the canvas's
# width or height outside of it.
VISIBLE, OUTSIDE = 0.4, 0.02
# Legs that the picture does not show: thigh and foot in torsos, the shank as a share of the thigh.
THIGH, SHANK, FOOT = 0.8, 0.95, 0.2

LEFT_KNUCKLES = BODY_LANDMARKS
RIGHT_KNUCKLES = BODY_LANDMARKS + 1
JOINTS = BODY_LANDMARKS + 2


class Bone(IntEnum):
    """Index of a bone. Numbered ones lie between the two bones of a joint: see `Limb`."""

    PELVIS = 0
    CHEST = 1
    HEAD = 2
    LEFT_SHOULDER_1 = 3
    LEFT_SHOULDER_2 = 4
    LEFT_SHOULDER_3 = 5
    LEFT_UPPER_ARM = 6
    LEFT_ELBOW_1 = 7
    LEFT_ELBOW_2 = 8
    LEFT_ELBOW_3 = 9
    LEFT_FOREARM = 10
    LEFT_HAND = 11
    RIGHT_SHOULDER_1 = 12
    RIGHT_SHOULDER_2 = 13
    RIGHT_SHOULDER_3 = 14
    RIGHT_UPPER_ARM = 15
    RIGHT_ELBOW_1 = 16
    RIGHT_ELBOW_2 = 17
    RIGHT_ELBOW_3 = 18
    RIGHT_FOREARM = 19
    RIGHT_HAND = 20
    LEFT_HIP_1 = 21
    LEFT_THIGH = 22
    LEFT_KNEE_1 = 23
    LEFT_SHANK = 24
    LEFT_FOOT = 25
    RIGHT_HIP_1 = 26
    RIGHT_THIGH = 27
    RIGHT_KNEE_1 = 28
    RIGHT_SHANK = 29
    RIGHT_FOOT = 30


@dataclass(frozen=True, slots=True)
class Limb:
    """A chain of three bones: joints from the root outwards, the bones, and those between them.

    between: at the root and at the middle joint, bones that turn by equal parts of the joint's
    turn, so that the skin over a joint that turns far keeps its width.
    """

    joints: tuple[int, int, int, int]
    bones: tuple[Bone, Bone, Bone]
    between: tuple[tuple[Bone, ...], tuple[Bone, ...]]

    @property
    def all_bones(self) -> tuple[Bone, ...]:
        """The bones and those between them."""
        return (*self.bones, *self.between[0], *self.between[1])


ARMS: tuple[Limb, Limb] = (
    Limb(
        (Body.LEFT_SHOULDER, Body.LEFT_ELBOW, Body.LEFT_WRIST, LEFT_KNUCKLES),
        (Bone.LEFT_UPPER_ARM, Bone.LEFT_FOREARM, Bone.LEFT_HAND),
        (
            (Bone.LEFT_SHOULDER_1, Bone.LEFT_SHOULDER_2, Bone.LEFT_SHOULDER_3),
            (Bone.LEFT_ELBOW_1, Bone.LEFT_ELBOW_2, Bone.LEFT_ELBOW_3),
        ),
    ),
    Limb(
        (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW, Body.RIGHT_WRIST, RIGHT_KNUCKLES),
        (Bone.RIGHT_UPPER_ARM, Bone.RIGHT_FOREARM, Bone.RIGHT_HAND),
        (
            (Bone.RIGHT_SHOULDER_1, Bone.RIGHT_SHOULDER_2, Bone.RIGHT_SHOULDER_3),
            (Bone.RIGHT_ELBOW_1, Bone.RIGHT_ELBOW_2, Bone.RIGHT_ELBOW_3),
        ),
    ),
)
LEGS: tuple[Limb, Limb] = (
    Limb(
        (Body.LEFT_HIP, Body.LEFT_KNEE, Body.LEFT_ANKLE, Body.LEFT_FOOT_INDEX),
        (Bone.LEFT_THIGH, Bone.LEFT_SHANK, Bone.LEFT_FOOT),
        ((Bone.LEFT_HIP_1,), (Bone.LEFT_KNEE_1,)),
    ),
    Limb(
        (Body.RIGHT_HIP, Body.RIGHT_KNEE, Body.RIGHT_ANKLE, Body.RIGHT_FOOT_INDEX),
        (Bone.RIGHT_THIGH, Bone.RIGHT_SHANK, Bone.RIGHT_FOOT),
        ((Bone.RIGHT_HIP_1,), (Bone.RIGHT_KNEE_1,)),
    ),
)

LIMB_BONES: dict[Bone, tuple[int, int]] = {
    bone: (limb.joints[i], limb.joints[i + 1])
    for limb in (*ARMS, *LEGS)
    for i, bone in enumerate(limb.bones)
}


def with_knuckles(points: NDArray[np.floating]) -> Float64:
    """Body landmarks (..., 33, C) with the middle of the knuckles appended: (..., 35, C)."""
    left = (points[..., Body.LEFT_PINKY, :] + points[..., Body.LEFT_INDEX, :]) / 2
    right = (points[..., Body.RIGHT_PINKY, :] + points[..., Body.RIGHT_INDEX, :]) / 2
    hands = np.stack([left, right], axis=-2)
    return np.concatenate([points, hands], axis=-2).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """The rest pose of a figure in a picture: what a performance is carried over to.

    joints: (35, 2) float64, canvas pixels: the 33 body landmarks and the knuckles of both hands.
        Joints that the picture does not show are put where they would be.
    world: (35, 3) float64, metres, as `Landmarks.world`.
    seen: (35,) bool, whether the picture shows the joint.
    face: (468, 3) float32 canvas pixels, or None.
    legs: the picture shows both legs down to the feet, so they may move.
    arms: whether the left and the right arm may move.
    cut: the picture's lower edge cuts the figure, so it cannot walk about.
    flat: the figure is a drawing in one piece: an arm that points at the camera shortens less.
    near: the side that is seen of a figure in profile, whose other side rests exactly behind it;
        None of a figure that shows both.
    """

    joints: Float64
    world: Float64
    seen: NDArray[np.bool_]
    face: Float32 | None
    legs: bool
    arms: tuple[bool, bool]
    near: Side | None = None
    cut: bool = False
    flat: bool = False

    @property
    def neck(self) -> Float64:
        """The middle of the shoulders, (2,) canvas pixels."""
        return self._middle(Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER)

    @property
    def pelvis(self) -> Float64:
        """The middle of the hips, (2,) canvas pixels."""
        return self._middle(Body.LEFT_HIP, Body.RIGHT_HIP)

    @property
    def head(self) -> Float64:
        """The middle of the ears, (2,) canvas pixels."""
        return self._middle(Body.LEFT_EAR, Body.RIGHT_EAR)

    @property
    def limbless(self) -> bool:
        """Whether the picture shows a trunk down to its hips, but no limb: it is one piece."""
        hips = self.seen[[Body.LEFT_HIP, Body.RIGHT_HIP]]
        limbs = self.seen[[Body.LEFT_ELBOW, Body.RIGHT_ELBOW, Body.LEFT_KNEE, Body.RIGHT_KNEE]]
        return bool(hips.all() and not limbs.any())

    @property
    def torso(self) -> float:
        """Length from the neck to the pelvis in pixels, the unit of most thresholds ("T")."""
        return float(np.linalg.norm(self.neck - self.pelvis))

    def _middle(self, left: Body, right: Body) -> Float64:
        return np.asarray((self.joints[left] + self.joints[right]) / 2)


def skeleton_of(
    landmarks: Landmarks,
    size: tuple[int, int],
    *,
    legs: bool = True,
    arms: tuple[bool, bool] = (True, True),
    near: Side | None = None,
) -> Skeleton:
    """The skeleton of the figure that `landmarks` describe.

    landmarks: in pixels of a canvas of `size` (w, h). `legs` and `arms` say what may move; legs
    that reach past the canvas or are not seen never do. near: see `Skeleton`.
    """
    width, height = size
    points = with_knuckles(landmarks.body)
    joints = points[:, :2].copy()
    visibility = points[:, 3]
    inside = (
        (joints[:, 0] > -OUTSIDE * width)
        & (joints[:, 0] < (1 + OUTSIDE) * width)
        & (joints[:, 1] > -OUTSIDE * height)
        & (joints[:, 1] < (1 + OUTSIDE) * height)
    )
    seen = (visibility > VISIBLE) & inside
    seen[[Body.LEFT_HIP, Body.RIGHT_HIP]] &= hips_inside(joints, size)
    torso = float(
        np.linalg.norm(
            (joints[Body.LEFT_SHOULDER] + joints[Body.RIGHT_SHOULDER])
            - (joints[Body.LEFT_HIP] + joints[Body.RIGHT_HIP])
        )
        / 2
    )
    knees = bool(seen[[Body.LEFT_KNEE, Body.RIGHT_KNEE]].all())
    ankles = bool(seen[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE]].all())
    for limb in LEGS:
        hip, knee, ankle, foot = limb.joints
        if not knees:
            joints[knee] = joints[hip] + (0.0, THIGH * torso)
        if not (knees and ankles):
            down = joints[knee] - joints[hip] if knees else np.array((0.0, THIGH * torso))
            joints[ankle] = joints[knee] + SHANK * down
            joints[foot] = joints[ankle] + (0.0, FOOT * torso)
    return Skeleton(
        joints=joints,
        world=with_knuckles(landmarks.world),
        seen=seen,
        face=landmarks.face,
        legs=legs and knees and ankles,
        arms=arms,
        near=near,
    )
