"""The performer's skeleton: joints at rest, forward kinematics, and where landmarks sit on it.

Metres; x to the performer's left (the viewer's right), y up, z towards the viewer. At rest the
performer faces the viewer with the arms half raised, and every joint's own axes are the world's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..solid.arrays import Float
from ..solid.turns import Matrix, quaternion
from .head import JAW, Face

SIDES = {"L": 1.0, "R": -1.0}
FINGERS = ("thumb", "index", "middle", "ring", "pinky")

# Along the hand, towards the thumb, towards the back of the hand; metres of a hand 0.19 long.
_FINGER_JOINTS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "thumb": (
        (0.020, 0.026, -0.010),
        (0.050, 0.052, -0.020),
        (0.080, 0.066, -0.025),
        (0.106, 0.075, -0.030),
    ),
    "index": (
        (0.090, 0.028, 0.000),
        (0.131, 0.034, -0.003),
        (0.156, 0.037, -0.007),
        (0.178, 0.039, -0.012),
    ),
    "middle": (
        (0.094, 0.006, 0.003),
        (0.139, 0.008, 0.000),
        (0.167, 0.009, -0.005),
        (0.190, 0.010, -0.011),
    ),
    "ring": (
        (0.088, -0.015, 0.001),
        (0.130, -0.018, -0.002),
        (0.156, -0.020, -0.007),
        (0.178, -0.021, -0.012),
    ),
    "pinky": (
        (0.079, -0.034, -0.004),
        (0.111, -0.042, -0.006),
        (0.131, -0.046, -0.010),
        (0.149, -0.049, -0.014),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What sets one body apart from another, in metres and ratios."""

    shoulders: float = 0.165
    hips: float = 0.088
    legs: float = 1.0
    arms: float = 1.0
    hand: float = 1.04
    head: float = 1.0
    face: Face = field(default_factory=Face)


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """names and parents of the joints, `rest` (J, 3) positions, and `markers`: named points at
    rest that ride on a joint."""

    build: Build
    names: tuple[str, ...]
    parents: tuple[int, ...]
    rest: Float
    markers: Mapping[str, tuple[str, Float]]

    def index(self, name: str) -> int:
        return self.names.index(name)

    def at(self, name: str) -> Float:
        """Rest position of a joint or a marker."""
        return self.markers[name][1] if name in self.markers else self.rest[self.index(name)]


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """Where every joint has taken the body: x' = turns[j] @ x + shifts[j] for rest points x."""

    skeleton: Skeleton
    turns: Float
    shifts: Float

    def at(self, name: str) -> Float:
        s = self.skeleton
        if name in s.markers:
            joint, point = s.markers[name]
        else:
            joint, point = name, s.at(name)
        j = s.index(joint)
        return np.asarray(self.turns[j] @ point + self.shifts[j])

    def dual_quaternions(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        real = np.array([quaternion(t) for t in self.turns])
        w, v = real[:, :1], real[:, 1:]
        t = self.shifts
        dual = 0.5 * np.concatenate(
            [-(t * v).sum(1, keepdims=True), w * t + np.cross(t, v)], axis=1
        )
        return real.astype(np.float32), dual.astype(np.float32)


def arm_axes(side: str) -> Matrix:
    """Columns at rest: along the arm, the way the elbow bends (forwards), the back of the hand."""
    x = SIDES[side]
    along = np.array([0.6428 * x, -0.766, 0.0])
    forward = np.array([0.0, 0.0, 1.0])
    back = np.array([0.766 * x, 0.6428, 0.0])
    return np.stack([along, forward, back], axis=1)


def make_skeleton(build: Build) -> Skeleton:
    b = build
    lift = 0.92 * (b.legs - 1)
    joints: list[tuple[str, str | None, Float]] = []
    markers: dict[str, tuple[str, Float]] = {}

    def add(name: str, parent: str | None, *at: float) -> None:
        joints.append((name, parent, np.array(at)))

    add("pelvis", None, 0, 0.95 + lift, 0)
    add("spine", "pelvis", 0, 1.04 + lift, -0.012)
    add("chest", "spine", 0, 1.19 + lift, -0.018)
    add("neck", "chest", 0, 1.418 + lift, -0.030)
    add("head", "neck", 0, 1.494 + lift, -0.012)
    pivot = joints[-1][2]

    def on_face(x: float, y: float, z: float) -> Float:
        return np.asarray(pivot + np.array([x, y, z]) * b.head)

    add("jaw", "head", *on_face(*JAW))
    markers["nose"] = ("head", on_face(0, 0.0625, 0.119))
    for side, x in SIDES.items():
        eye = b.face.eye * [x, 1, 1]
        for part in ("eye", "lid"):
            add(f"{side}_{part}", "head", *on_face(*eye))
        size = b.face.eye_size
        markers[f"{side}_eye_inner"] = ("head", on_face(*(eye + [-0.9 * size * x, 0, 0.4 * size])))
        markers[f"{side}_eye_outer"] = ("head", on_face(*(eye + [0.9 * size * x, 0, 0.4 * size])))
        markers[f"{side}_eye_front"] = ("head", on_face(*(eye + [0, 0, size])))
        markers[f"{side}_ear"] = ("head", on_face(0.080 * x, 0.074, -0.006))
        markers[f"{side}_mouth"] = ("head", on_face(0.027 * b.face.mouth * x, 0.0270, 0.0835))
    for side, x in SIDES.items():
        add(f"{side}_clavicle", "chest", 0.025 * x, 1.385 + lift, 0.005)
        shoulder = np.array([b.shoulders * x, 1.362 + lift, -0.022])
        axes = arm_axes(side)
        along = axes[:, 0]
        elbow = shoulder + along * 0.272 * b.arms
        wrist = elbow + along * 0.245 * b.arms
        add(f"{side}_shoulder", f"{side}_clavicle", *shoulder)
        add(f"{side}_elbow", f"{side}_shoulder", *elbow)
        add(f"{side}_forearm", f"{side}_elbow", *(elbow + wrist) / 2)
        add(f"{side}_wrist", f"{side}_forearm", *wrist)
        for finger, points in _FINGER_JOINTS.items():
            parent = f"{side}_wrist"
            for k, point in enumerate(points):
                at = wrist + axes @ (np.array(point) * b.hand)
                if k < 3:
                    add(f"{side}_{finger}{k + 1}", parent, *at)
                    parent = f"{side}_{finger}{k + 1}"
                else:
                    markers[f"{side}_{finger}_tip"] = (parent, at)
        add(f"{side}_hip", "pelvis", b.hips * x, 0.92 * b.legs, 0)
        add(f"{side}_knee", f"{side}_hip", (b.hips + 0.014) * x, 0.505 * b.legs, 0.014)
        add(f"{side}_ankle", f"{side}_knee", (b.hips + 0.020) * x, 0.085, -0.022)
        add(f"{side}_toe", f"{side}_ankle", (b.hips + 0.036) * x, 0.025, 0.105)
        markers[f"{side}_heel"] = (f"{side}_ankle", np.array([(b.hips + 0.014) * x, 0.02, -0.065]))
        markers[f"{side}_foot_index"] = (
            f"{side}_toe",
            np.array([(b.hips + 0.044) * x, 0.02, 0.160]),
        )

    names = tuple(n for n, _, _ in joints)
    parents = tuple(-1 if p is None else names.index(p) for _, p, _ in joints)
    return Skeleton(build, names, parents, np.array([p for _, _, p in joints]), markers)


def pose(skeleton: Skeleton, turns: Mapping[str, Matrix], root: Float) -> Posed:
    """Turn the joints (those not named stay) and carry the pelvis by `root` metres."""
    n = len(skeleton.names)
    world = np.empty((n, 3, 3))
    shift = np.empty((n, 3))
    for j, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True)):
        local = turns.get(name, np.eye(3))
        at = skeleton.rest[j]
        if parent < 0:
            world[j], place = local, at + root
        else:
            world[j], place = world[parent] @ local, world[parent] @ at + shift[parent]
        shift[j] = place - world[j] @ at
    return Posed(skeleton, world, shift)
