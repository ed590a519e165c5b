"""The test poses: the figure's own landmarks, limb by limb."""

from __future__ import annotations

import numpy as np

from tests.engines.paper_doll import SIZE, doll_landmarks
from understudy.engines.puppet.judging.poses import POSES, test_poses
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import LIMB_BONES

poses_of = test_poses
del test_poses  # pytest would take it for a test


def test_the_first_pose_is_the_pictures_own() -> None:
    marks = doll_landmarks()
    poses = poses_of(marks, SIZE)
    assert next(iter(poses.shown)) == "at rest"
    found = poses.performance.body[poses.shown["at rest"]]
    assert np.abs(found[:, :2] - marks.body[:, :2] - np.array(SIZE)).max() < 1e-3
    assert np.abs(poses.performance.world[0] - marks.world).max() < 1e-5


def test_spread_arms_point_away_from_the_body() -> None:
    poses = poses_of(doll_landmarks(), SIZE)
    body = poses.performance.body[poses.shown["arms spread"], :, :2]
    for shoulder, wrist, sign in ((11, 15, 1), (12, 16, -1)):
        x, y = body[wrist] - body[shoulder]
        assert sign * x > 0
        assert abs(y) < 0.02 * abs(x)


def test_bones_keep_their_lengths_in_every_pose() -> None:
    poses = poses_of(doll_landmarks(), SIZE)
    points = poses.performance.body[..., :2].astype(np.float64)
    for start, end in LIMB_BONES.values():
        if max(start, end) < len(Body):
            lengths = np.linalg.norm(points[:, end] - points[:, start], axis=1)
            # In between, turns are interpolated, never places.
            assert np.ptp(lengths) < 1e-2


def test_every_pose_is_shown_and_none_is_the_picture() -> None:
    poses = poses_of(doll_landmarks(), SIZE)
    assert len(poses.shown) == 1 + len(POSES) == 7
    rest, *others = (poses.performance.body[index] for index in poses.shown.values())
    assert all(np.abs(other - rest).max() > 10 for other in others)


def test_legs_cross_in_a_pose_and_are_moved_however_faint_they_are() -> None:
    marks = doll_landmarks()
    marks.body[Body.LEFT_HIP :, 3] = 0.5
    poses = poses_of(marks, SIZE)
    assert (poses.performance.body[:, Body.LEFT_HIP :, 3] == 1.0).all()
    crossed = poses.performance.body[poses.shown["arms raised, legs crossed"]]
    assert crossed[Body.LEFT_ANKLE, 0] < crossed[Body.RIGHT_ANKLE, 0]
