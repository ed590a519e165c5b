"""A drawn-up walker: every joint's place is known, and no bone changes its length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body, Float32
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

FPS = 24
SIZE = (720, 1280)
PIXELS_PER_METRE = 500.0
SHOULDER_HEIGHT = 0.5  # metres above the hips


def walker(frames: int = 48, *, turned: float = 0.0) -> Performance:
    """Somebody who steps on the spot to the left and right, swings their arms and bends them.

    turned: degrees to the walker's right.
    """
    time = np.arange(frames) / FPS
    world = np.zeros((frames, 33, 3))
    for side, sign in (("LEFT", 1.0), ("RIGHT", -1.0)):
        swing = sign * 0.6 * np.sin(2 * np.pi * time)
        _arm(world, side, sign, swing, bend=0.7 + 0.5 * np.sin(2 * np.pi * time))
        _leg(world, side, sign, lift=np.clip(sign * np.sin(2 * np.pi * time), 0, 1))
    _head(world, nod=0.2 * np.sin(np.pi * time))
    angle = np.radians(turned)
    cosine, sine = np.cos(angle), np.sin(angle)
    world = world @ np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]]).T
    # From y up and z near to the axes of a performance.
    world *= (1, -1, -1)
    hips = np.column_stack([360 + 60 * np.sin(np.pi * time), np.full(frames, 620.0)])
    body = np.ones((frames, 33, 4), np.float32)
    body[..., :2] = hips[:, None] + PIXELS_PER_METRE * world[..., :2]
    body[..., 2] = PIXELS_PER_METRE * world[..., 2]
    nothing = np.full((frames, 21, 3), np.nan, np.float32)
    return Performance(
        times=1.0 + time,
        body=body,
        world=world.astype(np.float32),
        left_hand=_hand(body, Body.LEFT_WRIST),
        right_hand=nothing,
        face=np.full((frames, 468, 3), np.nan, np.float32),
        size=SIZE,
    )


def _arm(world: Float64, side: str, sign: float, swing: Float64, bend: Float64) -> None:
    """Hanging, swung to and fro, bent forwards at the elbow."""
    zero = np.zeros_like(swing)
    upper = np.stack([0.2 * sign * np.cos(swing), -np.cos(swing), np.sin(swing)], axis=1)
    upper /= np.linalg.norm(upper, axis=1, keepdims=True)
    lower = np.stack([zero, -np.cos(swing + bend), np.sin(swing + bend)], axis=1)
    inwards = np.array([-sign, 0.0, 0.0])
    shoulder = world[:, Body[f"{side}_SHOULDER"]] = (0.17 * sign, SHOULDER_HEIGHT, 0)
    elbow = world[:, Body[f"{side}_ELBOW"]] = shoulder + 0.28 * upper
    wrist = world[:, Body[f"{side}_WRIST"]] = elbow + 0.25 * lower
    # Palms to the body, thumbs ahead.
    ahead = np.cross(inwards, lower) * -sign
    world[:, Body[f"{side}_INDEX"]] = wrist + 0.08 * lower + 0.03 * ahead
    world[:, Body[f"{side}_PINKY"]] = wrist + 0.08 * lower - 0.03 * ahead
    world[:, Body[f"{side}_THUMB"]] = wrist + 0.03 * lower + 0.03 * ahead


def _leg(world: Float64, side: str, sign: float, lift: Float64) -> None:
    """Standing, or with the knee lifted straight ahead."""
    zero = np.zeros_like(lift)
    thigh = np.stack([zero, -np.cos(lift), np.sin(lift)], axis=1)
    shank = np.stack([zero, -np.cos(0.5 * lift), -np.sin(0.5 * lift)], axis=1)
    hip = world[:, Body[f"{side}_HIP"]] = (0.1 * sign, 0, 0)
    knee = world[:, Body[f"{side}_KNEE"]] = hip + 0.42 * thigh
    ankle = world[:, Body[f"{side}_ANKLE"]] = knee + 0.40 * shank
    world[:, Body[f"{side}_HEEL"]] = ankle + np.array([0, -0.06, -0.05])
    world[:, Body[f"{side}_FOOT_INDEX"]] = ankle + np.array([0, -0.06, 0.14])


def _head(world: Float64, nod: Float64) -> None:
    ears = np.array([0.0, SHOULDER_HEIGHT + 0.2, 0.03])
    places = {
        Body.NOSE: (0, -0.025, 0.121), Body.MOUTH_LEFT: (0.021, -0.051, 0.082),
        Body.MOUTH_RIGHT: (-0.021, -0.051, 0.082), Body.LEFT_EAR: (0.074, 0, 0),
        Body.RIGHT_EAR: (-0.074, 0, 0),
    }  # fmt: skip
    for name in ("EYE_INNER", "EYE", "EYE_OUTER"):
        places[Body[f"LEFT_{name}"]] = (0.016, 0.012, 0.104)
        places[Body[f"RIGHT_{name}"]] = (-0.016, 0.012, 0.104)
    cosine, sine = np.cos(nod), np.sin(nod)
    for landmark, (x, y, z) in places.items():
        turned = [np.full_like(nod, x), y * cosine - z * sine, y * sine + z * cosine]
        world[:, landmark] = ears + np.stack(turned, axis=1)


def _hand(body: Float32, wrist: Body) -> Float32:
    steps = np.arange(21, dtype=np.float32)
    offsets = np.stack([steps, 2 * steps, 0 * steps], axis=1)
    return np.asarray(body[:, wrist, None, :3] + offsets, np.float32)
