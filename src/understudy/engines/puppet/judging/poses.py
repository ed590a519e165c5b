"""The test poses: the character's own landmarks, turned limb by limb, as a short performance."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import TestPoses
from understudy.geometry.landmarks import (
    BODY_LANDMARKS,
    FACE_LANDMARKS,
    HAND_LANDMARKS,
    Body,
    Landmarks,
)
from understudy.geometry.skeleton import VISIBLE
from understudy.geometry.transforms import wrap_angle
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """Where limbs point in a pose, in degrees: 0 away from the body's middle, 90 down, -90 up.

    arms: left, then right, each the upper arm and the forearm. thighs: how far each turns outwards
    from where the picture has it. shanks: how far each turns back inwards. lean: how far the trunk
    turns to the figure's left.
    """

    name: str
    arms: tuple[tuple[float, float], tuple[float, float]]
    thighs: tuple[float, float] = (0.0, 0.0)
    shanks: tuple[float, float] = (0.0, 0.0)
    lean: float = 0.0


POSES = (
    Pose("arms spread", ((0, 0), (0, 0))),
    Pose("arms raised, legs crossed", ((-55, -75), (-55, -75)), (-22, -14)),
    Pose("leaning, arms down", ((75, 85), (75, 85)), lean=12),
    Pose("one hand up, one on the hip", ((-40, -100), (50, 135)), lean=-8),
    Pose("striding", ((50, 10), (60, 80)), (22, 12), (12, 4), lean=-6),
    Pose("a knee raised", ((10, -80), (15, 100)), (0, 45), (0, 50), lean=6),
)
"""What dances are made of: each moves much that another leaves alone."""


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Frames at rest, on the way into a pose, and in it; frames per second. The retargeting smooths
    over a third of a second, and a pose is looked at in its last frame."""

    rest: int = 10
    way: int = 8
    held: int = 10
    fps: Fraction = Fraction(25)


_SCHEDULE = _Schedule()


_TURNS = 9
"""Of the trunk, and of both upper arms, forearms, thighs and shanks."""

# All landmarks of a picture in one row: body, left hand, right hand, face.
_HANDS = (
    slice(BODY_LANDMARKS, BODY_LANDMARKS + HAND_LANDMARKS),
    slice(BODY_LANDMARKS + HAND_LANDMARKS, BODY_LANDMARKS + 2 * HAND_LANDMARKS),
)
_FACE = slice(_HANDS[1].stop, _HANDS[1].stop + FACE_LANDMARKS)
# What the trunk carries: all of it but hips and legs.
_UPPER = [*range(Body.LEFT_HIP), *range(BODY_LANDMARKS, _FACE.stop)]


def test_poses(landmarks: Landmarks, size: tuple[int, int]) -> TestPoses:
    """The figure of a picture stands as it does there and then takes every pose.

    landmarks: in pixels of a canvas of `size` (w, h).
    """
    s = _SCHEDULE
    turns = [np.zeros(_TURNS), *(_turns(landmarks, pose) for pose in POSES)]
    rows: list[Float64] = [turns[0]] * s.rest
    shown = {"at rest": s.rest // 2}
    for pose, (before, after) in zip(POSES, pairwise(turns), strict=True):
        rows += [before + (k + 1) / s.way * (after - before) for k in range(s.way)]
        rows += [after] * s.held
        shown[pose.name] = len(rows) - 1
    frames = [_posed(landmarks, row) for row in rows]
    points = np.stack([points for points, _ in frames]).astype(np.float32)
    # Hands that leave the canvas are still seen: the driver has room all round.
    points[..., :2] += np.array(size, np.float32)
    body = np.repeat(landmarks.body[None], len(rows), axis=0)
    body[..., :2] = points[:, :BODY_LANDMARKS, :2]
    # Of a driver everything is seen that may move in the picture, however faint it is there.
    body[..., 3] = np.where(body[..., 3] > VISIBLE, 1.0, body[..., 3])
    performance = Performance(
        times=np.arange(len(rows)) / float(s.fps),
        body=body,
        world=np.stack([world for _, world in frames]).astype(np.float32),
        left_hand=points[:, _HANDS[0]],
        right_hand=points[:, _HANDS[1]],
        face=points[:, _FACE],
        size=(3 * size[0], 3 * size[1]),
    )
    return TestPoses(performance, shown, s.fps)


def _turns(landmarks: Landmarks, pose: Pose) -> Float64:
    """The turns (9,) of a pose from the picture's, radians clockwise."""
    points = landmarks.body[:, :2].astype(np.float64)
    turns = np.zeros(_TURNS)
    # The left side of a figure that faces the camera is at the image's right.
    facing = 1.0 if points[Body.LEFT_SHOULDER, 0] >= points[Body.RIGHT_SHOULDER, 0] else -1.0
    turns[0] = np.radians(facing * pose.lean)
    for side, outwards in ((0, facing), (1, -facing)):
        joints = [points[joint + side] for joint in _ARM]
        for k, degrees in enumerate(pose.arms[side]):
            x, y = joints[k + 1] - joints[k]
            wanted = np.radians(degrees if outwards > 0 else 180.0 - degrees)
            turns[1 + 2 * side + k] = wrap_angle(wanted - np.arctan2(y, x))
        turns[5 + 2 * side] = np.radians(-outwards * pose.thighs[side])
        turns[6 + 2 * side] = turns[5 + 2 * side] + np.radians(outwards * pose.shanks[side])
    return turns


# Of the left side; the right side's are one further.
_ARM = (Body.LEFT_SHOULDER, Body.LEFT_ELBOW, Body.LEFT_WRIST)
_HAND = (Body.LEFT_WRIST, Body.LEFT_PINKY, Body.LEFT_INDEX, Body.LEFT_THUMB)
_FOOT = (Body.LEFT_ANKLE, Body.LEFT_HEEL, Body.LEFT_FOOT_INDEX)


def _posed(landmarks: Landmarks, turns: Float64) -> tuple[Float64, Float64]:
    """All landmarks in pixels (543, 3) and the body's in metres (33, 3), every turn made."""
    points = _in_one_row(landmarks)
    world = landmarks.world.astype(np.float64)
    for side in (0, 1):
        fingers = range(_HANDS[side].start, _HANDS[side].stop)
        hand = [*(joint + side for joint in _HAND), *fingers]
        foot = [joint + side for joint in _FOOT]
        elbow, knee = Body.LEFT_ELBOW + side, Body.LEFT_KNEE + side
        upper, fore = turns[1 + 2 * side : 3 + 2 * side]
        thigh, shank = turns[5 + 2 * side : 7 + 2 * side]
        for pivot, moved, angle in (
            (Body.LEFT_SHOULDER + side, [elbow, *hand], upper),
            (elbow, hand, fore - upper),
            (Body.LEFT_HIP + side, [knee, *foot], thigh),
            (knee, foot, shank - thigh),
        ):
            _turn(points, moved, points[pivot, :2], angle)
            _turn(world, [j for j in moved if j < BODY_LANDMARKS], world[pivot, :2], angle)
    hips = [Body.LEFT_HIP, Body.RIGHT_HIP]
    _turn(points, _UPPER, points[hips, :2].mean(axis=0), turns[0])
    _turn(world, [*range(Body.LEFT_HIP)], world[hips, :2].mean(axis=0), turns[0])
    return points, world


def _in_one_row(landmarks: Landmarks) -> Float64:
    """All landmarks in pixels, NaN where not seen: (543, 3)."""
    points = np.full((_FACE.stop, 3), np.nan)
    points[:BODY_LANDMARKS] = landmarks.body[:, :3]
    for place, found in (
        (_HANDS[0], landmarks.left_hand),
        (_HANDS[1], landmarks.right_hand),
        (_FACE, landmarks.face),
    ):
        if found is not None:
            points[place] = found
    return points


def _turn(points: Float64, moved: list[int], centre: Float64, angle: float) -> None:
    """Turn some of the points (n, 2 or more) about a centre, in place."""
    cos, sin = np.cos(angle), np.sin(angle)
    centre = centre.copy()
    points[moved, :2] = (points[moved, :2] - centre) @ np.array([[cos, sin], [-sin, cos]]) + centre
