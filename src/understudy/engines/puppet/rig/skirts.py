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
from understudy.geometry.skeleton import Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SkirtNumbers:
    """Where cloth hangs. Lengths in torsos.

    from_hips: from where to where between hips (0) and hem (1) it comes to hang. below_hem: over
    which what is the legs' takes over. corner: what lies farther than this beside a leg's middle is
    cloth down to `corner_below`: few hems are level.
    """

    from_hips: tuple[float, float] = (0.0, 0.5)
    below_hem: float = 0.06
    corner: tuple[float, float] = (0.12, 0.2)
    corner_below: tuple[float, float] = (0.16, 0.08)


NUMBERS = SkirtNumbers()


def upright_cloth(points: Float64, skeleton: Skeleton, frame: BodyFrame) -> Float64 | None:
    """How far beside the middle of its leg each of points (V, 2) hangs, (V, 2) pixels: it is moved
    as that middle is, and this keeps its direction to the pelvis. None without a skirt."""
    if skeleton.limbless or not wears_skirt(skeleton, frame.leg_split):
        return None
    torso = skeleton.torso
    hips, hem = float(skeleton.pelvis[1]), frame.leg_split.y
    y = points[:, 1]
    left = legs_shares(points, skeleton, frame.leg_split)
    lines = [leg_line(skeleton, side, y) for side in (0, 1)]
    aside = points[:, 0] - left * lines[0] - (1.0 - left) * lines[1]
    below = (y - hem) / torso
    corner = smoothstep(*NUMBERS.corner, np.abs(aside) / torso)
    cloth = np.maximum(
        smoothstep(NUMBERS.below_hem, 0.0, below),
        corner * smoothstep(*NUMBERS.corner_below, below),
    )
    hangs = cloth * smoothstep(*NUMBERS.from_hips, (y - hips) / (hem - hips))
    return np.stack([hangs * aside, np.zeros(len(points))], axis=1)


def hung(upright: Float64, pelvis: Float64) -> Float64:
    """Where such ways (V, 2) point under the pelvis's map (2, 3): turned and scaled as its height
    is, and not narrowed with a trunk that turns aside, for a skirt is round."""
    down = pelvis[:, 1]
    across = np.array([down[1], -down[0]])
    return np.asarray(upright[:, :1] * across + upright[:, 1:] * down)
