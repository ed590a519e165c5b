"""The line along which the legs come apart."""

from __future__ import annotations

import numpy as np

from tests.engines.paper_doll import SHOE, SKIN, TROUSERS, paper_doll
from tests.geometry.stick_figure import Pose
from understudy.character.character import Character
from understudy.engines.puppet.rig.leg_seam import find_leg_seam
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.skeleton import LEGS, Skeleton

CLOSED = Pose(left_leg=(90.0, 90.0), right_leg=(90.0, 90.0))


def _bare(pose: Pose) -> tuple[Character, Skeleton, Float32]:
    character = paper_doll(pose)
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba.copy()
    rgba[int(skeleton.pelvis[1]) :] = 0.0
    return character, skeleton, rgba


def _sole(skeleton: Skeleton) -> int:
    return int(skeleton.joints[[j for limb in LEGS for j in limb.joints[2:]], 1].max()) + 6


def test_it_follows_the_outline_of_the_leg_that_lies_before_the_other() -> None:
    _, skeleton, rgba = _bare(CLOSED)
    right, left = (int(skeleton.joints[knee, 0]) for knee in (Body.RIGHT_KNEE, Body.LEFT_KNEE))
    top, bottom, edge = int(skeleton.pelvis[1]), _sole(skeleton), (left + right) // 2 + 5
    rgba[top:bottom, right - 9 : edge] = (*TROUSERS, 1.0)
    rgba[top:bottom, edge : left + 10] = (*SKIN, 1.0)
    seam = find_leg_seam(rgba, skeleton, top + 10.0)
    assert seam is not None
    np.testing.assert_allclose(seam[top + 20 : bottom - 8], edge, atol=2.0)


def test_a_shoe_that_stands_before_the_other_one_stays_whole() -> None:
    _, skeleton, rgba = _bare(CLOSED)
    knees = skeleton.joints[[Body.RIGHT_KNEE, Body.LEFT_KNEE], 0]
    right, left = (int(x) for x in knees)
    top, bottom, middle = int(skeleton.pelvis[1]), _sole(skeleton), (left + right) // 2
    ankle = int(skeleton.joints[Body.LEFT_ANKLE, 1])
    rgba[top:ankle, right - 9 : middle] = (*TROUSERS, 1.0)
    rgba[top:ankle, middle : left + 10] = (*SKIN, 1.0)
    rgba[ankle:bottom, right - 4 : middle + 4] = (*SHOE, 1.0)
    seam = find_leg_seam(rgba, skeleton, top + 10.0)
    assert seam is not None
    shoe = slice(ankle + 3, bottom - 1)
    assert (seam[shoe] > middle + 3).all()


def test_it_runs_through_a_gap_however_narrow() -> None:
    _, skeleton, rgba = _bare(CLOSED)
    right, left = (int(skeleton.joints[knee, 0]) for knee in (Body.RIGHT_KNEE, Body.LEFT_KNEE))
    top, bottom, gap = int(skeleton.pelvis[1]), _sole(skeleton), (left + right) // 2 - 4
    rgba[top:bottom, right - 9 : left + 10] = (*TROUSERS, 1.0)
    rgba[top:bottom, gap : gap + 2] = 0.0
    seam = find_leg_seam(rgba, skeleton, top + 10.0)
    assert seam is not None
    np.testing.assert_allclose(seam[top + 20 : bottom - 4], gap + 0.5, atol=1.0)


def test_legs_that_cross_in_the_picture_have_none() -> None:
    character = paper_doll(Pose(left_leg=(112.0, 112.0), right_leg=(68.0, 68.0)))
    skeleton = skeleton_of_character(character)
    assert find_leg_seam(character.layers[0].rgba, skeleton, skeleton.pelvis[1] + 10.0) is None
