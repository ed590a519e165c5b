"""The face moves with the driver's and stays whole."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.paper_doll import SIZE, doll_landmarks
from understudy.engines.puppet.pose.face import (
    FaceRig,
    _triangles,
    face_rig,
    move_face,
)
from understudy.engines.puppet.pose.head import bounded_turn, head_relief, parallax_direction
from understudy.engines.puppet.rig.leg_split import LegSplit
from understudy.engines.puppet.rig.weights import body_frame
from understudy.geometry.face_mesh import LOWER_LID_EDGES, UPPER_LID_EDGES
from understudy.geometry.landmarks import Landmarks
from understudy.geometry.skeleton import skeleton_of


def drawn_face(width: float = 60.0) -> NDArray[np.float32]:
    """Landmarks laid out over a disc; lids and lips where they belong relative to each other."""
    rng = np.random.default_rng(1)
    face = np.zeros((468, 3))
    radius = width / 2 * np.sqrt(rng.random(468)) * 0.8
    angle = rng.random(468) * 2 * np.pi
    face[:, 0], face[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
    for index, (x, y) in {
        234: (-0.5, 0.0),
        454: (0.5, 0.0),
        10: (0.0, -0.6),
        152: (0.0, 0.6),
        13: (0.0, 0.249),
        14: (0.0, 0.251),
        78: (-0.17, 0.25),
        308: (0.17, 0.25),
        362: (0.08, -0.1),
        263: (0.28, -0.1),
        133: (-0.08, -0.1),
        33: (-0.28, -0.1),
    }.items():
        face[index, :2] = (x * width, y * width)
    for side, centre in enumerate((0.18, -0.18)):
        for i in range(7):
            x = centre + (i - 3) * 0.03 * (1 if side == 0 else -1)
            face[UPPER_LID_EDGES[side][i], :2] = (x * width, -0.14 * width)
            face[LOWER_LID_EDGES[side][i], :2] = (x * width, -0.06 * width)
    face[:, :2] += (120.0, 80.0)
    return face.astype(np.float32)


@pytest.fixture
def rig() -> FaceRig:
    marks = doll_landmarks()
    skeleton = skeleton_of(Landmarks(marks.body, marks.world, face=drawn_face()), SIZE)
    frame = body_frame(skeleton, LegSplit(200.0, cloth=False))
    found = face_rig(skeleton, frame, head_relief(skeleton), SIZE)
    assert found is not None
    return found


def test_the_mesh_covers_the_face_with_eyes_and_leaves_the_closed_mouth_open() -> None:
    with_mouth, without = _triangles(mouth_opens=False), _triangles(mouth_opens=True)
    assert len(with_mouth) == 898
    assert len(with_mouth) - len(without) == 18
    assert with_mouth.min() == 0
    assert with_mouth.max() == 467


def test_a_neutral_driver_leaves_the_face_as_it_is(rig: FaceRig) -> None:
    moved = move_face(rig, np.zeros((468, 3), np.float32), np.zeros(2, np.float32), np.zeros(2))
    np.testing.assert_array_equal(moved, rig.points)


def test_a_wink_draws_one_pair_of_lids_together(rig: FaceRig) -> None:
    closed = np.array([1.0, 0.0], np.float32)
    moved = move_face(rig, np.zeros((468, 3), np.float32), closed, np.zeros(2))
    gaps = [
        np.linalg.norm(
            moved[list(UPPER_LID_EDGES[s])] - moved[list(LOWER_LID_EDGES[s])], axis=1
        ).mean()
        for s in (0, 1)
    ]
    assert gaps[0] < 0.1 * gaps[1]


def test_no_landmark_is_carried_away_by_a_wild_reading(rig: FaceRig) -> None:
    wild = np.random.default_rng(0).normal(0, 5, (468, 3)).astype(np.float32)
    moved = move_face(rig, wild, np.ones(2, np.float32), np.zeros(2))
    assert np.abs(moved - rig.points).max() < 0.45 * rig.width


def test_a_turned_head_slides_its_nose_and_keeps_its_outline(rig: FaceRig) -> None:
    marks = doll_landmarks()
    relief = head_relief(skeleton_of(Landmarks(marks.body, marks.world, face=drawn_face()), SIZE))
    yaw, pitch = bounded_turn(np.array([0.4, 0.0, 0.0]), cut=False)
    parallax = parallax_direction(relief, yaw, pitch)
    assert parallax[0] > 0.3
    moved = move_face(rig, np.zeros((468, 3), np.float32), np.zeros(2, np.float32), parallax)
    assert (moved[6] - rig.points[6])[0] > 0
    assert np.abs(moved[[234, 454]] - rig.points[[234, 454]]).max() < 3.5


def test_turns_are_held_within_what_a_picture_can_show() -> None:
    for angle in np.linspace(-3, 3, 13):
        yaw, pitch = bounded_turn(np.array([angle, angle, 0.0]), cut=False)
        assert abs(yaw) <= 0.55
        assert abs(pitch) <= 0.38
    assert abs(bounded_turn(np.array([1.0, 0, 0]), cut=True)[0]) < 0.2


def test_a_face_half_outside_the_picture_is_left_alone() -> None:
    marks = doll_landmarks()
    off = drawn_face() - np.array([110, 0, 0], np.float32)
    skeleton = skeleton_of(Landmarks(marks.body, marks.world, face=off), SIZE)
    frame = body_frame(skeleton, LegSplit(200.0, cloth=False))
    assert face_rig(skeleton, frame, head_relief(skeleton), SIZE) is None
