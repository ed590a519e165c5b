"""How far joints turn. Rounded up from the ranges that physiology knows, because a driver may be a
dancer and what a limit takes away is gone: Boone and Azen, "Normal range of motion of joints in
male subjects" (1979), for limbs; Norkin and White, "Measurement of Joint Motion", for neck and
trunk.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from understudy.tracking.formats.animation.body import BodyJoint
from understudy.tracking.formats.animation.rotations import limited

Float64 = NDArray[np.float64]

_UP = np.array([0.0, 1.0, 0.0])
_SIDE = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True)
class Limit:
    """Of a joint's rotation against its parent: the twist about the bone and the swing across it,
    at most, in degrees. axis: along the bone in the rest pose."""

    swing: float
    twist: float
    axis: Float64


ELBOW = (0.0, 160.0)
KNEE = (0.0, 160.0)
"""Degrees by which hinges bend."""

_LEFT: dict[BodyJoint, Limit] = {
    BodyJoint.LEFT_SHOULDER: Limit(40, 20, _SIDE),
    BodyJoint.LEFT_ARM: Limit(150, 120, _SIDE),
    BodyJoint.LEFT_FOREARM: Limit(165, 100, _SIDE),
    BodyJoint.LEFT_HAND: Limit(90, 100, _SIDE),
    BodyJoint.LEFT_UP_LEG: Limit(150, 70, _UP),
    BodyJoint.LEFT_LEG: Limit(165, 40, _UP),
    BodyJoint.LEFT_FOOT: Limit(80, 50, _UP),
}
_SIDES_APART = BodyJoint.RIGHT_SHOULDER - BodyJoint.LEFT_SHOULDER
_LEGS_APART = BodyJoint.RIGHT_UP_LEG - BodyJoint.LEFT_UP_LEG
LIMITS = MappingProxyType(
    {
        BodyJoint.SPINE: Limit(30, 20, _UP),
        BodyJoint.SPINE_1: Limit(30, 20, _UP),
        BodyJoint.SPINE_2: Limit(30, 20, _UP),
        BodyJoint.SPINE_3: Limit(30, 20, _UP),
        BodyJoint.NECK: Limit(60, 50, _UP),
        BodyJoint.HEAD: Limit(60, 80, _UP),
        **_LEFT,
        **{
            BodyJoint(
                joint + (_LEGS_APART if joint >= BodyJoint.LEFT_UP_LEG else _SIDES_APART)
            ): limit
            for joint, limit in _LEFT.items()
        },
    }
)
"""By joint; the others do not turn, or freely."""


def within_limits(joint: BodyJoint, rotations: Float64) -> Float64:
    """Rotations (T, 3, 3) of a joint against its parent, brought within its limit."""
    limit = LIMITS.get(joint)
    if limit is None:
        return rotations
    swing, twist = np.radians(limit.swing), np.radians(limit.twist)
    return limited(rotations, limit.axis, float(swing), float(twist))
