"""A hem swings after the body."""

from __future__ import annotations

import numpy as np

from tests.engines.paper_doll import SIZE, doll_landmarks
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.pose.sway import NUMBERS, sway_offsets, sway_weights
from understudy.engines.puppet.retarget import Motion, retarget
from understudy.engines.puppet.rig.leg_split import LegSplit
from understudy.engines.puppet.rig.weights import body_frame
from understudy.geometry.skeleton import Skeleton, skeleton_of


def stepping(places: list[float]) -> tuple[Skeleton, Motion]:
    skeleton = skeleton_of(doll_landmarks(), SIZE)
    walk = performance_of(
        [Pose()] * len(places), scale=100.0, at=[(120.0 + x, 150.0) for x in places], size=SIZE
    )
    return skeleton, retarget(walk, skeleton, orientation="video")


def test_a_body_that_stands_still_has_a_hem_that_hangs() -> None:
    skeleton, motion = stepping([0.0] * 30)
    assert np.abs(sway_offsets(motion, skeleton.torso)).max() < 1e-6


def test_a_hem_lags_behind_a_step_and_comes_to_rest() -> None:
    skeleton, motion = stepping([0.0] * 20 + [4.0 * i for i in range(6)] + [24.0] * 60)
    path = sway_offsets(motion, skeleton.torso)
    assert path[18:26, 0].min() < -0.4
    assert path[26:45, 0].max() > 0.1
    assert np.abs(path[-5:]).max() < 0.1
    assert np.abs(path).max() <= NUMBERS.farthest * skeleton.torso


def test_only_a_skirt_is_loose_and_most_at_its_hem() -> None:
    skeleton, _ = stepping([0.0] * 5)
    x = float(skeleton.pelvis[0])
    points = np.array([[x, y] for y in (100.0, 160.0, 185.0, 205.0, 230.0)])
    trousers = body_frame(skeleton, LegSplit(165.0, cloth=False))
    assert sway_weights(points, skeleton, trousers) is None
    skirt = sway_weights(points, skeleton, body_frame(skeleton, LegSplit(205.0, cloth=True)))
    assert skirt is not None
    assert skirt[0] == 0.0
    assert skirt.argmax() == 3
    assert skirt[4] == 0.0
