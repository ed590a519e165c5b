"""The pose found again in a video, against its driver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from understudy.geometry.landmarks import Body
from understudy.tracking.fidelity import pose_fidelity
from understudy.tracking.performance import Performance


def _waving(frames: int = 24) -> Performance:
    """Somebody who raises the left forearm, (24, 33, 4) in a frame of 400 x 600."""
    body = np.zeros((frames, 33, 4), np.float32)
    body[..., 3] = 1.0
    places = {
        Body.NOSE: (200, 80), Body.LEFT_SHOULDER: (250, 150), Body.RIGHT_SHOULDER: (150, 150),
        Body.LEFT_ELBOW: (270, 230), Body.RIGHT_ELBOW: (130, 230), Body.RIGHT_WRIST: (120, 300),
        Body.LEFT_HIP: (230, 320), Body.RIGHT_HIP: (170, 320), Body.LEFT_KNEE: (235, 430),
        Body.RIGHT_KNEE: (165, 430), Body.LEFT_ANKLE: (240, 540), Body.RIGHT_ANKLE: (160, 540),
    }  # fmt: skip
    for joint, place in places.items():
        body[:, joint, :2] = place
    turn = np.linspace(0, np.pi, frames)
    body[:, Body.LEFT_WRIST, 0] = 270 + 70 * np.sin(turn)
    body[:, Body.LEFT_WRIST, 1] = 230 + 70 * np.cos(turn)
    nothing = np.full((frames, 21, 3), np.nan, np.float32)
    return Performance(
        times=np.arange(frames) / 24,
        body=body,
        world=np.zeros((frames, 33, 3), np.float32),
        left_hand=nothing,
        right_hand=nothing,
        face=np.full((frames, 468, 3), np.nan, np.float32),
        size=(400, 600),
    )


def test_another_size_and_place_of_the_same_pose_is_faithful() -> None:
    driver = _waving()
    body = driver.body.copy()
    body[..., :2] = body[..., :2] * 1.7 + 90
    found = pose_fidelity(driver, replace(driver, body=body))
    assert found.found == 1.0
    assert found.angle == pytest.approx(0.0, abs=0.01)
    assert found.close == 1.0


def test_a_turned_figure_is_off_by_its_turn() -> None:
    driver = _waving()
    turn = np.radians(20.0)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    body = driver.body.copy()
    body[..., :2] = body[..., :2] @ rotation.T
    found = pose_fidelity(driver, replace(driver, body=body))
    assert found.angle == pytest.approx(20.0, abs=0.01)
    assert found.close == 0.0


def test_one_arm_that_stays_counts_as_one_bone() -> None:
    driver = _waving()
    body = driver.body.copy()
    body[:, Body.LEFT_WRIST] = body[0, Body.LEFT_WRIST]
    found = pose_fidelity(driver, replace(driver, body=body))
    assert found.angle == pytest.approx(90.0 / 8, abs=0.5)
    assert found.close == pytest.approx(1 - 0.9 / 8, abs=0.02)


def test_frames_without_a_figure_are_told() -> None:
    driver = _waving()
    body = driver.body.copy()
    body[12:] = np.nan
    body[12:, :, 3] = 0
    found = pose_fidelity(driver, replace(driver, body=body))
    assert found.found == 0.5
    assert found.angle == pytest.approx(0.0, abs=0.01)
    body[:] = np.nan
    nowhere = pose_fidelity(driver, replace(driver, body=body))
    assert (nowhere.found, nowhere.angle, nowhere.close) == (0.0, None, None)
