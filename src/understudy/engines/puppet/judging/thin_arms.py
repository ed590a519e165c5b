"""Upper arms of which the picture shows too little: what hair or the trunk hides is no arm to lift.

Such an arm looks whole at rest, where what hides it lies over it. Turned away from there it is a
strand, or splinters; how thin is told by the layer itself, in whatever pose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.engines.puppet.judging.across_bones import alpha_across
from understudy.engines.puppet.judging.free_arms import whole_free_arms
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import Side
from understudy.geometry.transforms import segment_distance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ThinNumbers:
    """How thin is too thin. T is the torso's length. By eye, on contact sheets of test poses."""

    drawn: float = 0.5
    """Alpha from which on a pixel is drawn."""
    part: tuple[float, float] = (0.2, 0.95)
    """Of a bone: where its arm is measured. Before, it lies within the shoulder;"""
    places: int = 31
    """in so many places,"""
    reach: float = 0.35
    """T: so far to both sides."""
    of_forearm: float = 0.5
    """Of the forearm's width: a thinner upper arm is not all there,"""
    wide: float = 0.17
    """T: unless it is as wide as this: forearms with wide sleeves are wider than upper arms."""


NUMBERS = ThinNumbers()


def thin_upper_arms(character: Character, torso: float) -> Iterator[tuple[Side, float]]:
    """The sides whose upper arm is too thin to be lifted, and how much of it is missing (T²).

    torso: the torso's length in pixels of the character's canvas.
    """
    n = NUMBERS
    for side, alpha, (shoulder, elbow, wrist, _) in whole_free_arms(character):
        upper = _width(alpha, (shoulder, elbow), (elbow, wrist), torso) / torso
        lower = _width(alpha, (elbow, wrist), (shoulder, elbow), torso) / torso
        if upper < min(n.wide, n.of_forearm * lower):
            yield side, (lower - upper) * float(np.hypot(*(elbow - shoulder))) / torso


def _width(
    alpha: Float32, bone: tuple[Float64, Float64], other: tuple[Float64, Float64], torso: float
) -> float:
    """The median width in pixels of what is drawn across a bone and is nearer to it than to the
    other one."""
    n = NUMBERS
    reach = int(n.reach * torso)
    beside = np.arange(-reach, reach + 1, dtype=np.float64)
    places, seen = alpha_across(alpha, bone, np.linspace(*n.part, n.places), beside)
    flat = places.reshape(-1, 2)
    own = segment_distance(flat, *bone) < segment_distance(flat, *other)
    return float(np.median(((seen > n.drawn) & own.reshape(seen.shape)).sum(axis=1)))
