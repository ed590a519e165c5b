"""The parts of retargeting on examples worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.retarget.driver import figure_of_performance
from understudy.engines.puppet.retarget.face import read_face
from understudy.engines.puppet.retarget.limbs import (
    LimbPose,
    affine,
    apply,
    carry,
    part_way,
    rotation,
)
from understudy.engines.puppet.retarget.order import cheapest_order
from understudy.engines.puppet.retarget.root import locked_feet, solve_root
from understudy.geometry.face_mesh import LIDS, eye_opening, head_angles, head_frame
from understudy.geometry.filters import fill_gaps, smoothstep, weighted_gaussian
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import LEGS, Bone


def test_a_quarter_turn_takes_right_to_down() -> None:
    np.testing.assert_allclose(rotation(np.array(np.pi / 2)) @ (1, 0), (0, 1), atol=1e-12)


def test_the_halfway_bone_keeps_its_size_at_any_bend() -> None:
    turn = np.linspace(-np.pi, np.pi, 41)
    parent = np.tile(np.eye(2), (41, 1, 1))
    between = part_way(parent, rotation(turn), turn, 0.5)
    np.testing.assert_allclose(np.linalg.det(between), 1.0, atol=1e-9)
    np.testing.assert_allclose(between, rotation(turn / 2), atol=1e-9)


def test_a_leg_is_carried_to_where_its_foot_is_locked() -> None:
    joints = np.array([[[0.0, 0.0], [5.0, 40.0], [0.0, 80.0], [10.0, 85.0]]])
    still = affine(np.eye(2)[None], np.zeros(2), np.zeros((1, 2)))
    bones = LEGS[0].all_bones
    pose = LimbPose(joints, dict.fromkeys(bones, still))
    moved = carry(pose, LEGS[0], np.array([[6.0, 78.0]]))
    np.testing.assert_allclose(moved.joints[0, 2], (6.0, 78.0))
    np.testing.assert_allclose(moved.joints[0, 0], (0.0, 0.0))
    np.testing.assert_allclose(apply(moved.maps[Bone.LEFT_SHANK], joints[0, 2]), [[6.0, 78.0]])
    # The foot hangs on, moved and not turned.
    np.testing.assert_allclose(moved.joints[0, 3], (16.0, 83.0))


def test_the_order_changes_where_it_is_not_seen_to() -> None:
    evidence = np.array([-1.0] * 10 + [1.0] * 10)
    price = np.full(20, 50.0)
    price[12] = 0.5
    path = cheapest_order(evidence, price)
    assert path.tolist() == [False] * 12 + [True] * 8


def test_a_short_doubt_does_not_change_the_order() -> None:
    evidence = np.array([-1.0] * 10 + [0.8] * 2 + [-1.0] * 10)
    assert not cheapest_order(evidence, np.full(22, 3.0)).any()


def test_the_root_follows_what_is_wanted_of_it() -> None:
    wanted = np.stack([np.linspace(0, 30, 31), np.zeros(31)], axis=1)[:, None]
    root = solve_root(
        wanted, np.ones((31, 1)), np.zeros((31, 2, 2)), np.zeros((31, 2)), wanted[:, 0]
    )
    np.testing.assert_allclose(root, wanted[:, 0], atol=1e-4)


def test_a_planted_foot_is_locked_and_a_free_one_is_not() -> None:
    feet = np.zeros((20, 2, 2))
    feet[:, 0, 0] = np.linspace(0, 2, 20)
    feet[:, 1, 0] = np.linspace(0, 2, 20)
    planted = np.zeros((20, 2))
    planted[:, 0] = 1.0
    locked = feet + locked_feet(feet, planted, 100.0)
    assert np.ptp(locked[:, 0, 0]) < 1e-9
    np.testing.assert_array_equal(locked[:, 1], feet[:, 1])


def test_smoothstep_runs_both_ways() -> None:
    assert smoothstep(0, 2, [-1.0, 1.0, 3.0]).tolist() == [0.0, 0.5, 1.0]
    assert smoothstep(2, 0, [-1.0, 1.0, 3.0]).tolist() == [1.0, 0.5, 0.0]


def test_gaps_are_filled_along_straight_lines() -> None:
    signal = np.array([[0.0], [np.nan], [2.0], [np.nan]])
    good = np.array([True, False, True, False])
    assert fill_gaps(signal, good).ravel().tolist() == [0.0, 1.0, 2.0, 2.0]


def test_untrusted_frames_do_not_count_in_a_mean() -> None:
    signal = np.array([1.0] * 10 + [100.0] + [1.0] * 10)
    weight = np.ones(21)
    weight[10] = 0.0
    assert weighted_gaussian(signal, weight, 2.0).max() < 1.01


def face_turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Float32:
    """A face of random points with its rigid landmarks in place, turned by degrees."""
    rng = np.random.default_rng(2)
    face = rng.uniform(-20, 20, (468, 3))
    for index, place in {
        234: (-25, 0, 0),
        454: (25, 0, 0),
        10: (0, -30, 0),
        152: (0, 30, 0),
    }.items():
        face[index] = place
    for (upper, lower), sign in zip(LIDS, (1, -1), strict=True):
        for offset, (a, b) in enumerate(zip(upper, lower, strict=True)):
            face[a] = (sign * 12 + offset, -10, 0)
            face[b] = (sign * 12 + offset, -6, 0)
    a, b, c = np.radians([yaw, pitch, roll])
    turn_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    turn_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return (face @ (turn_z @ turn_y @ turn_x).T).astype(np.float32)


@pytest.mark.parametrize(("angles", "index"), [((25, 0, 0), 0), ((0, 15, 0), 1), ((0, 0, -20), 2)])
def test_the_turn_of_a_head_is_read_back(angles: tuple[int, int, int], index: int) -> None:
    found = np.degrees(head_angles(head_frame(face_turned(*angles))))
    assert found[index] == pytest.approx(angles[index], abs=0.5)
    assert np.abs(np.delete(found, index)).max() < 0.5


def test_a_face_that_keeps_still_has_no_expression_however_the_head_turns() -> None:
    performance = performance_of([Pose()] * 30)
    figure = figure_of_performance(performance)
    nose = performance.body[0, 0, :2]
    faces = np.stack([face_turned(20 * np.sin(i / 5), 0, 8 * np.cos(i / 4)) for i in range(30)])
    faces[..., :2] += nose - faces[:, 1:2, :2]
    motion = read_face(faces.astype(np.float32), figure, None)
    assert motion.known.min() == pytest.approx(1.0)
    assert np.abs(motion.expression).max() < 0.02


def test_a_face_that_is_not_on_the_nose_is_taken_for_one_not_seen() -> None:
    performance = performance_of([Pose()] * 30)
    figure = figure_of_performance(performance)
    faces = np.repeat(face_turned()[None], 30, axis=0)
    faces[..., :2] += 900.0
    motion = read_face(faces, figure, None)
    assert not motion.known.any()
    assert not motion.expression.any()


def test_the_opening_of_an_eye_is_its_height_to_its_width() -> None:
    face = face_turned()
    face[[362, 263]] = [(5, -8, 0), (19, -8, 0)]
    assert eye_opening(face)[0] == pytest.approx(4 / 14, abs=0.02)
