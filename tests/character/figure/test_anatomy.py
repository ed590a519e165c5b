"""Places on an arm's bones that are nearest to given points."""

from __future__ import annotations

import numpy as np

from understudy.character.figure.anatomy import ArmBones

BENT = ArmBones(
    side="left",
    shoulder=np.array([0.0, 0.0]),
    elbow=np.array([30.0, 0.0]),
    wrist=np.array([30.0, 40.0]),
    hand=np.array([30.0, 50.0]),
    visibility=1.0,
    fingers=None,
)


def test_a_point_beside_a_bone_is_told_its_place_and_the_way_there() -> None:
    nearest = BENT.nearest(np.array([[10.0, -5.0], [37.0, 20.0], [30.0, 90.0], [-8.0, 0.0]]))
    np.testing.assert_allclose(nearest.places, [[10, 0], [30, 20], [30, 50], [0, 0]])
    np.testing.assert_allclose(nearest.along, [10, 50, 80, 0])
    np.testing.assert_array_equal(nearest.bone, [0, 1, 2, 0])


def test_joints_that_lie_on_one_another_are_a_bone_without_length() -> None:
    folded = ArmBones("left", BENT.shoulder, BENT.elbow, BENT.elbow, BENT.elbow, 1.0, None)
    nearest = folded.nearest(np.array([[40.0, 3.0]]))
    np.testing.assert_allclose(nearest.places, [[30, 0]])
    np.testing.assert_allclose(nearest.along, [30])
