"""A person made of sticks, as a tracker would see them: for tests of what follows tracking."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import (
    BODY_LANDMARKS,
    FACE_LANDMARKS,
    HAND_LANDMARKS,
    Body,
    Landmarks,
)
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

# Metres.
SHOULDERS, HIPS, TRUNK, NECK = 0.36, 0.24, 0.50, 0.22
UPPER_ARM, FOREARM, HAND = 0.28, 0.27, 0.09
THIGH, SHANK, FOOT = 0.42, 0.40, 0.12


@dataclass(frozen=True)
class Pose:
    """Angles in degrees on the screen: 0 to the image's right, 90 down. At rest: standing.

    arms and legs: upper and lower bone, of the figure's left and right side. yaw: turn about the
    vertical to the figure's left. lean: of the trunk, to the image's right.
    """

    left_arm: tuple[float, float] = (80.0, 85.0)
    right_arm: tuple[float, float] = (100.0, 95.0)
    left_leg: tuple[float, float] = (88.0, 90.0)
    right_leg: tuple[float, float] = (92.0, 90.0)
    yaw: float = 0.0
    lean: float = 0.0

    def mirrored(self) -> Pose:
        def flip(limb: tuple[float, float]) -> tuple[float, float]:
            return 180.0 - limb[0], 180.0 - limb[1]

        return Pose(
            flip(self.right_arm),
            flip(self.left_arm),
            flip(self.right_leg),
            flip(self.left_leg),
            -self.yaw,
            -self.lean,
        )


T_POSE = Pose(left_arm=(0.0, 0.0), right_arm=(180.0, 180.0))


def world_of(pose: Pose) -> Float64:
    """(33, 3) metres, origin between the hips."""
    points = np.zeros((BODY_LANDMARKS, 3))

    def along(degrees: float, length: float) -> Float64:
        angle = np.radians(degrees)
        return np.array([np.cos(angle), np.sin(angle), 0.0]) * length

    neck = along(-90.0 + pose.lean, TRUNK)
    for side, (shoulder, hip, arm, leg) in enumerate(
        (
            (Body.LEFT_SHOULDER, Body.LEFT_HIP, pose.left_arm, pose.left_leg),
            (Body.RIGHT_SHOULDER, Body.RIGHT_HIP, pose.right_arm, pose.right_leg),
        )
    ):
        out = np.array([1.0 if side == 0 else -1.0, 0.0, 0.0])
        points[shoulder] = neck + out * SHOULDERS / 2
        points[hip] = out * HIPS / 2
        elbow, wrist = Body(Body.LEFT_ELBOW + side), Body(Body.LEFT_WRIST + side)
        points[elbow] = points[shoulder] + along(arm[0], UPPER_ARM)
        points[wrist] = points[elbow] + along(arm[1], FOREARM)
        tip = points[wrist] + along(arm[1], HAND)
        across = along(arm[1] + 90.0, 0.02)
        for finger, offset in ((Body.LEFT_PINKY, 1), (Body.LEFT_INDEX, -1), (Body.LEFT_THUMB, -2)):
            points[finger + side] = tip + offset * across
        knee, ankle = Body(Body.LEFT_KNEE + side), Body(Body.LEFT_ANKLE + side)
        points[knee] = points[hip] + along(leg[0], THIGH)
        points[ankle] = points[knee] + along(leg[1], SHANK)
        points[Body.LEFT_HEEL + side] = points[ankle] + (0.0, 0.03, 0.0)
        points[Body.LEFT_FOOT_INDEX + side] = points[ankle] + 0.6 * FOOT * out + (0.0, 0.05, 0.0)
    head = neck + along(-90.0 + pose.lean, NECK)
    for joint, place in {
        Body.NOSE: (0.0, 0.02, -0.10),
        Body.LEFT_EAR: (0.07, 0.0, 0.0),
        Body.RIGHT_EAR: (-0.07, 0.0, 0.0),
        Body.LEFT_EYE: (0.03, -0.02, -0.08),
        Body.RIGHT_EYE: (-0.03, -0.02, -0.08),
        Body.LEFT_EYE_INNER: (0.02, -0.02, -0.08),
        Body.RIGHT_EYE_INNER: (-0.02, -0.02, -0.08),
        Body.LEFT_EYE_OUTER: (0.04, -0.02, -0.07),
        Body.RIGHT_EYE_OUTER: (-0.04, -0.02, -0.07),
        Body.MOUTH_LEFT: (0.02, 0.06, -0.08),
        Body.MOUTH_RIGHT: (-0.02, 0.06, -0.08),
    }.items():
        points[joint] = head + place
    turn = np.radians(pose.yaw)
    x, z = points[:, 0].copy(), points[:, 2].copy()
    points[:, 0] = x * np.cos(turn) - z * np.sin(turn)
    points[:, 2] = x * np.sin(turn) + z * np.cos(turn)
    return points


def body_of(world: Float64, scale: float, at: tuple[float, float]) -> Float64:
    """(33, 4) pixels and visibility: the hips' middle at `at`, `scale` pixels a metre."""
    body = np.ones((BODY_LANDMARKS, 4))
    body[:, :3] = world * scale
    body[:, :2] += at
    return body


def landmarks_of(
    pose: Pose, *, scale: float = 300.0, at: tuple[float, float] = (360.0, 420.0)
) -> Landmarks:
    """The figure in a picture."""
    world = world_of(pose)
    return Landmarks(body_of(world, scale, at).astype(np.float32), world.astype(np.float32))


def performance_of(
    poses: list[Pose],
    *,
    scale: float | list[float] = 300.0,
    at: tuple[float, float] | list[tuple[float, float]] = (360.0, 420.0),
    fps: float = 25.0,
    size: tuple[int, int] = (720, 1080),
) -> Performance:
    """The figure over time, nothing of hands and face."""
    frames = len(poses)
    scales = scale if isinstance(scale, list) else [scale] * frames
    places = at if isinstance(at, list) else [at] * frames
    worlds = [world_of(pose) for pose in poses]
    bodies = [body_of(w, s, a) for w, s, a in zip(worlds, scales, places, strict=True)]
    return Performance(
        times=np.arange(frames) / fps,
        body=np.array(bodies, np.float32),
        world=np.array(worlds, np.float32),
        left_hand=np.full((frames, HAND_LANDMARKS, 3), np.nan, np.float32),
        right_hand=np.full((frames, HAND_LANDMARKS, 3), np.nan, np.float32),
        face=np.full((frames, FACE_LANDMARKS, 3), np.nan, np.float32),
        size=size,
    )


def hidden(performance: Performance, joints: list[Body]) -> Performance:
    """The same performance with some joints out of sight."""
    body = performance.body.copy()
    body[:, joints, 3] = 0.02
    return replace(performance, body=body)
