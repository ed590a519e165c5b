"""Cloth that hangs over the legs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.engines.paper_doll import paper_doll
from tests.geometry.stick_figure import Pose
from understudy.character.character import Character, Layer
from understudy.engines.puppet.rig.rig import build_rig, skeleton_of_character
from understudy.engines.puppet.rig.skirts import hung
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import Bone
from understudy.geometry.transforms import rotation


def _in_a_gown() -> tuple[Character, float]:
    character = paper_doll(Pose(left_leg=(88.0, 90.0), right_leg=(92.0, 90.0)))
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba.copy()
    hem = int(skeleton.joints[Body.LEFT_ANKLE, 1]) - 12
    rgba[int(skeleton.pelvis[1]) : hem, 60:181] = (0.7, 0.1, 0.3, 1.0)
    layers = (Layer("body", rgba), *character.layers[1:])
    traits = replace(character.traits, hem_y=float(hem))
    return replace(character, layers=layers, traits=traits), float(hem)


def test_a_leg_that_swings_out_does_not_fan_the_hem_up() -> None:
    character, hem = _in_a_gown()
    skeleton = skeleton_of_character(character)
    body = build_rig(character, skeleton).body
    hip = skeleton.joints[Body.LEFT_HIP]
    swing = rotation(np.array(-np.radians(35.0)))
    maps = np.tile(np.eye(2, 3), (len(Bone) + 20, 1, 1))
    maps[Bone.LEFT_HIP_1 : Bone.LEFT_FOOT + 1, :, :2] = swing
    maps[Bone.LEFT_HIP_1 : Bone.LEFT_FOOT + 1, :, 2] = hip - swing @ hip
    corner = int(np.argmin(np.abs(body.vertices - (180.0, hem - 8.0)).sum(axis=1)))
    under = np.array([skeleton.joints[Body.LEFT_ANKLE, 0], body.vertices[corner, 1]])
    moved = swing @ (under - hip) + hip - under
    # It goes where the leg goes; turned with it, it would rise by half its distance from it more.
    np.testing.assert_allclose(body.posed(maps)[corner] - body.vertices[corner], moved, atol=8.0)


def test_a_hem_is_as_wide_on_a_trunk_that_turns_aside() -> None:
    at_hips, at_hem = np.array([[30.0, 0.0]]), np.array([[0.0, 30.0]])
    turned = np.array([[0.4, 0.0, 7.0], [0.0, 1.0, 3.0]])
    np.testing.assert_allclose(hung(at_hips, turned), [[12.0, 0.0]])
    np.testing.assert_allclose(hung(at_hem, turned), [[30.0, 0.0]])
    leaning = np.hstack([2.0 * rotation(np.array(0.3)), np.zeros((2, 1))])
    np.testing.assert_allclose(hung(at_hem, leaning), hung(at_hips, leaning), atol=1e-9)


def test_trousers_do_not_hang() -> None:
    character = paper_doll()
    assert build_rig(character, skeleton_of_character(character)).body.upright is None
