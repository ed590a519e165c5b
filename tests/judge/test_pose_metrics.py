"""Pose metrics on motions whose values can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.judge.pose_metrics import errors, foot_skate, jitter, pck, planted, torso_length


def moving(positions: list[float], joints: int = 1) -> np.ndarray:
    """Joints that share the given x over time, at y = 0."""
    xs = np.array(positions, float)
    return np.stack([np.repeat(xs[:, None], joints, 1), np.zeros((len(xs), joints))], -1)


def test_torso_length_is_the_distance_between_the_middles() -> None:
    shoulders = np.array([[[0.0, 0.0], [20.0, 0.0]]])
    hips = np.array([[[4.0, 50.0], [16.0, 50.0]]])
    assert torso_length(shoulders, hips) == 50.0


def test_errors_are_measured_in_torso_lengths() -> None:
    assert errors(moving([3.0]), moving([0.0]), torso=30.0) == pytest.approx(0.1)


def test_pck_counts_the_threshold_itself_and_leaves_unseen_joints_out() -> None:
    distances = np.array([[0.05, 0.1, 0.2, np.nan]])
    assert pck(distances) == pytest.approx(2 / 3)


def test_pck_of_nothing_seen_is_not_a_number() -> None:
    assert math.isnan(pck(np.array([[np.nan]])))


def test_even_motion_has_no_jitter() -> None:
    assert jitter(moving([0, 5, 10, 15, 20]), torso=10.0) == 0.0


def test_jitter_of_a_zigzag_is_its_second_difference() -> None:
    assert jitter(moving([0, 1, 0, 1, 0]), torso=10.0) == pytest.approx(0.2)


def test_jitter_needs_three_frames() -> None:
    assert math.isnan(jitter(moving([0, 1]), torso=10.0))


@given(scale=st.floats(0.1, 10.0))
def test_jitter_does_not_depend_on_the_size_of_the_picture(scale: float) -> None:
    points = moving([0, 1, 4, 2, 2, 7])
    assert jitter(points * scale, torso=10.0 * scale) == pytest.approx(jitter(points, torso=10.0))


def test_a_foot_is_planted_while_it_is_slower_than_the_limit() -> None:
    feet = moving([0.0, 0.01, 0.02, 5.0])
    assert planted(feet, torso=1.0, fps=10.0)[:, 0].tolist() == [True, True, False]


def test_foot_skate_is_the_speed_of_feet_that_should_stand() -> None:
    still = np.array([[True], [True], [False]])
    slides = moving([0.0, 1.0, 2.0, 50.0])
    assert foot_skate(slides, torso=10.0, fps=20.0, still=still) == pytest.approx(2.0)


def test_foot_skate_without_a_standing_foot_is_not_a_number() -> None:
    assert math.isnan(foot_skate(moving([0, 1]), 1.0, 10.0, np.array([[False]])))
