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
from understudy.geometry.filters import median_seconds, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import LEGS, Skeleton
from understudy.geometry.spring import Spring, held_within, lag

Float64 = NDArray[np.float64]


_SPRING = Spring(rate=1.7, damping=0.35)


@dataclass(frozen=True, slots=True)
class SwayNumbers:
    """How a hem swings. Chosen by eye.

    spring: how it swings. farthest: torsos. upright: share of what it swings sideways that it
        swings up and down.
    below_hem: torsos over which the swing fades out.
    """

    spring: Spring = _SPRING
    farthest: float = 0.06
    upright: float = 0.4
    below_hem: float = 0.06


NUMBERS = SwayNumbers()


def sway_offsets(motion: Motion, torso: float) -> Float64:
    """How far a hem that hangs on the pelvis lags behind it, (T, 2) canvas pixels."""
    hips = motion.joints[:, [Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=1).astype(np.float64)
    path = lag(hips, median_seconds(motion.times), NUMBERS.spring)
    path[:, 1] *= NUMBERS.upright
    return held_within(path, NUMBERS.farthest * torso)


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
