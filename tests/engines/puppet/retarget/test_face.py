"""The expression of the driver."""

from __future__ import annotations

import numpy as np
import pytest

from tests.geometry.drawn_faces import face_turned
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.retarget.driver import figure_of_performance
from understudy.engines.puppet.retarget.face import read_face


def test_a_face_that_keeps_still_has_no_expression_however_the_head_turns() -> None:
    performance = performance_of([Pose()] * 30)
    figure = figure_of_performance(performance)
    nose = performance.body[0, 0, :2]
    faces = np.stack([face_turned(20 * np.sin(i / 5), 0, 8 * np.cos(i / 4)) for i in range(30)])
    faces[..., :2] += nose - faces[:, 1:2, :2]
    motion = read_face(faces.astype(np.float32), figure, None)
    assert motion.known.min() == pytest.approx(1.0)
    assert np.abs(motion.expression).max() < 0.02


def test_the_faces_of_a_long_clip_are_read_alike_wherever_they_come() -> None:
    period, rounds = 40, 28
    performance = performance_of([Pose()] * period * rounds)
    faces = np.stack([face_turned(20 * np.sin(2 * np.pi * i / period)) for i in range(period)])
    faces[:, 13, 1] -= np.linspace(0, 4, period)
    faces[..., :2] += performance.body[0, 0, :2] - faces[:, 1:2, :2]
    faces = np.tile(faces, (rounds, 1, 1)).astype(np.float32)
    motion = read_face(faces, figure_of_performance(performance), None)
    expression = motion.expression.reshape(rounds, period, -1)
    assert np.abs(expression[1]).max() > 0.01
    np.testing.assert_allclose(expression[2:-1], expression[1:-2], atol=1e-6)


def test_a_face_that_is_not_on_the_nose_is_taken_for_one_not_seen() -> None:
    performance = performance_of([Pose()] * 30)
    figure = figure_of_performance(performance)
    faces = np.repeat(face_turned()[None], 30, axis=0)
    faces[..., :2] += 900.0
    motion = read_face(faces, figure, None)
    assert not motion.known.any()
    assert not motion.expression.any()
