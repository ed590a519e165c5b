"""The arms that move on their own, as their layers show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.character.image.masks import Mask
from understudy.character.simpler import ARM_LAYERS
from understudy.engines.puppet.judging.body_parts import BodyPart
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import ARMS, SIDES, Side, with_knuckles
from understudy.geometry.transforms import segment_distance

Float64 = NDArray[np.float64]

_HAND = 0.24
"""T: width of a hand along its bones: fingers have a shape of their own,"""
_SHOULDER = 0.2
"""T: and so far round the shoulder the body keeps what it has."""
UPPER_ARMS: dict[Side, BodyPart] = {"left": "left upper arm", "right": "right upper arm"}
FOREARMS: dict[Side, BodyPart] = {"left": "left forearm", "right": "right forearm"}


@dataclass(frozen=True, slots=True, eq=False)
class FreeArm:
    """One arm that has a layer of its own.

    alpha: (h, w) float32, its layer's. joints: (4, 2), shoulder to knuckles, pixels.
    """

    side: Side
    alpha: Float32
    joints: Float64

    def nearer_part(self, places: Mask) -> BodyPart:
        """Upper arm or forearm: what is nearer to the middle of some places (h, w) bool."""
        middle = np.argwhere(places).mean(axis=0)[None, ::-1]
        upper, lower = (float(segment_distance(middle, *self.joints[k : k + 2])[0]) for k in (0, 1))
        return UPPER_ARMS[self.side] if upper <= lower else FOREARMS[self.side]


def free_arms(character: Character) -> Iterator[FreeArm]:
    """The arms that move on their own, the left one first."""
    for side, alpha, joints in whole_free_arms(character):
        yield FreeArm(side, alpha[: len(character.alpha)], joints)


def whole_free_arms(character: Character) -> Iterator[tuple[Side, Float32, Float64]]:
    """The same as they go on below the canvas, whose lower edge may cut them.

    Each is its side, its layer's alpha (H, w), and its joints, see `FreeArm`.
    """
    layers = {layer.name: layer for layer in character.layers}
    joints = with_knuckles(character.landmarks.body)[:, :2].astype(np.float64)
    states = character.traits.left_arm, character.traits.right_arm
    for side, limb, state in zip(SIDES, ARMS, states, strict=True):
        layer = layers.get(ARM_LAYERS[side])
        if state == "free" and layer is not None:
            yield side, np.asarray(layer.rgba[..., 3]), joints[list(limb.joints)]


def ends_of_arm(shape: tuple[int, ...], joints: Float64, torso: float) -> Mask:
    """Shoulder and hand, (h, w) bool. joints: of the arm from its shoulder on, pixels."""
    mask = np.zeros(shape, np.uint8)
    shoulder, wrist, knuckles = (
        tuple(int(v) for v in np.round(joints[number])) for number in (0, 2, 3)
    )
    cv2.circle(mask, shoulder, max(1, round(_SHOULDER * torso)), 1, -1)
    reach = max(1, round(_HAND * torso))
    cv2.line(mask, wrist, knuckles, 1, reach)
    cv2.circle(mask, knuckles, reach, 1, -1)
    return mask > 0
