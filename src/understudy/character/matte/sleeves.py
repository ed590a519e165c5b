"""What an arm's own mask adds to the matte: sleeves that the net doubts or does not see.

A segmenter that is pointed at an arm may take the ground along: that in the bend of a raised arm,
and that seen through thin cloth. The colours of the ground and of what the net sees of the arm
decide, and where light makes these uncertain another witness has to see something, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.image.colour import likeness, smoothed_lab
from understudy.character.image.masks import Mask, box_of, closed, grow, opened
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class SleeveNumbers:
    """When an arm's mask is believed. T is the torso's length. Set by eye."""

    sure: float = 0.9
    """From this likelihood on a pixel is an arm's, also where the net does not see it,"""
    wide: float = 0.03
    """T: in places wider than twice this;"""
    colours: float = 0.5
    """T: how far its colours, and the ground's, are compared,"""
    is_ground: float = 0.95
    """likeness to the ground from which on nothing is the arm's."""
    view: float = 0.16
    """T: round such places, what is looked at."""
    tracked: float = 0.3
    """Of the tracker's mask: where it has less and the net sees nothing either, an arm's mask
    restores nothing before a ground that is not plain: light on it may have an arm's colours."""
    no_arm: float = 0.5
    """Below this likelihood a pixel is not the arm's."""


NUMBERS = SleeveNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What others see of the figure, all (h, w).

    picture: (h, w, 3) float32 sRGB in 0..1. tracker: float32, the tracker's mask. nothing: bool,
    where the net sees nothing. doubted: bool, where it does not surely see the figure. plain:
    whether the ground is. unit: the torso's length in pixels.
    """

    picture: Float32
    tracker: Float32
    nothing: Mask
    doubted: Mask
    plain: bool
    unit: float


def restored_sleeve(seen: Seen, likely: Float32) -> Mask:
    """What is the arm's although the net doubts it, (h, w) bool.

    likely: (h, w) float32 in 0..1, of being the arm's, by its mask.
    """
    n, wide = NUMBERS, NUMBERS.wide * seen.unit
    sleeve = opened((likely > n.sure) & seen.doubted, wide)
    if not seen.plain:
        sleeve &= ~seen.nothing | (seen.tracker > n.tracked)
    return opened(sleeve & ~_ground_in(seen, likely, grow(sleeve, 2 * wide)), wide)


def gaps_in_arm(seen: Seen, likely: Float32, sleeve: Mask, figure: Mask) -> Mask:
    """Gaps between what the net sees of an arm and what it does not see, (h, w) bool.

    Before a plain ground anywhere in the arm, elsewhere beside what was restored. sleeve: (h, w)
    bool, that. figure: (h, w) bool, all that is known by now.
    """
    n, wide = NUMBERS, NUMBERS.wide * seen.unit
    gaps = closed(figure, wide) & ~figure & (likely > n.no_arm)
    if not seen.plain:
        gaps &= grow(sleeve, 2 * wide)
    return gaps & ~_ground_in(seen, likely, gaps)


def _ground_in(seen: Seen, likely: Float32, where: Mask) -> Mask:
    """What of `where` (h, w) bool has the colours of the ground, and not those of the arm that the
    net sees."""
    n, found = NUMBERS, np.zeros(where.shape, bool)
    view = box_of(where, n.view * seen.unit)
    if view is None:
        return found
    ground = seen.nothing[view] & (likely[view] < n.no_arm)
    arm = ~seen.doubted[view] & (likely[view] > n.sure)
    if not ground.any() or not arm.any():
        return found
    lab = smoothed_lab(np.ascontiguousarray(seen.picture[view]))
    reach = max(1, round(n.colours * seen.unit))
    found[view] = where[view] & (likeness(lab, ground, arm, where[view], reach) > n.is_ground)
    return found
