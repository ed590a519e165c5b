"""Where on a figure a fault is: the nearest part of its body, and words for it."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS, LEGS, Side

Float64 = NDArray[np.float64]

BodyPart = Literal[
    "head",
    "trunk",
    "left upper arm",
    "left forearm",
    "left hand",
    "right upper arm",
    "right forearm",
    "right hand",
    "left thigh",
    "left shank",
    "left foot",
    "right thigh",
    "right shank",
    "right foot",
]

# Half of how wide the parts are, in torso lengths: whatever is nearer belongs to the part.
_HALF_WIDTHS = {"head": 0.28, "trunk": 0.24, "thigh": 0.13, "shank": 0.09}
_LIMB = 0.07


def nearest_part(place: Float64, joints: Float64, torso: float) -> BodyPart:
    """The part of the body that a place (2,) is at. joints: (35, 2), both in pixels."""
    parts = get_args(BodyPart)
    away = [
        _distance(place, *ends_of(part, joints)) - torso * _HALF_WIDTHS.get(part.split()[-1], _LIMB)
        for part in parts
    ]
    nearest: BodyPart = parts[int(np.argmin(away))]
    return nearest


def arm_of(part: BodyPart) -> Side | None:
    """The side whose arm a part belongs to."""
    if part.endswith(("arm", "hand")):
        return "left" if part.startswith("left") else "right"
    return None


def is_leg(part: BodyPart) -> bool:
    """Whether a part belongs to a leg."""
    return part.endswith(("thigh", "shank", "foot"))


def ends_of(part: BodyPart, joints: Float64) -> tuple[Float64, Float64]:
    """The two ends (2,) of a part's bone. joints: (35, 2)."""
    neck = joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=0)
    if part == "head":
        ears = joints[[Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=0)
        # The skull lies as far above the ears as the chin below them.
        return ears, ears + 0.5 * (ears - neck)
    if part == "trunk":
        return neck, joints[[Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=0)
    side, bone = part.split(" ", 1)
    limbs, bones = (ARMS, _ARM_BONES) if bone in _ARM_BONES else (LEGS, _LEG_BONES)
    limb, number = limbs[0 if side == "left" else 1], bones.index(bone)
    return joints[limb.joints[number]], joints[limb.joints[number + 1]]


_ARM_BONES = ("upper arm", "forearm", "hand")
_LEG_BONES = ("thigh", "shank", "foot")


def _distance(place: Float64, start: Float64, end: Float64) -> float:
    """From a place to a line between two points."""
    along = end - start
    share = np.clip((place - start) @ along / max(float(along @ along), 1e-9), 0, 1)
    return float(np.linalg.norm(place - start - share * along))
