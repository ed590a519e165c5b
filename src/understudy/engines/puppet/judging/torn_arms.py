"""Arms with bites and holes: what the cut left out of them looks whole only where they lie.

At rest the body fills what is missing. Turned away from there the arm looks torn; how much is
missing is told by the layer itself, in whatever pose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.character.image.masks import box_of, closed, opened, pieces_of
from understudy.engines.puppet.judging.body_parts import BodyPart
from understudy.engines.puppet.judging.free_arms import (
    FOREARMS,
    UPPER_ARMS,
    ends_of_arm,
    free_arms,
)
from understudy.geometry.landmarks import Float32
from understudy.geometry.transforms import segment_distance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TornNumbers:
    """What is missing of an arm. T is the torso's length. Set by eye."""

    drawn: float = 0.5
    """Alpha from which on a pixel is drawn."""
    deep: float = 0.06
    """T: half of how wide a bite or a hole is, at most: a wider one is the arm's shape,"""
    shallow: float = 0.012
    """T: and at least: the bend of an elbow has a round corner."""
    veil: float = 0.1
    """Alpha from which on a hole has thin cloth or light in it, which may be so in a sleeve,"""
    bare: float = 0.14
    """T: but not so near to the bone, where the arm itself is;"""
    torn: float = 0.005
    """T²: of what is missing. Of 34 arms in 22 pictures one has .006, whose upper arm is full of
    holes, the others .002 or less; one before them had .022, of which jagged pieces flew about."""


NUMBERS = TornNumbers()


def torn_arms(character: Character, torso: float) -> Iterator[tuple[BodyPart, float]]:
    """The upper arms and forearms of which something is missing, and how much (T²).

    torso: the torso's length in pixels of the character's canvas.
    """
    for arm in free_arms(character):
        upper, lower = missing_of(arm.alpha, character.alpha, arm.joints, torso)
        if upper > NUMBERS.torn:
            yield UPPER_ARMS[arm.side], upper
        if lower > NUMBERS.torn:
            yield FOREARMS[arm.side], lower


def missing_of(arm: Float32, figure: Float32, joints: Float64, torso: float) -> tuple[float, float]:
    """How much a cut left out of an upper arm and of a forearm, T²: bites that the body fills, and
    holes.

    arm, figure: (h, w) float32, alpha of the arm's layer and of the whole figure. joints: (4, 2),
    shoulder to knuckles, pixels. Each bone's part is looked at by itself: between the two of a
    folded arm there is no bite.
    """
    n = NUMBERS
    drawn = np.asarray(arm > n.drawn)
    deep = max(1.0, n.deep * torso)
    reach = round(2 * deep) + 2
    view = box_of(drawn, deep)
    if view is None:
        return 0.0, 0.0
    here = drawn[view]
    pieces, _ = pieces_of(~here)
    outside = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    rows, columns = np.mgrid[view]
    points = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
    away = [segment_distance(points, *joints[k : k + 2]).reshape(here.shape) for k in (0, 1)]
    thin = (arm[view] > n.veil) & (np.minimum(*away) > n.bare * torso)
    holes = ~np.isin(pieces, outside) & ~thin
    may_be = ~here & ((figure[view] > n.drawn) | holes)
    may_be &= ~ends_of_arm(arm.shape, joints, torso)[view]
    sizes = []
    for own in (away[0] <= away[1], away[1] < away[0]):
        # Closing counts what lies outside of the array as part of the arm.
        whole = closed(np.pad(here & own, reach), deep)[reach:-reach, reach:-reach]
        bites = whole & may_be & own
        sizes.append(float(opened(bites, max(1.0, n.shallow * torso)).sum()) / torso**2)
    return sizes[0], sizes[1]
