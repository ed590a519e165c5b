"""Hands and face as curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.geometry.stick_figure import Pose, performance_of
from understudy.geometry.face_mesh import CHIN, FOREHEAD, INNER_LIPS, LEFT_CHEEK, RIGHT_CHEEK
from understudy.judge.following import judge_face, judge_hands
from understudy.tracking.performance import Performance

FRAMES = 60
OPEN = 0.5 + 0.5 * np.sin(np.arange(FRAMES) / 4)


def talking(amount: float = 1.0, *, scale: float = 1.0) -> Performance:
    """A face whose mouth opens and a left hand whose fingers stretch, `amount` of the way."""
    performance = performance_of([Pose((70.0, 75.0), (110.0, 105.0))] * FRAMES)
    rng = np.random.default_rng(0)
    face = np.tile(rng.uniform(40, 60, (1, 468, 3)), (FRAMES, 1, 1))
    face[:, FOREHEAD, :2], face[:, CHIN, :2] = (50, 0), (50, 100)
    face[:, RIGHT_CHEEK, :2], face[:, LEFT_CHEEK, :2] = (10, 50), (90, 50)
    upper, lower = INNER_LIPS
    face[:, upper, :2] = (50, 70)
    face[:, lower] = face[:, upper]
    face[:, lower, 1] += 12 * amount * OPEN
    hand = np.zeros((FRAMES, 21, 3))
    hand[:, 9, 1] = -20
    for tip in (4, 8, 12, 16, 20):
        hand[:, tip, 1] = -22 - 18 * amount * OPEN
    return replace(
        performance,
        face=(scale * face).astype(np.float32),
        left_hand=(scale * hand).astype(np.float32),
    )


def test_the_same_movement_is_followed_whatever_its_size_and_extent() -> None:
    driver, figure = talking(), talking(0.5, scale=2.0)
    for judge in (judge_face, judge_hands):
        found = judge(driver, figure)
        assert found.seen == 1
        assert found.correlation == pytest.approx(1, abs=0.01)


def test_a_part_that_does_not_move_or_is_not_there_does_not_follow() -> None:
    driver, figure = talking(), talking(0.0)
    assert judge_face(driver, figure).followed == 0
    assert judge_hands(driver, figure).followed == 0
    figure.left_hand[:] = np.nan
    figure.face[:40] = np.nan
    assert judge_hands(driver, figure).seen == 0
    assert judge_face(driver, figure).seen == pytest.approx(20 / FRAMES, abs=0.001)


def test_where_the_driver_does_nothing_nothing_is_judged() -> None:
    found = judge_face(talking(0.0), talking())
    assert found.correlation is None
    assert found.followed is None
