"""The pose in a video against the retargeted performance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.geometry.stick_figure import Pose, performance_of
from understudy.judge.pose import judge_pose
from understudy.tracking.performance import Performance

FRAMES = 48


def dance() -> Performance:
    poses = [
        Pose((70.0 - 60 * np.sin(i / 7), 75.0 - 50 * np.sin(i / 5)), (110.0, 105.0 + i / 2))
        for i in range(FRAMES)
    ]
    performance = performance_of(poses)
    # All of the body sways, so that no joint stands still.
    performance.body[..., 0] += (12 * np.sin(np.arange(FRAMES) / 6))[:, None]
    return performance


def with_body(performance: Performance, body: np.ndarray) -> Performance:
    return replace(performance, body=body.astype(np.float32))


def test_who_does_the_same_elsewhere_and_larger_makes_no_error() -> None:
    driver = dance()
    body = driver.body.copy()
    body[..., :2] = 1.7 * body[..., :2] + (300, -40)
    found, curves = judge_pose(driver, with_body(driver, body))
    assert found.error == pytest.approx(0, abs=1e-3)
    assert (found.pck, found.found) == (1.0, 1.0)
    assert found.travel == pytest.approx(0, abs=1e-3)
    assert found.angle == pytest.approx(0, abs=0.1)
    assert np.nanmax(curves.error) < 1e-2


def test_longer_arms_are_not_an_error() -> None:
    driver = dance()
    body = driver.body.copy()
    for shoulder, elbow, wrist in ((11, 13, 15), (12, 14, 16)):
        upper = driver.body[:, elbow, :2] - driver.body[:, shoulder, :2]
        lower = driver.body[:, wrist, :2] - driver.body[:, elbow, :2]
        body[:, elbow, :2] = body[:, shoulder, :2] + 1.4 * upper
        body[:, wrist, :2] = body[:, elbow, :2] + 1.4 * lower
    found, _ = judge_pose(driver, with_body(driver, body))
    assert found.error == pytest.approx(0, abs=0.01)


def test_a_still_figure_is_worse_than_the_same_and_frames_out_of_order_are_worse_still() -> None:
    driver = dance()
    still = np.repeat(driver.body[:1], FRAMES, axis=0)
    mixed = driver.body[np.random.default_rng(0).permutation(FRAMES)]
    same, stays, jumps = (
        judge_pose(driver, with_body(driver, body))[0] for body in (driver.body, still, mixed)
    )
    assert same.error is not None
    assert stays.error is not None
    assert jumps.error is not None
    assert same.error < 0.2 * stays.error
    assert jumps.error > stays.error
    assert jumps.jitter is not None
    assert same.jitter is not None
    assert jumps.jitter > 5 * same.jitter
    assert stays.jitter == 0


def test_a_figure_that_is_never_found_is_a_finding() -> None:
    driver = dance()
    nobody = with_body(driver, np.full_like(driver.body, np.nan))
    found, curves = judge_pose(driver, nobody)
    assert found.found == 0
    assert found.error is None
    assert found.pck is None
    assert np.isnan(curves.error).all()
