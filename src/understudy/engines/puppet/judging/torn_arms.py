"""Arms with bites and holes: what the cut left out of them looks whole only where they lie.

At rest the body fills what is missing. Turned away from there the arm looks torn; how much is
missing is told by the layer itself, in whatever pose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.character.image.masks import Mask, box_of, closed, opened, pieces_of
from understudy.character.simpler import ARM_LAYERS
from understudy.engines.puppet.judging.body_parts import BodyPart
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import ARMS, SIDES, Side, with_knuckles
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
    hand: float = 0.24
    """T: width of a hand along its bones: between fingers there is nothing,"""
    shoulder: float = 0.2
    """T: and so far round the shoulder the body keeps what it has."""
    torn: float = 0.005
    """T²: of what is missing. Of twenty arms in ten pictures one has .0014, which nobody notices,
    one .022, of which jagged pieces fly about, the others nothing."""


NUMBERS = TornNumbers()
_UPPER_ARMS: dict[Side, BodyPart] = {"left": "left upper arm", "right": "right upper arm"}
_FOREARMS: dict[Side, BodyPart] = {"left": "left forearm", "right": "right forearm"}


def torn_arms(character: Character, torso: float) -> Iterator[tuple[BodyPart, float]]:
    """The upper arms and forearms of which something is missing, and how much (T²).

    torso: the torso's length in pixels of the character's canvas.
    """
    layers = {layer.name: layer for layer in character.layers}
    joints = with_knuckles(character.landmarks.body)[:, :2].astype(np.float64)
    states = character.traits.left_arm, character.traits.right_arm
    for side, limb, state in zip(SIDES, ARMS, states, strict=True):
        layer = layers.get(ARM_LAYERS[side])
        if state != "free" or layer is None:
            continue
        alpha = np.asarray(layer.rgba[: len(character.alpha), :, 3])
        places = joints[list(limb.joints)]
        upper, lower = missing_of(alpha, character.alpha, places, torso)
        if upper > NUMBERS.torn:
            yield _UPPER_ARMS[side], upper
        if lower > NUMBERS.torn:
            yield _FOREARMS[side], lower


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
    may_be = ~here & ((figure[view] > n.drawn) | ~np.isin(pieces, outside))
    may_be &= ~_ends(arm.shape, joints, torso)[view]
    rows, columns = np.mgrid[view]
    points = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
    away = [segment_distance(points, *joints[k : k + 2]).reshape(here.shape) for k in (0, 1)]
    sizes = []
    for own in (away[0] <= away[1], away[1] < away[0]):
        # Closing counts what lies outside of the array as part of the arm.
        whole = closed(np.pad(here & own, reach), deep)[reach:-reach, reach:-reach]
        bites = whole & may_be & own
        sizes.append(float(opened(bites, max(1.0, n.shallow * torso)).sum()) / torso**2)
    return sizes[0], sizes[1]


def _ends(shape: tuple[int, ...], joints: Float64, torso: float) -> Mask:
    """Shoulder and hand, (h, w) bool. joints: of the arm from its shoulder on, pixels."""
    mask = np.zeros(shape, np.uint8)
    shoulder, wrist, knuckles = (
        tuple(int(v) for v in np.round(joints[number])) for number in (0, 2, 3)
    )
    cv2.circle(mask, shoulder, max(1, round(NUMBERS.shoulder * torso)), 1, -1)
    reach = max(1, round(NUMBERS.hand * torso))
    cv2.line(mask, wrist, knuckles, 1, reach)
    cv2.circle(mask, knuckles, reach, 1, -1)
    return mask > 0
