"""The hierarchy of a driver: its joints, and a rest pose with the driver's proportions.

Names and order are those of the skeleton that AnimatedDrawings calls `fair1`, which are also
Mixamo's and MotionBuilder's where they share a joint. The rest pose is a T-pose: upright, arms
level to the sides, palms down, toes towards the camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import SIDES, Side
from understudy.tracking.formats.animation.hierarchy import Hierarchy, HierarchyJoint, Vector

Float64 = NDArray[np.float64]


class BodyJoint(IntEnum):
    """Index of a joint in the hierarchy of a driver."""

    HIPS = 0
    SPINE = 1
    SPINE_1 = 2
    SPINE_2 = 3
    SPINE_3 = 4
    NECK = 5
    HEAD = 6
    LEFT_SHOULDER = 7
    LEFT_ARM = 8
    LEFT_FOREARM = 9
    LEFT_HAND = 10
    LEFT_HAND_END = 11
    LEFT_THUMB = 12
    RIGHT_SHOULDER = 13
    RIGHT_ARM = 14
    RIGHT_FOREARM = 15
    RIGHT_HAND = 16
    RIGHT_HAND_END = 17
    RIGHT_THUMB = 18
    LEFT_UP_LEG = 19
    LEFT_LEG = 20
    LEFT_FOOT = 21
    LEFT_TOE_BASE = 22
    RIGHT_UP_LEG = 23
    RIGHT_LEG = 24
    RIGHT_FOOT = 25
    RIGHT_TOE_BASE = 26


_TRUNK = ("Hips", "Spine", "Spine1", "Spine2", "Spine3", "Neck", "Head")
_ARM = ("Shoulder", "Arm", "ForeArm", "Hand", "HandEnd", "HandThumb1")
_LEG = ("UpLeg", "Leg", "Foot", "ToeBase")
NAMES = (
    *_TRUNK,
    *(side + name for side in ("Left", "Right") for name in _ARM),
    *(side + name for side in ("Left", "Right") for name in _LEG),
)
"""The joints' names in files, by index."""

LANDMARKS: dict[BodyJoint, Body] = {
    BodyJoint.LEFT_ARM: Body.LEFT_SHOULDER,
    BodyJoint.LEFT_FOREARM: Body.LEFT_ELBOW,
    BodyJoint.LEFT_HAND: Body.LEFT_WRIST,
    BodyJoint.RIGHT_ARM: Body.RIGHT_SHOULDER,
    BodyJoint.RIGHT_FOREARM: Body.RIGHT_ELBOW,
    BodyJoint.RIGHT_HAND: Body.RIGHT_WRIST,
    BodyJoint.LEFT_UP_LEG: Body.LEFT_HIP,
    BodyJoint.LEFT_LEG: Body.LEFT_KNEE,
    BodyJoint.LEFT_FOOT: Body.LEFT_ANKLE,
    BodyJoint.LEFT_TOE_BASE: Body.LEFT_FOOT_INDEX,
    BodyJoint.RIGHT_UP_LEG: Body.RIGHT_HIP,
    BodyJoint.RIGHT_LEG: Body.RIGHT_KNEE,
    BodyJoint.RIGHT_FOOT: Body.RIGHT_ANKLE,
    BodyJoint.RIGHT_TOE_BASE: Body.RIGHT_FOOT_INDEX,
}
"""The joints that lie on a landmark."""


@dataclass(frozen=True, slots=True)
class ProportionNumbers:
    """Where joints lie that no landmark shows. Shares are of the trunk, hips to neck."""

    spine: tuple[float, float, float, float] = (0.12, 0.34, 0.56, 0.76)
    """Height of the four joints of the spine."""
    collar: float = 0.35
    """Where the collar bone begins, in half shoulder widths from the middle."""
    skull: float = 0.16
    """Metres from the ears to the top of the head."""
    hand_end: float = 0.8
    """Length of the fingers, in lengths of the palm."""
    thumb_end: float = 0.03
    """Metres from the thumb's knuckle to the end of its bone."""
    toes: float = 0.05
    """Metres from the ball of the foot to the toes."""


NUMBERS = ProportionNumbers()


@dataclass(frozen=True, slots=True)
class SideProportions:
    """Lengths of one side in metres.

    thumb, toe_base: from wrist and ankle in the rest pose, as on the left side.
    """

    upper_arm: float
    forearm: float
    hand: float
    thigh: float
    shank: float
    thumb: Vector
    toe_base: Vector


@dataclass(frozen=True, slots=True)
class Proportions:
    """A driver's lengths in metres. hips, shoulders: half their width."""

    hips: float
    trunk: float
    shoulders: float
    neck: float
    sides: Mapping[Side, SideProportions]


def measured(
    points: Float64, thumbs: Mapping[Side, Vector], toes: Mapping[Side, Vector]
) -> Proportions:
    """The proportions of landmarks (T, 33, 3) in metres: medians over time.

    thumbs, toes: see `SideProportions`.
    """
    hips, shoulders, ears = (middle(points, name) for name in ("HIP", "SHOULDER", "EAR"))
    return Proportions(
        hips=_length(points[:, Body.LEFT_HIP], points[:, Body.RIGHT_HIP]) / 2,
        trunk=_length(hips, shoulders),
        shoulders=_length(points[:, Body.LEFT_SHOULDER], points[:, Body.RIGHT_SHOULDER]) / 2,
        neck=_length(shoulders, ears),
        sides={side: _side(points, side, thumbs[side], toes[side]) for side in SIDES},
    )


def _side(points: Float64, side: Side, thumb: Vector, toe_base: Vector) -> SideProportions:
    name = side.upper()
    shoulder, elbow, wrist, hip, knee, ankle = (
        points[:, Body[f"{name}_{joint}"]]
        for joint in ("SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE")
    )
    return SideProportions(
        upper_arm=_length(shoulder, elbow),
        forearm=_length(elbow, wrist),
        hand=_length(wrist, knuckle(points, side)),
        thigh=_length(hip, knee),
        shank=_length(knee, ankle),
        thumb=thumb,
        toe_base=toe_base,
    )


def _length(start: Float64, end: Float64) -> float:
    return float(np.median(np.linalg.norm(end - start, axis=-1)))


def middle(points: Float64, joint: str) -> Float64:
    """The middle (T, 3) between the left and the right landmark of that name."""
    return np.asarray((points[:, Body[f"LEFT_{joint}"]] + points[:, Body[f"RIGHT_{joint}"]]) / 2)


def knuckle(points: Float64, side: Side) -> Float64:
    """The middle (T, 3) of a hand's knuckles."""
    name = side.upper()
    return np.asarray((points[:, Body[f"{name}_PINKY"]] + points[:, Body[f"{name}_INDEX"]]) / 2)


def body_hierarchy(body: Proportions) -> Hierarchy:
    """The hierarchy of a driver with those proportions, indexed by `BodyJoint`."""
    heights = (0.0, *NUMBERS.spine)
    up = [(0.0, (b - a) * body.trunk, 0.0) for a, b in pairwise(heights)]
    rest = (1 - NUMBERS.spine[-1]) * body.trunk
    joints = [HierarchyJoint(_TRUNK[0], None, (0.0, 0.0, 0.0))]
    joints += [HierarchyJoint(_TRUNK[n + 1], n, offset) for n, offset in enumerate(up)]
    joints.append(HierarchyJoint("Neck", BodyJoint.SPINE_3, (0.0, rest, 0.0)))
    top = (0.0, NUMBERS.skull, 0.0)
    joints.append(HierarchyJoint("Head", BodyJoint.NECK, (0.0, body.neck, 0.0), end=top))
    joints += [joint for side in SIDES for joint in _arm(body, side, rest)]
    joints += [joint for side in SIDES for joint in _leg(body, side)]
    return tuple(joints)


def _arm(body: Proportions, side: Side, height: float) -> list[HierarchyJoint]:
    first = BodyJoint.LEFT_SHOULDER if side == "left" else BodyJoint.RIGHT_SHOULDER
    collar = NUMBERS.collar * body.shoulders
    own = body.sides[side]
    tip = NUMBERS.hand_end * own.hand
    x, y, z = own.thumb
    longer = NUMBERS.thumb_end / max(float(np.linalg.norm(own.thumb)), NUMBERS.thumb_end)
    joints = [
        HierarchyJoint("Shoulder", BodyJoint.SPINE_3, (collar, height, 0.0)),
        HierarchyJoint("Arm", first, (body.shoulders - collar, 0.0, 0.0)),
        HierarchyJoint("ForeArm", first + 1, (own.upper_arm, 0.0, 0.0)),
        HierarchyJoint("Hand", first + 2, (own.forearm, 0.0, 0.0)),
        HierarchyJoint("HandEnd", first + 3, (own.hand, 0.0, 0.0), end=(tip, 0.0, 0.0)),
        HierarchyJoint(
            "HandThumb1", first + 3, (x, y, z), end=(longer * x, longer * y, longer * z)
        ),
    ]
    return [_on_side(joint, side) for joint in joints]


def _leg(body: Proportions, side: Side) -> list[HierarchyJoint]:
    first = BodyJoint.LEFT_UP_LEG if side == "left" else BodyJoint.RIGHT_UP_LEG
    own = body.sides[side]
    joints = [
        HierarchyJoint("UpLeg", BodyJoint.HIPS, (body.hips, 0.0, 0.0)),
        HierarchyJoint("Leg", first, (0.0, -own.thigh, 0.0)),
        HierarchyJoint("Foot", first + 1, (0.0, -own.shank, 0.0)),
        HierarchyJoint("ToeBase", first + 2, own.toe_base, end=(0.0, 0.0, NUMBERS.toes)),
    ]
    return [_on_side(joint, side) for joint in joints]


def _on_side(joint: HierarchyJoint, side: Side) -> HierarchyJoint:
    """A joint of the left side on the given one."""
    if side == "left":
        return HierarchyJoint(f"Left{joint.name}", joint.parent, joint.offset, joint.end)
    end = None if joint.end is None else _mirrored(joint.end)
    return HierarchyJoint(f"Right{joint.name}", joint.parent, _mirrored(joint.offset), end)


def _mirrored(vector: Vector) -> Vector:
    return (-vector[0], vector[1], vector[2])
