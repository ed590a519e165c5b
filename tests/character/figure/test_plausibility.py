from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.character.drawn_figure import Drawn, draw
from understudy.character.figure.plausibility import (
    credibility,
    facing_the_viewer,
    is_large_enough,
    without_false_face,
)
from understudy.geometry.landmarks import Body, Landmarks


def _changed(landmarks: Landmarks, **moves: tuple[float, float]) -> Landmarks:
    body = landmarks.body.copy()
    for name, (x, y) in moves.items():
        body[Body[name], :2] += (x, y)
    return Landmarks(body, landmarks.world)


def test_a_standing_figure_is_credible(standing: Drawn) -> None:
    assert credibility(standing.landmarks, standing.alpha, 1.0, detected=False) == 1.0


FIGURE = draw()


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 2))
def test_size_does_not_matter(scale: float) -> None:
    mask = cv2.resize(FIGURE.alpha, None, fx=scale, fy=scale)
    assert credibility(FIGURE.landmarks.scaled(scale), mask, 1.0, detected=True) > 0.9


def test_a_figure_that_lies_on_its_side_is_not(standing: Drawn) -> None:
    body = standing.landmarks.body.copy()
    body[:, :2] = body[:, 1::-1]
    lying = Landmarks(body, standing.landmarks.world)
    assert credibility(lying, standing.alpha.T, 1.0, detected=True) < 0.5


def test_limbs_of_odd_lengths_are_not(standing: Drawn) -> None:
    odd = _changed(
        standing.landmarks,
        LEFT_KNEE=(0, -115),
        RIGHT_KNEE=(0, -115),
        LEFT_WRIST=(200, 0),
        RIGHT_WRIST=(-200, 0),
    )
    assert credibility(odd, standing.alpha, 1.0, detected=True) < 0.5


def test_joints_beside_the_figure_are_not(standing: Drawn) -> None:
    beside = np.roll(standing.alpha, 200, axis=1)
    assert credibility(standing.landmarks, beside, 1.0, detected=True) < 0.5


def test_what_was_only_looked_for_must_show_both_arms(standing: Drawn) -> None:
    body = standing.landmarks.body.copy()
    body[[Body.LEFT_ELBOW, Body.LEFT_WRIST], 3] = 0.1
    one_armed = Landmarks(body, standing.landmarks.world)
    assert credibility(one_armed, standing.alpha, 1.0, detected=True) > 0.7
    assert credibility(one_armed, standing.alpha, 1.0, detected=False) < 0.5


def test_a_figure_of_a_few_pixels_is_too_small(standing: Drawn) -> None:
    assert is_large_enough(standing.landmarks, (360, 520))
    assert not is_large_enough(standing.landmarks.scaled(0.1), (360, 520))


def _face_at(nose: np.ndarray) -> np.ndarray:
    """A face's mesh, 50 px wide, of which nose, cheeks, forehead and chin are laid out."""
    face = np.zeros((468, 3), np.float32)
    face[:, :2] = nose
    face[454, 0], face[234, 0] = nose[0] + 25, nose[0] - 25
    face[10, 1], face[152, 1] = nose[1] - 30, nose[1] + 30
    return face


def test_a_shoulder_beside_the_face_is_a_lock_of_hair(standing: Drawn) -> None:
    face = _face_at(standing.landmarks.body[Body.NOSE, :2])
    body = standing.landmarks.body.copy()
    shrugged = Landmarks(body, standing.landmarks.world, face=face)
    assert credibility(shrugged, standing.alpha, 1.0, detected=True) > 0.9
    up = body[Body.LEFT_SHOULDER, 1] - body[Body.NOSE, 1] + 5
    raised = _changed(shrugged, LEFT_SHOULDER=(0, -up), RIGHT_SHOULDER=(0, 0.7 * up))
    raised = Landmarks(raised.body, raised.world, face=face)
    assert credibility(raised, standing.alpha, 1.0, detected=True) < 0.5


def test_a_face_away_from_the_nose_is_dropped(standing: Drawn) -> None:
    face = _face_at(standing.landmarks.body[Body.NOSE, :2])
    with_face = Landmarks(standing.landmarks.body, standing.landmarks.world, face=face)
    assert without_false_face(with_face).face is not None
    moved = face + np.array([0, 60, 0], np.float32)
    with_false = Landmarks(standing.landmarks.body, standing.landmarks.world, face=moved)
    assert without_false_face(with_false).face is None


def test_a_figure_taken_for_its_back_is_turned_round(standing: Drawn) -> None:
    assert facing_the_viewer(standing.landmarks) is standing.landmarks
    body = standing.landmarks.body.copy()
    body[:, 0] = 360 - body[:, 0]
    turned = facing_the_viewer(Landmarks(body, standing.landmarks.world))
    assert turned.body[Body.LEFT_SHOULDER, 0] > turned.body[Body.RIGHT_SHOULDER, 0]
    assert turned.body[Body.LEFT_WRIST, 0] == pytest.approx(body[Body.RIGHT_WRIST, 0])
    assert turned.body[Body.LEFT_EAR, 0] == pytest.approx(body[Body.RIGHT_EAR, 0])
