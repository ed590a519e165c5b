"""Arms with ragged outlines: hair was taken for them, or they were cut along something else.

An arm has long, smooth edges; how far its layer's own edge strays from a smoothed one tells a mane
from an arm, in whatever pose. Soft edges, as of glowing cloth, may go any way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.character import Character
from understudy.character.image.masks import box_of
from understudy.engines.puppet.judging.body_parts import BodyPart
from understudy.engines.puppet.judging.free_arms import ends_of_arm, free_arms


@dataclass(frozen=True, slots=True)
class RaggedNumbers:
    """What a ragged outline is. T is the torso's length."""

    drawn: float = 0.5
    """Alpha from which on a pixel is drawn."""
    smooth: float = 0.04
    """T: deviation with which an outline is smoothed."""
    crisp: tuple[float, float] = (0.2, 0.8)
    """Alphas beyond which a pixel lies crisply on one side of its edge."""
    ragged: float = 0.012
    """T²: between the outline and the smoothed one. Of 34 arms in 22 pictures 31 have .0001 to
    .0100, two locks of hair that were taken for arms .019 and .021, one arm that is cut along hair
    .015."""


NUMBERS = RaggedNumbers()


def ragged_arms(character: Character, torso: float) -> Iterator[tuple[BodyPart, float]]:
    """The arms whose outline is ragged, by the place where it is, and how much (T²).

    torso: the torso's length in pixels of the character's canvas.
    """
    n = NUMBERS
    deviation = max(1.0, n.smooth * torso)
    low, high = n.crisp
    for arm in free_arms(character):
        view = box_of(arm.alpha > low, 3 * deviation)
        if view is None:
            continue
        alpha = arm.alpha[view]
        drawn = (alpha > n.drawn).astype(np.float32)
        smooth = cv2.GaussianBlur(drawn, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE)
        stray = np.where(smooth > n.drawn, alpha < low, alpha > high)
        places = np.zeros(arm.alpha.shape, bool)
        places[view] = stray
        places &= ~ends_of_arm(arm.alpha.shape, arm.joints, torso)
        size = float(places.sum()) / torso**2
        if size > n.ragged:
            yield arm.nearer_part(places), size
