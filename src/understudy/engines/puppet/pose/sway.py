"""Sway: a skirt's hem trails behind the body and swings after it.

One damped spring hangs on the pelvis and is driven by its acceleration, which is the least of what
cloth does and most of what the eye expects of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.weights import BODY, BodyFrame
from understudy.geometry.filters import gaussian, median_seconds, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import LEGS, Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SwayNumbers:
    """How a hem swings. Chosen by eye.

    rate: swings a second. damping: how soon they die away; 1 is without a swing.
    farthest: torsos. upright: share of what it swings sideways that it swings up and down.
    calm: seconds (sigma) over which the hips' path is smoothed.
    longest_step: seconds of the spring's integration.
    least_frames: in fewer nothing swings.
    below_hem: torsos over which the swing fades out.
    """

    rate: float = 1.7
    damping: float = 0.35
    farthest: float = 0.06
    upright: float = 0.4
    calm: float = 0.05
    longest_step: float = 0.01
    least_frames: int = 4
    below_hem: float = 0.06


NUMBERS = SwayNumbers()


def sway_offsets(motion: Motion, torso: float) -> Float64:
    """How far a hem that hangs on the pelvis lags behind it, (T, 2) canvas pixels."""
    seconds = median_seconds(motion.times)
    hips = motion.joints[:, [Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=1).astype(np.float64)
    if len(hips) < NUMBERS.least_frames:
        return np.zeros_like(hips)
    calm = gaussian(hips, NUMBERS.calm / seconds)
    push = -np.gradient(np.gradient(calm, seconds, axis=0), seconds, axis=0)
    steps = max(1, int(np.ceil(seconds / NUMBERS.longest_step)))
    step = seconds / steps
    omega = 2.0 * np.pi * NUMBERS.rate
    place, speed = np.zeros(2), np.zeros(2)
    path = np.empty_like(hips)
    for t, force in enumerate(push):
        for _ in range(steps):
            brake = 2.0 * NUMBERS.damping * omega * speed
            speed = speed + step * (force - omega**2 * place - brake)
            place = place + step * speed
        path[t] = place
    path[:, 1] *= NUMBERS.upright
    length = np.sqrt((path**2).sum(axis=1, keepdims=True)) + 1e-9
    most = NUMBERS.farthest * torso
    return np.asarray(path / length * most * np.tanh(length / most))


def sway_weights(points: Float64, skeleton: Skeleton, frame: BodyFrame) -> Float64 | None:
    """How far each of points (V, 2) takes part in the swing, (V,) in 0..1; None without a skirt."""
    if not frame.leg_split.cloth:
        return None
    hips = float(skeleton.pelvis[1])
    knees = float(np.mean([skeleton.joints[limb.joints[1], 1] for limb in LEGS]))
    hem = frame.leg_split.y
    if hem < hips + BODY.skirt * (knees - hips):
        return None
    torso = skeleton.torso
    down = np.clip((points[:, 1] - hips) / (hem - hips), 0.0, 1.0) ** 2
    below = smoothstep(hem + NUMBERS.below_hem * torso, hem, points[:, 1])
    return np.asarray(down * below)
