"""The driver's motion in another figure's proportions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.geometry.stick_figure import Pose, hidden, landmarks_of, performance_of
from understudy.engines.wan.animate.retargeting import bone_ratios, placed, retargeted
from understudy.geometry.landmarks import Body, Landmarks

SIZE = (480, 832)
WAVE = [Pose(left_arm=(80.0 - 20 * step, 85.0 - 30 * step)) for step in range(5)]


def length(body: np.ndarray, one: Body, other: Body) -> np.ndarray:
    return np.linalg.norm(body[..., one, :2] - body[..., other, :2], axis=-1)


def with_legs(figure: Landmarks, factor: float) -> Landmarks:
    """The figure with legs that are longer by a factor."""
    body = figure.body.copy()
    for side in ("LEFT", "RIGHT"):
        hip = body[Body[f"{side}_HIP"], :2].copy()
        for name in ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX"):
            joint = Body[f"{side}_{name}"]
            body[joint, :2] = hip + factor * (body[joint, :2] - hip)
    return replace(figure, body=body)


def test_the_same_figure_in_another_place_is_only_moved() -> None:
    performance = performance_of(WAVE)
    shown = retargeted(performance, landmarks_of(WAVE[0], scale=150.0, at=(240.0, 400.0)), SIZE)
    assert shown.size == SIZE
    expected = performance_of(WAVE, scale=150.0, at=(240.0, 400.0))
    np.testing.assert_allclose(shown.body[..., :2], expected.body[..., :2], atol=0.05)


def test_bones_take_the_pictures_lengths_and_keep_their_directions() -> None:
    performance = performance_of(WAVE)
    picture = with_legs(landmarks_of(Pose(), scale=200.0, at=(240.0, 400.0)), 1.4)
    shown = retargeted(performance, picture, SIZE)
    for one, other in (
        (Body.LEFT_HIP, Body.LEFT_KNEE),
        (Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
        (Body.RIGHT_ELBOW, Body.RIGHT_WRIST),
    ):
        wanted = length(picture.body, one, other)
        np.testing.assert_allclose(length(shown.body, one, other), wanted, rtol=0.02)
        before = performance.body[:, other, :2] - performance.body[:, one, :2]
        after = shown.body[:, other, :2] - shown.body[:, one, :2]
        turned = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        np.testing.assert_allclose(turned, 0.0, atol=0.5)


def test_the_figure_stands_where_the_picture_has_its_feet() -> None:
    squatting = [Pose(left_leg=(60.0, 120.0), right_leg=(120.0, 60.0))] * 3
    picture = landmarks_of(Pose(), scale=200.0, at=(240.0, 400.0))
    shown = retargeted(performance_of(squatting), picture, SIZE)
    feet = [Body.LEFT_FOOT_INDEX, Body.RIGHT_FOOT_INDEX]
    ground = picture.body[feet, 1].max()
    np.testing.assert_allclose(shown.body[:, feet, 1].max(axis=1), ground, atol=0.05)


def test_without_hips_in_the_picture_the_neck_stays_in_its_place() -> None:
    picture = landmarks_of(Pose(), scale=200.0, at=(240.0, 400.0))
    picture.body[Body.LEFT_HIP :, 3] = 0.0
    shown = retargeted(performance_of(WAVE), picture, SIZE)
    shoulders = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]
    np.testing.assert_allclose(
        shown.body[0, shoulders, :2].mean(axis=0),
        picture.body[shoulders, :2].mean(axis=0),
        atol=0.05,
    )


def test_who_is_half_as_large_goes_half_as_far() -> None:
    places = [(360.0 + 30 * step, 420.0) for step in range(4)]
    performance = performance_of([Pose()] * 4, at=places)
    shown = retargeted(performance, landmarks_of(Pose(), scale=150.0, at=(240.0, 400.0)), SIZE)
    way = shown.body[-1, Body.LEFT_HIP, 0] - shown.body[0, Body.LEFT_HIP, 0]
    assert way == pytest.approx(45.0, abs=0.1)


def test_hands_and_face_go_along() -> None:
    performance = performance_of(WAVE)
    wrist = performance.body[:, Body.LEFT_WRIST, None, :3]
    nose = performance.body[:, Body.NOSE, None, :3]
    performance = replace(
        performance,
        left_hand=np.repeat(wrist, 21, axis=1) + np.float32(10),
        face=np.repeat(nose, 468, axis=1),
    )
    shown = retargeted(performance, landmarks_of(Pose(), scale=150.0, at=(240.0, 400.0)), SIZE)
    np.testing.assert_allclose(
        shown.left_hand[:, 0, :2], shown.body[:, Body.LEFT_WRIST, :2] + 5, atol=0.1
    )
    np.testing.assert_allclose(shown.face[:, 0, :2], shown.body[:, Body.NOSE, :2], atol=0.1)
    assert np.isnan(shown.right_hand).all()


def test_what_is_not_seen_has_the_whole_figures_ratio() -> None:
    performance = hidden(performance_of(WAVE), [Body.LEFT_ANKLE, Body.RIGHT_ANKLE])
    ratios = bone_ratios(performance, landmarks_of(Pose(), scale=150.0))
    assert ratios["shank"] == pytest.approx(0.5, abs=0.01)


def test_a_bone_that_points_at_the_camera_is_not_made_a_stump() -> None:
    picture = landmarks_of(Pose(), scale=300.0)
    for side in ("LEFT", "RIGHT"):
        picture.body[Body[f"{side}_WRIST"], :2] = picture.body[Body[f"{side}_ELBOW"], :2] + 1
    assert bone_ratios(performance_of(WAVE), picture)["forearm"] > 0.6


def test_a_performance_is_placed_as_it_is() -> None:
    performance = performance_of(WAVE)
    moved = placed(performance, 0.5, (10.0, 20.0))
    expected = performance.body[..., :2] * 0.5 + np.float32((10, 20))
    np.testing.assert_allclose(moved.body[..., :2], expected, atol=1e-3)
    np.testing.assert_array_equal(moved.body[..., 3], performance.body[..., 3])
