"""Which arms carry pieces of the background, on a paper doll."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.engines.paper_doll import paper_doll
from understudy.character.character import Character, Layer
from understudy.engines.puppet.judging.carried_ground import carried_ground
from understudy.engines.puppet.judging.faults import torso_of
from understudy.engines.puppet.judging.judge import judge
from understudy.geometry.landmarks import Body

Colour = tuple[float, float, float]
WALL: Colour = (0.2, 0.5, 0.3)
RED: Colour = (0.9, 0.2, 0.1)


def before_a_wall(colour: Colour) -> Character:
    """The doll before a green wall, with a flap of one colour outside of its right forearm."""
    doll = paper_doll()
    wall = np.array(WALL, np.float32)
    flap = np.zeros(doll.alpha.shape, np.uint8)
    elbow, wrist = doll.landmarks.body[[Body.RIGHT_ELBOW, Body.RIGHT_WRIST], :2]
    middle = (elbow + wrist) / 2 - (0.2 * torso_of(doll), 0)
    cv2.circle(flap, (int(middle[0]), int(middle[1])), round(0.12 * torso_of(doll)), 1, -1)
    piece = flap.astype(np.float32)[..., None] * np.array([*colour, 1], np.float32)
    layers = tuple(
        Layer(each.name, each.rgba + (1 - each.rgba[..., 3:]) * piece)
        if each.name == "right_arm"
        else each
        for each in doll.layers
    )
    picture = np.broadcast_to(wall, (*doll.alpha.shape, 3))
    background = np.round(picture * 255).astype(np.uint8)
    for layer in layers:
        picture = picture * (1 - layer.rgba[..., 3:]) + layer.rgba[..., :3]
    alpha = np.maximum(doll.alpha, flap.astype(np.float32))
    shown = np.round(picture * 255).astype(np.uint8)
    return replace(doll, layers=layers, picture=shown, background=background, alpha=alpha)


@pytest.mark.parametrize(("colour", "sides"), [(WALL, ["right"]), (RED, [])])
def test_a_flap_of_the_walls_colour_is_carried_ground(colour: Colour, sides: list[str]) -> None:
    doll = before_a_wall(colour)
    found = [part.split()[0] for part, _ in carried_ground(doll, torso_of(doll))]
    assert found == sides


def test_an_arm_that_carries_ground_is_left_at_rest() -> None:
    judgement = judge(before_a_wall(WALL))
    assert judgement.arms_at_rest == ("right",)
    assert judgement.remarks[0] == (
        "The right arm will not move: pieces of the background would move with the right forearm."
    )
