from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tests.tracking.formats.walker import walker
from understudy.geometry.landmarks import Body
from understudy.tracking.formats.animation.from_performance import animation_of, driver_points
from understudy.tracking.formats.animation.head import HEAD, head_rotations, with_head_of_face
from understudy.tracking.formats.animation.to_performance import performance_of_animation
from understudy.tracking.performance import Performance

TURN = 40.0


def with_face(performance: Performance, seen: slice) -> Performance:
    """The walker with a face mesh that is turned by `TURN` to their left, in some frames."""
    mesh = performance_of_animation(animation_of(performance)).face.astype(np.float64)
    nose = mesh[:, [1]]
    axes = np.diag([1.0, -1.0, -1.0])
    turn = axes @ Rotation.from_euler("y", TURN, degrees=True).as_matrix() @ axes
    turned = nose + (mesh - nose) @ turn.T
    face = np.full_like(performance.face, np.nan)
    face[seen] = turned[seen]
    return replace(performance, face=face)


def yaw(performance: Performance) -> NDArray[np.float64]:
    head = head_rotations(driver_points(performance))
    return np.asarray(np.degrees(np.arctan2(head[:, 0, 2], head[:, 2, 2])))


def test_the_head_turns_as_its_face_does() -> None:
    performance = with_face(walker(), slice(None))
    turned = with_head_of_face(performance)
    np.testing.assert_allclose(yaw(performance), 0, atol=1)
    np.testing.assert_allclose(yaw(turned), TURN, atol=1)
    ears = [Body.LEFT_EAR, Body.RIGHT_EAR]
    np.testing.assert_allclose(
        turned.world[:, ears].mean(axis=1), performance.world[:, ears].mean(axis=1), atol=1e-5
    )
    rest = [landmark for landmark in Body if landmark not in HEAD]
    np.testing.assert_array_equal(turned.world[:, rest], performance.world[:, rest])


def test_where_the_face_is_not_seen_the_body_s_landmarks_tell() -> None:
    angles = yaw(with_head_of_face(with_face(walker(), slice(0, 20))))
    np.testing.assert_allclose(angles[:12], TURN, atol=1)
    np.testing.assert_allclose(angles[30:], 0, atol=1)
    # The one goes over into the other.
    assert np.abs(np.diff(angles)).max() < 10


def test_without_a_face_nothing_changes() -> None:
    performance = walker()
    assert with_head_of_face(performance) is performance


def test_frames_in_which_nobody_is_seen_stay_empty() -> None:
    performance = with_face(walker(), slice(None))
    world = performance.world.copy()
    world[5] = np.nan
    turned = with_head_of_face(replace(performance, world=world))
    assert np.isnan(turned.world[5]).all()
    assert np.isfinite(turned.world[6]).all()
