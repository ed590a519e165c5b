"""Joint rotations from the places of joints.

Analytical, from the root outwards, after Tolani, Goswami and Badler, "Real-time inverse kinematics
techniques for anthropomorphic limbs" (2000): a limb's bones point from joint to joint, and the
plane in which elbow or knee bends tells the turn about them. Each bone is aimed from where its
joint has come to lie, so that a length that the tracker takes differently from frame to frame costs
its own bone alone. Pelvis and chest are turned as hips, shoulders and the spine between them lie,
the head by Kabsch's method.

A limb that is straight has no plane. So the turn about its bones is an average over time, weighted
by how far the limb bends; where it never does, it follows the joint above. Every joint is kept
within its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import SIDES, Side
from understudy.tracking.formats.animation.body import (
    BodyJoint,
    body_hierarchy,
    knuckle,
    measured,
    middle,
)
from understudy.tracking.formats.animation.head import head_rotations
from understudy.tracking.formats.animation.hierarchy import Hierarchy, Vector
from understudy.tracking.formats.animation.limits import ELBOW, KNEE, within_limits
from understudy.tracking.formats.animation.rotations import (
    about,
    across,
    between,
    frame,
    shortest_arc,
    twist_angle,
    unit,
)

Float64 = NDArray[np.float64]

_X, _Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class SolvingNumbers:
    """How the turn of a bone about itself is found."""

    twist_seconds: float = 0.06
    """Over which it is averaged (sigma)."""
    bent: tuple[float, float] = (0.1, 0.3)
    """Sine of the bend from which on a limb tells its plane, and at which it does so fully."""
    far_seconds: float = 0.5
    """The same for limbs that are straight for long."""
    far_weight: float = 0.02
    """Of that average beside the near one."""
    still_weight: float = 1e-4
    """Of a bone that does not turn against the joint above."""
    foot_weight: float = 0.05
    """Of where the foot points, in the turn of the leg, beside a knee that is bent square."""
    forearm_share: float = 0.5
    """Of the hand's twist that the forearm takes, as radius and ulna do."""
    neck_share: float = 0.5
    """Of the head's turn that the neck takes."""


NUMBERS = SolvingNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A hierarchy with its rotations against the world (T, J, 3, 3), and its joints' places
    (T, J, 3) from the root."""

    hierarchy: Hierarchy
    turned: Float64
    places: Float64


def solve(points: Float64, seconds: float) -> Solved:
    """Fit the hierarchy of a driver to landmarks.

    points: (T, 33, 3) metres, y up, z towards the camera, without gaps, the origin between the
    hips. seconds: between frames.
    """
    hands = {side: _hand_frames(points, side) for side in SIDES}
    feet = {side: _foot_frames(points, side) for side in SIDES}
    hierarchy = body_hierarchy(
        measured(
            points,
            thumbs={s: _rest_offset(points, hands[s], s, "WRIST", "THUMB") for s in SIDES},
            toes={s: _rest_offset(points, feet[s], s, "ANKLE", "FOOT_INDEX") for s in SIDES},
        )
    )
    pose = _Pose(hierarchy, len(points))
    _turn_trunk(pose, points)
    _turn_head(pose, points)
    for side in SIDES:
        _turn_arm(pose, points, side, hands[side], seconds)
        _turn_leg(pose, points, side, feet[side], seconds)
    return Solved(hierarchy, pose.turned, pose.places)


class _Pose:
    """Rotations and places of joints, found from the root outwards."""

    def __init__(self, hierarchy: Hierarchy, frames: int) -> None:
        self._hierarchy = hierarchy
        self.turned = np.tile(np.eye(3), (frames, len(hierarchy), 1, 1))
        self.places = np.zeros((frames, len(hierarchy), 3))

    def turn(self, joint: BodyJoint, wanted: Float64) -> None:
        """Turn a joint as its limits allow, with all below it; wanted: (T, 3, 3)."""
        parent = self._hierarchy[joint].parent
        if parent is None:
            self.turned[:, joint] = wanted
        else:
            above = self.turned[:, parent]
            local = within_limits(joint, above.swapaxes(-1, -2) @ wanted)
            self.turned[:, joint] = above @ local
        self._place_below(joint)

    def rest_direction(self, joint: BodyJoint) -> Float64:
        """Where the bone that ends in a joint points as its parent's axes lie: (T, 3)."""
        parent = self._hierarchy[joint].parent
        assert parent is not None
        above = self._hierarchy[parent].parent
        assert above is not None
        return unit(self.turned[:, above] @ np.array(self._hierarchy[joint].offset))

    def _place_below(self, joint: int) -> None:
        for child, below in enumerate(self._hierarchy):
            if below.parent == joint:
                offset = self.turned[:, joint] @ np.array(below.offset)
                self.places[:, child] = self.places[:, joint] + offset
                self.turned[:, child] = self.turned[:, joint]
                self._place_below(child)


def _turn_trunk(pose: _Pose, points: Float64) -> None:
    spine = middle(points, "SHOULDER") - middle(points, "HIP")
    pelvis = _upright(points[:, Body.LEFT_HIP] - points[:, Body.RIGHT_HIP], spine)
    chest = _upright(points[:, Body.LEFT_SHOULDER] - points[:, Body.RIGHT_SHOULDER], spine)
    pose.turn(BodyJoint.HIPS, pelvis)
    # Bent evenly, then leant as a whole so that the neck comes to lie between the shoulders.
    bones = (BodyJoint.SPINE, BodyJoint.SPINE_1, BodyJoint.SPINE_2, BodyJoint.SPINE_3)
    bends = [between(pelvis, chest, (n + 1) / len(bones)) for n in range(len(bones))]
    for joint, bend in zip(bones, bends, strict=True):
        pose.turn(joint, bend)
    base = pose.places[:, BodyJoint.SPINE]
    lean = shortest_arc(pose.places[:, BodyJoint.NECK] - base, spine - base)
    for joint, bend in zip(bones, bends, strict=True):
        pose.turn(joint, lean @ bend)
    # Collar bones lift the shoulders to where they are seen.
    for side in SIDES:
        joint = _joint(side, "SHOULDER")
        shoulder = points[:, Body[f"{side.upper()}_SHOULDER"]]
        rest = pose.places[:, joint + 1] - pose.places[:, joint]
        lift = shortest_arc(rest, shoulder - pose.places[:, joint])
        pose.turn(joint, lift @ pose.turned[:, BodyJoint.SPINE_3])


def _turn_head(pose: _Pose, points: Float64) -> None:
    chest = pose.turned[:, BodyJoint.SPINE_3]
    head = head_rotations(points)
    turned = between(chest, head, NUMBERS.neck_share)
    aim = middle(points, "EAR") - pose.places[:, BodyJoint.NECK]
    pose.turn(BodyJoint.NECK, shortest_arc(turned @ _Y, aim) @ turned)
    pose.turn(BodyJoint.HEAD, head)


def _turn_arm(pose: _Pose, points: Float64, side: Side, hand: Float64, seconds: float) -> None:
    arm, forearm, wrist = (_joint(side, name) for name in ("ARM", "FOREARM", "HAND"))
    sign = 1.0 if side == "left" else -1.0
    elbow = points[:, Body[f"{side.upper()}_ELBOW"]]
    upper = unit(elbow - pose.places[:, arm])
    still = shortest_arc(pose.rest_direction(forearm), upper) @ pose.turned[:, arm - 1]
    bend = unit(points[:, Body[f"{side.upper()}_WRIST"]] - elbow)
    plane = -sign * np.cross(upper, bend)
    frames = _twisted(still, _X, _Y, [(plane, 1.0)], seconds)
    pose.turn(arm, frames)
    frames = pose.turned[:, arm]

    aim = points[:, Body[f"{side.upper()}_WRIST"]] - pose.places[:, forearm]
    upper = sign * frames[..., 0]
    lower = _hinged(upper, unit(aim), -sign * frames[..., 1], ELBOW)
    bent = _framed(sign * lower, frames[..., 1])
    local = bent.swapaxes(-1, -2) @ hand
    twist = twist_angle(local, _X)
    steady = gaussian(np.unwrap(twist), NUMBERS.twist_seconds / seconds)
    pose.turn(forearm, bent @ about(_X, NUMBERS.forearm_share * steady))
    pose.turn(wrist, bent @ local @ about(_X, steady - twist))


def _turn_leg(pose: _Pose, points: Float64, side: Side, foot: Float64, seconds: float) -> None:
    thigh, shank, ankle = (_joint(side, name) for name in ("UP_LEG", "LEG", "FOOT"))
    knee = points[:, Body[f"{side.upper()}_KNEE"]]
    upper = unit(knee - pose.places[:, thigh])
    pelvis = pose.turned[:, BodyJoint.HIPS]
    still = shortest_arc(-(pelvis @ _Y), upper) @ pelvis
    plane = np.cross(upper, unit(points[:, Body[f"{side.upper()}_ANKLE"]] - knee))
    evidence = [(plane, 1.0), (across(foot[..., 0], upper), NUMBERS.foot_weight)]
    pose.turn(thigh, _twisted(still, _Y, _X, evidence, seconds))
    frames = pose.turned[:, thigh]

    aim = points[:, Body[f"{side.upper()}_ANKLE"]] - pose.places[:, shank]
    lower = _hinged(-frames[..., 1], unit(aim), frames[..., 0], KNEE)
    x = unit(across(frames[..., 0], lower))
    pose.turn(shank, frame(x, -lower, np.cross(x, -lower)))
    pose.turn(ankle, foot)


def _twisted(
    still: Float64,
    along: Float64,
    hinge: Float64,
    evidence: Sequence[tuple[Float64, float]],
    seconds: float,
) -> Float64:
    """Frames (T, 3, 3) turned about their bone as the evidence says.

    along, hinge: the bone and the hinge in the rest pose. evidence: directions (T, 3) of the hinge,
    the longer the surer, and their weights.
    """
    bone, axis = still @ along, still @ hinge
    total = np.zeros((len(still), 2))
    for directions, weight in evidence:
        flat = across(directions, bone)
        cosine = (flat * axis).sum(axis=-1)
        sine = (np.cross(axis, flat) * bone).sum(axis=-1)
        sure = smoothstep(*NUMBERS.bent, np.linalg.norm(flat, axis=-1))
        total += weight * sure[:, None] * np.stack([cosine, sine], axis=-1)
    near = gaussian(total, NUMBERS.twist_seconds / seconds)
    far = gaussian(total, NUMBERS.far_seconds / seconds)
    cosine, sine = (near + NUMBERS.far_weight * far).T
    angle = np.unwrap(np.arctan2(sine, cosine + NUMBERS.still_weight))
    # Where the evidence turns round it does so between two frames, a bone does not.
    return still @ about(along, gaussian(angle, NUMBERS.twist_seconds / seconds))


def _hinged(upper: Float64, lower: Float64, axis: Float64, limits: tuple[float, float]) -> Float64:
    """Where the lower bone (T, 3) of a hinge points that bends within limits, degrees."""
    flexion = np.arctan2((np.cross(upper, lower) * axis).sum(axis=-1), (upper * lower).sum(axis=-1))
    clipped = np.clip(flexion, *np.radians(limits))
    beyond = np.abs(clipped - flexion) > 1e-9
    bent = np.cos(clipped)[:, None] * upper + np.sin(clipped)[:, None] * np.cross(axis, upper)
    return np.where(beyond[:, None], bent, lower)


def _framed(x: Float64, y: Float64) -> Float64:
    """Frames with that x axis and the y axis as near as it can be."""
    y = unit(across(y, x))
    return frame(x, y, np.cross(x, y))


def _upright(x: Float64, up: Float64) -> Float64:
    """Frames with the x axis along `x` and the y axis as near to `up` as it can be."""
    x = unit(x)
    y = unit(across(up, x))
    return frame(x, y, np.cross(x, y))


def _hand_frames(points: Float64, side: Side) -> Float64:
    """Frames of a hand: along it, out of its back, towards the thumb."""
    name = side.upper()
    out = unit(knuckle(points, side) - points[:, Body[f"{name}_WRIST"]])
    x = out if side == "left" else -out
    thumbwards = points[:, Body[f"{name}_INDEX"]] - points[:, Body[f"{name}_PINKY"]]
    z = unit(across(thumbwards, x))
    return frame(x, np.cross(z, x), z)


def _foot_frames(points: Float64, side: Side) -> Float64:
    """Frames of a foot: to the driver's left, up, from the heel to the toes."""
    name = side.upper()
    ankle, heel = points[:, Body[f"{name}_ANKLE"]], points[:, Body[f"{name}_HEEL"]]
    z = unit(points[:, Body[f"{name}_FOOT_INDEX"]] - heel)
    # The shank tells where up is; of a foot that points down, the heel does.
    up = unit(points[:, Body[f"{name}_KNEE"]] - ankle) + unit(ankle - heel)
    x = unit(np.cross(up, z))
    return frame(x, np.cross(z, x), z)


def _rest_offset(points: Float64, axes: Float64, side: Side, start: str, end: str) -> Vector:
    """Where a landmark lies from another in a hand's or foot's frames, as on the left side."""
    name = side.upper()
    offset = points[:, Body[f"{name}_{end}"]] - points[:, Body[f"{name}_{start}"]]
    x, y, z = np.median(np.einsum("tji,tj->ti", axes, offset), axis=0)
    return float(x if side == "left" else -x), float(y), float(z)


def _joint(side: Side, name: str) -> BodyJoint:
    return BodyJoint[f"{side.upper()}_{name}"]
