"""Sway: a skirt's hem trails behind the body and swings after it.

One damped spring hangs on the pelvis and is driven by its acceleration, which is the least of what
cloth does and most of what the eye expects of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.weights import BODY, BodyFrame
from understudy.geometry.filters import gaussian, median_seconds, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import LEGS, Skeleton

Float64 = NDArray[np.float64]

# Swings a second, and how soon they die away (1 is without a swing).
RATE, DAMPING = 1.7, 0.35
# The farthest a hem swings, in torsos; up and down by this share of what it does sideways.
FARTHEST, UPRIGHT = 0.06, 0.4
# Seconds: smoothing of the hips' path (sigma), and the longest step of the spring's integration.
CALM, LONGEST_STEP = 0.05, 0.01
# In fewer frames than this nothing swings.
LEAST_FRAMES = 4
# Torsos below the hem over which the swing fades out.
BELOW_HEM = 0.06


def sway_offsets(motion: Motion, torso: float) -> Float64:
    """How far a hem that hangs on the pelvis lags behind it, (T, 2) canvas pixels."""
    seconds = median_seconds(motion.times)
    hips = motion.joints[:, [Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=1).astype(np.float64)
    if len(hips) < LEAST_FRAMES:
        return np.zeros_like(hips)
    calm = gaussian(hips, CALM / seconds)
    push = -np.gradient(np.gradient(calm, seconds, axis=0), seconds, axis=0)
    steps = max(1, int(np.ceil(seconds / LONGEST_STEP)))
    step = seconds / steps
    omega = 2.0 * np.pi * RATE
    place, speed = np.zeros(2), np.zeros(2)
    path = np.empty_like(hips)
    for t, force in enumerate(push):
        for _ in range(steps):
            speed = speed + step * (force - omega**2 * place - 2.0 * DAMPING * omega * speed)
            place = place + step * speed
        path[t] = place
    path[:, 1] *= UPRIGHT
    length = np.sqrt((path**2).sum(axis=1, keepdims=True)) + 1e-9
    most = FARTHEST * torso
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
    below = smoothstep(hem + BELOW_HEM * torso, hem, points[:, 1])
    return np.asarray(down * below)
