"""Hands arrive at what the driver's hands touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.geometry.stick_figure import Pose, landmarks_of, performance_of
from understudy.engines.puppet.retarget import retarget
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import Skeleton, skeleton_of

AT_FACE = Pose(left_arm=(20.0, -118.0))
SIZE = (720, 1080)


def long_armed() -> Skeleton:
    """A figure whose forearms are a quarter longer than the driver's."""
    marks = landmarks_of(Pose())
    body = marks.body.copy()
    for side in (0, 1):
        elbow, wrist = Body.LEFT_ELBOW + side, Body.LEFT_WRIST + side
        stretch = 0.25 * (body[wrist, :2] - body[elbow, :2])
        hand = [wrist] + [j + side for j in (Body.LEFT_PINKY, Body.LEFT_INDEX, Body.LEFT_THUMB)]
        body[hand, :2] += stretch
    return skeleton_of(replace(marks, body=body), SIZE)


def offset_from_head(points: np.ndarray) -> np.ndarray:
    head = points[:, [Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=1)
    return points[:, Body.LEFT_WRIST] - head


def test_a_hand_at_the_drivers_face_comes_to_the_figures_face() -> None:
    driver = performance_of([AT_FACE] * 12)
    skeleton = long_armed()
    motion = retarget(driver, skeleton, orientation="video")
    wanted = offset_from_head(driver.body[..., :2])[6]
    found = offset_from_head(motion.joints)[6]
    # By directions alone the wrist would be some 20 pixels away from there.
    assert np.linalg.norm(found - wanted) < 12


def test_a_hand_away_from_everything_keeps_to_its_direction() -> None:
    driver = performance_of([Pose(left_arm=(0.0, -20.0))] * 12)
    motion = retarget(driver, long_armed(), orientation="video")
    forearm = motion.joints[6, Body.LEFT_WRIST] - motion.joints[6, Body.LEFT_ELBOW]
    assert abs(np.degrees(np.arctan2(forearm[1], forearm[0])) + 20.0) < 1.0


def test_the_pull_comes_and_goes_smoothly() -> None:
    poses = [Pose(left_arm=(20.0, -118.0 + 4.0 * i)) for i in range(25)]
    motion = retarget(performance_of(poses), long_armed(), orientation="video")
    steps = np.diff(motion.joints[:, Body.LEFT_WRIST], axis=0)
    assert np.linalg.norm(np.diff(steps, axis=0), axis=1).max() < 3.5
