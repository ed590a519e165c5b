"""Limbs posed and moved."""

from __future__ import annotations

import numpy as np

from understudy.engines.puppet.retarget.limbs import LimbPose, interpolated_turn, move_end
from understudy.geometry.skeleton import LEGS, Bone
from understudy.geometry.transforms import affine, rotation, transform


def test_the_halfway_bone_keeps_its_size_at_any_bend() -> None:
    turn = np.linspace(-np.pi, np.pi, 41)
    parent = np.tile(np.eye(2), (41, 1, 1))
    between = interpolated_turn(parent, rotation(turn), turn, 0.5)
    np.testing.assert_allclose(np.linalg.det(between), 1.0, atol=1e-9)
    np.testing.assert_allclose(between, rotation(turn / 2), atol=1e-9)


def test_a_leg_is_carried_to_where_its_foot_is_locked() -> None:
    joints = np.array([[[0.0, 0.0], [5.0, 40.0], [0.0, 80.0], [10.0, 85.0]]])
    still = affine(np.eye(2)[None], np.zeros(2), np.zeros((1, 2)))
    bones = LEGS[0].all_bones
    pose = LimbPose(joints, dict.fromkeys(bones, still))
    moved = move_end(pose, LEGS[0], np.array([[6.0, 78.0]]))
    np.testing.assert_allclose(moved.joints[0, 2], (6.0, 78.0))
    np.testing.assert_allclose(moved.joints[0, 0], (0.0, 0.0))
    np.testing.assert_allclose(transform(moved.maps[Bone.LEFT_SHANK], joints[0, 2]), [[6.0, 78.0]])
    # The foot hangs on, moved and not turned.
    np.testing.assert_allclose(moved.joints[0, 3], (16.0, 83.0))
