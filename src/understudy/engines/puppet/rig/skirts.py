"""What hangs over the legs: a skirt or a gown goes where the legs go and does not turn with them.

Turned as a shank turns, the outer end of a wide hem would swing up like a fan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.rig.leg_seam import leg_line
from understudy.engines.puppet.rig.weights import BodyFrame, legs_shares, wears_skirt
from understudy.geometry.filters import smoothstep
from understudy.geometry.skeleton import LEGS, Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SkirtNumbers:
    """Where cloth hangs. Lengths in torsos.

    from_hips: from where to where between hips (0) and hem (1) it comes to hang. round: the same of
    where it no longer narrows with a trunk that turns aside, for a skirt is round. below_hem: over
    which what is the legs' takes over. beside: what lies farther than this beside a leg's middle is
    cloth wherever it is, for few hems are level, down to `above_feet` over the ankles.
    """

    from_hips: tuple[float, float] = (0.0, 0.5)
    round: tuple[float, float] = (0.0, 1.0)
    below_hem: float = 0.06
    beside: tuple[float, float] = (0.12, 0.2)
    above_feet: tuple[float, float] = (0.0, 0.12)


NUMBERS = SkirtNumbers()


def upright_cloth(points: Float64, skeleton: Skeleton, frame: BodyFrame) -> Float64 | None:
    """How far beside the middle of its leg each of points (V, 2) hangs, pixels: it is moved as that
    middle is, and this keeps its direction to the pelvis. (V, 2): what narrows with the trunk, and
    what does not. None without a skirt."""
    if skeleton.limbless or not wears_skirt(skeleton, frame.leg_split):
        return None
    torso = skeleton.torso
    hips, hem = float(skeleton.pelvis[1]), frame.leg_split.y
    y = points[:, 1]
    left = legs_shares(points, skeleton, frame.leg_split)
    lines = [leg_line(skeleton, side, y) for side in (0, 1)]
    aside = points[:, 0] - left * lines[0] - (1.0 - left) * lines[1]
    ankles = float(skeleton.joints[[limb.joints[2] for limb in LEGS], 1].min())
    beside = smoothstep(*NUMBERS.beside, np.abs(aside) / torso)
    cloth = np.maximum(
        smoothstep(NUMBERS.below_hem, 0.0, (y - hem) / torso),
        beside * smoothstep(*NUMBERS.above_feet, (ankles - y) / torso),
    )
    down = (y - hips) / (hem - hips)
    hangs = cloth * smoothstep(*NUMBERS.from_hips, down) * aside
    stays_wide = smoothstep(*NUMBERS.round, down)
    return np.stack([(1.0 - stays_wide) * hangs, stays_wide * hangs], axis=1)


def hung(upright: Float64, pelvis: Float64) -> Float64:
    """Where such ways (V, 2) point under the pelvis's map (2, 3): (V, 2) pixels."""
    down = pelvis[:, 1]
    across = np.stack([pelvis[:, 0], np.array([down[1], -down[0]])])
    return np.asarray(upright @ across)
