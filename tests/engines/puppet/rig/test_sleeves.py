"""Cloth that hangs from an arm."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.character.character import Character, Layer
from understudy.engines.puppet.retarget import Motion, retarget
from understudy.engines.puppet.rig.rig import Rig, build_rig, skeleton_of_character
from understudy.engines.puppet.rig.sleeves import NUMBERS, sleeve_maps
from understudy.geometry.skeleton import ARMS, Bone

_REST = Pose((80.0, 10.0), (110.0, 105.0))
_RAISED = Pose((-20.0, -80.0), (110.0, 105.0))


def _in_a_robe() -> tuple[Character, np.ndarray]:
    """The doll with a wide sleeve under its left forearm, and the sleeve's tip."""
    doll = paper_doll(_REST)
    joints = skeleton_of_character(doll).joints
    elbow, wrist = (joints[joint] for joint in ARMS[0].joints[1:3])
    tip = (elbow + wrist) / 2 + np.array([0.0, 0.6]) * SCALE / 2
    layers = []
    for layer in doll.layers:
        rgba = layer.rgba.copy()
        if layer.name == "left_arm":
            cloth = np.zeros(rgba.shape[:2], np.float32)
            cv2.fillPoly(cloth, [np.round([elbow, wrist, tip]).astype(np.int32)], 1.0)
            rgba = np.maximum(rgba, cloth[..., None])
        layers.append(Layer(layer.name, rgba))
    return replace(doll, layers=tuple(layers)), tip


@pytest.fixture(scope="module")
def robed() -> tuple[Rig, np.ndarray]:
    character, tip = _in_a_robe()
    return build_rig(character, skeleton_of_character(character)), tip


def _performing(poses: list[Pose]) -> Motion:
    skeleton = skeleton_of_character(paper_doll(_REST))
    performance = performance_of(poses, scale=SCALE, at=AT, size=SIZE)
    return retarget(performance, skeleton, orientation="video")


def test_a_wide_sleeve_hangs_and_a_narrow_one_does_not(robed: tuple[Rig, np.ndarray]) -> None:
    rig, tip = robed
    left, right = (
        next(layer for layer in rig.layers if layer.name == name)
        for name in ("left_arm", "right_arm")
    )
    assert right.sleeve is None
    assert left.sleeve is not None
    assert left.sleeve.bone == Bone.LEFT_FOREARM
    at_tip = np.argmin(np.hypot(*(left.vertices - tip).T))
    assert left.bones[at_tip, 0] == left.sleeve.index
    assert left.weights[at_tip, 0] > 0.9


def test_it_stays_below_an_arm_that_is_raised(robed: tuple[Rig, np.ndarray]) -> None:
    rig, tip = robed
    (sleeve,) = rig.sleeves
    motion = _performing([_REST] * 10 + [_RAISED] * 40)
    x, y = sleeve_maps(sleeve, motion)[-1] @ np.array([*tip, 1.0])
    forearm = motion.bones[-1][sleeve.bone].astype(np.float64)
    anchor = forearm[:, :2] @ sleeve.anchor + forearm[:, 2]
    np.testing.assert_allclose((x, y) - anchor, tip - sleeve.anchor, atol=1.0)
    # Turned with the forearm it would stick out to the side.
    stiff = forearm[:, :2] @ tip + forearm[:, 2] - anchor
    assert abs(stiff[0]) > abs(stiff[1])


def test_it_swings_after_the_arm_and_not_far(robed: tuple[Rig, np.ndarray]) -> None:
    rig, _ = robed
    (sleeve,) = rig.sleeves
    motion = _performing([_REST] * 10 + [_RAISED] * 40)
    carried = motion.bones[:, sleeve.bone].astype(np.float64)
    place = carried[:, :, :2] @ sleeve.anchor + carried[:, :, 2]
    swing = sleeve_maps(sleeve, motion)[:, :, 2] - (place - sleeve.anchor)
    length = np.hypot(*swing.T)
    assert 0.5 < length.max() <= NUMBERS.farthest * sleeve.torso
    assert length[-1] < 0.2
