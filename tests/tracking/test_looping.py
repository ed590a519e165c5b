"""Closed performances."""

from __future__ import annotations

import numpy as np

from tests.geometry.stick_figure import Pose, performance_of
from understudy.geometry.landmarks import Body
from understudy.tracking.looping import NUMBERS, closed

FPS = 24


def test_place_and_speed_go_on_where_the_end_meets_the_beginning() -> None:
    open_ended = performance_of([Pose((60.0 - i, 70.0 - i), (110.0, 105.0)) for i in range(72)])
    looped = closed(open_ended)
    assert len(looped) == len(open_ended)
    wrist = looped.body[:, Body.LEFT_WRIST, :2].astype(np.float64)
    twice = np.concatenate([wrist, wrist])
    steps = np.linalg.norm(np.diff(twice, axis=0), axis=1)
    changes = np.linalg.norm(np.diff(twice, n=2, axis=0), axis=1)
    seam = slice(len(wrist) - 3, len(wrist) + 2)
    before = np.linalg.norm(open_ended.body[-1, Body.LEFT_WRIST, :2] - wrist[0])
    assert before > 10 * steps[seam].max()
    assert changes[seam].max() < 0.5 * steps.max()


def test_only_the_end_is_changed() -> None:
    performance = performance_of([Pose((60.0 - i, 70.0 - i), (110.0, 105.0)) for i in range(72)])
    looped = closed(performance)
    kept = 72 - round(NUMBERS.seconds * FPS) - 1
    np.testing.assert_array_equal(looped.body[:kept], performance.body[:kept])
    assert not np.allclose(looped.body[-1], performance.body[-1], equal_nan=True)


def test_a_hand_that_the_beginning_does_not_show_stays_as_it_is() -> None:
    performance = performance_of([Pose((60.0, 70.0), (110.0, 105.0))] * 72)
    performance.left_hand[:] = 5.0
    performance.left_hand[:40] = np.nan
    looped = closed(performance)
    np.testing.assert_array_equal(looped.left_hand, performance.left_hand)
