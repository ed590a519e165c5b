"""Pieces of the background that were cut out with an arm and move with it.

They look right where they lie. What has the colours of the ground beside the figure, and not those
along the arm's own bones, is such a piece; a pale sleeve before a pale wall is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from understudy.character.character import Character
from understudy.character.image.colour import likeness, smoothed_lab
from understudy.character.image.masks import Mask, box_of, opened
from understudy.engines.puppet.judging.body_parts import BodyPart
from understudy.engines.puppet.judging.free_arms import FreeArm, ends_of_arm, free_arms
from understudy.geometry.transforms import segment_distance


@dataclass(frozen=True, slots=True)
class CarriedGroundNumbers:
    """What a piece of the ground is. T is the torso's length."""

    solid: float = 0.8
    """Alpha from which on a pixel of an arm hides what is behind it,"""
    ground: float = 0.3
    """and up to which one of the figure, with its light, shows the ground."""
    bone: float = 0.06
    """T: so near to its bones is surely arm,"""
    beside: float = 0.08
    """T: and from here on there may be something else."""
    view: float = 0.3
    """T: round the arm, where the ground's colours are seen."""
    reach: float = 0.5
    """T: how far colours are compared."""
    least: int = 20
    """px: fewer tell no colour."""
    alike: float = 0.95
    """Likeness to the ground, against the arm, from which on it is ground,"""
    crumb: float = 0.012
    """T: half of how wide a piece is, at least,"""
    carried: float = 0.004
    """T²: and its area. Of 34 arms in 22 pictures two have .007 and .016, the others nothing."""


NUMBERS = CarriedGroundNumbers()


def carried_ground(character: Character, torso: float) -> Iterator[tuple[BodyPart, float]]:
    """The arms that carry pieces of the ground, by the place of these, and how much (T²).

    torso: the torso's length in pixels of the character's canvas.
    """
    for arm in free_arms(character):
        places = _ground_in(character, arm, torso)
        size = float(places.sum()) / torso**2
        if size > NUMBERS.carried:
            yield arm.nearer_part(places), size


def _ground_in(character: Character, arm: FreeArm, torso: float) -> Mask:
    """Where the arm's layer shows ground, (h, w) bool."""
    n, found = NUMBERS, np.zeros(arm.alpha.shape, bool)
    solid = arm.alpha > n.solid
    view = box_of(solid, n.view * torso)
    if view is None:
        return found
    rows, columns = np.mgrid[view]
    points = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
    bones = [segment_distance(points, *arm.joints[k : k + 2]) for k in range(3)]
    away = np.min(bones, axis=0).reshape(rows.shape)
    own = solid[view] & (away < n.bone * torso)
    ground = character.alpha[view] < n.ground
    where = solid[view] & (away > n.beside * torso)
    where &= ~ends_of_arm(arm.alpha.shape, arm.joints, torso)[view]
    if min(own.sum(), ground.sum()) < n.least or not where.any():
        return found
    picture = np.ascontiguousarray(character.picture[view])
    lab = smoothed_lab(np.asarray(picture / np.float32(255), np.float32))
    alike = likeness(lab, ground, own, where, max(1, round(n.reach * torso)))
    found[view] = opened(where & (alike > n.alike), max(1.0, n.crumb * torso))
    return found
