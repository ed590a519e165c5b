"""Simpler characters: the same picture with less that moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.engines.paper_doll import paper_doll, profile_doll
from understudy.character.character import Character, Layer
from understudy.character.simpler import simplified
from understudy.geometry.skeleton import SIDES, Side


def flattened(character: Character) -> np.ndarray:
    image = np.zeros_like(character.layers[0].rgba)
    for layer in character.layers:
        image = layer.rgba + (1 - layer.rgba[..., 3:]) * image
    return image


def test_an_arm_at_rest_is_part_of_the_body_and_looks_the_same() -> None:
    doll = paper_doll()
    left: tuple[Side, ...] = ("left",)
    simpler = simplified(doll, left, sways_only=False)
    assert [layer.name for layer in simpler.layers] == ["body", "right_arm"]
    assert (simpler.traits.left_arm, simpler.traits.right_arm) == ("fixed", "free")
    assert np.abs(flattened(simpler) - flattened(doll)).max() < 1e-5


def test_an_arm_behind_the_body_stays_behind_it() -> None:
    doll = profile_doll()
    behind, far_leg, body, near = (layer.rgba.copy() for layer in doll.layers)
    behind[100:200, 20:60] = 1
    layers = (Layer("left_arm", behind), Layer("far_leg", far_leg), Layer("body", body))
    doll = replace(doll, layers=(*layers, Layer("right_arm", near)))
    simpler = simplified(doll, SIDES, sways_only=True)
    assert [layer.name for layer in simpler.layers] == ["far_leg", "body"]
    assert simpler.traits.sways_only
    joined = simpler.layers[-1].rgba
    solid = (body[..., 3] > 0.999) & (near[..., 3] < 0.001)
    assert np.abs(joined - body)[solid].max() < 1e-5
    assert joined[150, 30].tolist() == [1, 1, 1, 1]


def test_nothing_is_changed_where_nothing_is_at_rest() -> None:
    doll = paper_doll()
    assert simplified(doll, (), sways_only=False).layers == doll.layers
