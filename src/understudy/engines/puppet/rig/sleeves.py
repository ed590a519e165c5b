"""Wide sleeves: cloth that hangs from an arm goes on hanging, however the arm turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget import Motion
from understudy.geometry.filters import median_seconds, smoothstep
from understudy.geometry.skeleton import Bone, Limb, Skeleton
from understudy.geometry.spring import Spring, held_within, lag
from understudy.geometry.transforms import transform

Float64 = NDArray[np.float64]


_SPRING = Spring(rate=1.5, damping=0.4)


@dataclass(frozen=True, slots=True)
class SleeveNumbers:
    """What hangs, and how. Lengths in torsos (T). Set by eye.

    below: from where to where below its arm's bones a point hangs loose.
    steep: from where to where the sine of its direction from the nearest bone points down.
    least: a sleeve reaches at least this far below the bones; shorter ones move with the arm.
    spring, farthest: how it swings, and how far from where it hangs.
    """

    below: tuple[float, float] = (0.15, 0.42)
    steep: tuple[float, float] = (0.35, 0.75)
    least: float = 0.34
    spring: Spring = _SPRING
    farthest: float = 0.12


NUMBERS = SleeveNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Sleeve:
    """What hangs from one arm.

    index: of its bone in the list of maps. bone: of the arm, that it hangs on. anchor: (2,) where,
    canvas pixels. torso: pixels.
    """

    index: int
    bone: Bone
    anchor: Float64
    torso: float


def hang(
    points: Float64, weights: Float64, skeleton: Skeleton, limb: Limb, index: int
) -> tuple[Sleeve, Float64] | None:
    """The sleeve of an arm and how far each of its points (V, 2) hangs loose, (V,) in 0..1; None
    where nothing does.

    weights: (V, 31) of the points. index: of the bone that the sleeve gets.
    """
    shoulder, elbow, wrist, knuckles = (skeleton.joints[j] for j in limb.joints)
    tips = wrist + 2.0 * (knuckles - wrist)
    nearest = np.stack(
        [
            _nearest_on(points, start, end)
            for start, end in ((shoulder, elbow), (elbow, wrist), (wrist, tips))
        ]
    )
    apart = np.sqrt(((points - nearest) ** 2).sum(axis=-1))
    on = np.argmin(apart, axis=0)
    away = np.take_along_axis(apart, on[None], axis=0)[0]
    from_bone = np.take_along_axis(nearest, on[None, :, None], axis=0)[0]
    down = (points[:, 1] - from_bone[:, 1]) / (away + 1e-9)
    far = away / skeleton.torso
    loose = smoothstep(*NUMBERS.below, far) * smoothstep(*NUMBERS.steep, down) * (on < 2)
    if not (far[loose > 0.5] > NUMBERS.least).any():
        return None
    anchor = (loose[:, None] * from_bone).sum(axis=0) / loose.sum()
    upper, lower, _ = limb.bones
    carried = [float(loose @ weights[:, bone]) for bone in (upper, lower)]
    bone = lower if carried[1] >= carried[0] else upper
    return Sleeve(index, bone, anchor, skeleton.torso), loose


def sleeve_maps(sleeve: Sleeve, motion: Motion) -> Float64:
    """The affine maps of a sleeve's bone, (T, 2, 3): it stays upright below its arm and swings."""
    place = transform(motion.bones[:, sleeve.bone].astype(np.float64), sleeve.anchor)
    swing = lag(place, median_seconds(motion.times), NUMBERS.spring)
    maps = np.zeros((len(place), 2, 3))
    maps[:, 0, 0] = maps[:, 1, 1] = 1.0
    maps[:, :, 2] = place - sleeve.anchor + held_within(swing, NUMBERS.farthest * sleeve.torso)
    return maps


def _nearest_on(points: Float64, start: Float64, end: Float64) -> Float64:
    """The place on a segment that is nearest to each of points (V, 2)."""
    along = end - start
    share = np.clip((points - start) @ along / (along @ along + 1e-9), 0.0, 1.0)
    return np.asarray(start + share[:, None] * along)
