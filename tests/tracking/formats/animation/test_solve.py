"""Joint rotations solved from places: they lead back there, run on, and stay within limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.tracking.formats.walker import FPS, walker
from understudy.geometry.landmarks import Body
from understudy.tracking.formats.animation.body import LANDMARKS, NAMES, BodyJoint, middle
from understudy.tracking.formats.animation.from_performance import animation_of, driver_points
from understudy.tracking.formats.animation.hierarchy import (
    Animation,
    joint_positions,
    local_rotations,
)
from understudy.tracking.formats.animation.solve import Solved, solve


def solved(turned: float = 0.0) -> tuple[Solved, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    points = driver_points(walker(turned=turned))
    return solve(points, 1 / FPS), points


@pytest.mark.parametrize("turned", [0, 35, 90, 180, 260])
def test_joints_come_to_lie_on_their_landmarks(turned: float) -> None:
    result, points = solved(turned)
    for joint, landmark in LANDMARKS.items():
        np.testing.assert_allclose(
            result.places[:, joint], points[:, landmark], atol=2e-3, err_msg=joint.name
        )
    head = result.places[:, BodyJoint.HEAD]
    np.testing.assert_allclose(head, middle(points, "EAR"), atol=2e-3)


def test_the_hierarchy_has_a_rest_pose_with_arms_level_and_legs_down() -> None:
    hierarchy = solved()[0].hierarchy
    assert [joint.name for joint in hierarchy] == list(NAMES)
    still = np.tile(np.eye(3), (1, len(hierarchy), 1, 1))
    rest = joint_positions(Animation(hierarchy, np.zeros(1), np.zeros((1, 3)), still))[0]
    left_hand, shoulder = rest[BodyJoint.LEFT_HAND], rest[BodyJoint.LEFT_ARM]
    np.testing.assert_allclose(left_hand - shoulder, [0.28 + 0.25, 0, 0], atol=1e-3)
    np.testing.assert_allclose(rest[BodyJoint.RIGHT_FOOT], [-0.1, -0.82, 0], atol=1e-3)
    assert rest[BodyJoint.LEFT_TOE_BASE, 2] > 0.1


def test_elbows_and_knees_bend_about_one_axis() -> None:
    result, _ = solved()
    local = local_rotations(result.hierarchy, result.turned)
    for joint, axis in ((BodyJoint.LEFT_LEG, 0), (BodyJoint.RIGHT_LEG, 0)):
        turns = np.degrees(Rotation.from_matrix(local[:, joint]).as_rotvec())
        assert np.ptp(turns[:, axis]) > 20
        assert np.abs(np.delete(turns, axis, axis=1)).max() < 3


def test_a_limb_that_straightens_does_not_flip() -> None:
    result, _ = solved()
    local = local_rotations(result.hierarchy, result.turned)
    steps = Rotation.from_matrix((local[:-1].swapaxes(-1, -2) @ local[1:]).reshape(-1, 3, 3))
    assert np.degrees(steps.magnitude()).max() < 25


def test_noise_in_depth_of_straight_limbs_does_not_flip_them() -> None:
    performance = walker()
    world = performance.world.copy()
    world[:, Body.LEFT_ELBOW, 2] = world[:, Body.LEFT_SHOULDER, 2]
    world[:, Body.LEFT_WRIST] = 2 * world[:, Body.LEFT_ELBOW] - world[:, Body.LEFT_SHOULDER]
    noise = np.random.default_rng(1).normal(0, 0.003, world.shape).astype(np.float32)
    points = driver_points(replace(performance, world=world + noise))
    result = solve(points, 1 / FPS)
    local = local_rotations(result.hierarchy, result.turned)[:, BodyJoint.LEFT_ARM]
    steps = Rotation.from_matrix(local[:-1].swapaxes(-1, -2) @ local[1:])
    assert np.degrees(steps.magnitude()).max() < 15


def test_a_knee_does_not_bend_forwards() -> None:
    performance = walker()
    world = performance.world.copy()
    # Backwards is away from the camera: the shank of a leg that stands points ahead.
    for landmark in (Body.LEFT_ANKLE, Body.LEFT_HEEL, Body.LEFT_FOOT_INDEX):
        world[24:, landmark, 2] -= 0.1
    points = driver_points(replace(performance, world=world))
    result = solve(points, 1 / FPS)
    shank = local_rotations(result.hierarchy, result.turned)[24:, BodyJoint.LEFT_LEG]
    assert np.degrees(Rotation.from_matrix(shank).as_rotvec()[:, 0]).min() > -1


def test_points_that_coincide_do_no_harm() -> None:
    performance = walker(4)
    alike = replace(performance, world=np.zeros_like(performance.world))
    animation = animation_of(alike)
    assert np.isfinite(animation.rotations).all()
    np.testing.assert_allclose(np.linalg.det(animation.rotations), 1, atol=1e-6)


def test_frames_in_which_nobody_is_seen_are_bridged() -> None:
    performance = walker()
    world = performance.world.copy()
    world[10:14] = np.nan
    assert np.isfinite(animation_of(replace(performance, world=world)).rotations).all()
    nobody = replace(performance, world=np.full_like(world, np.nan))
    with pytest.raises(ValueError, match="never seen"):
        animation_of(nobody)
