"""Where the contact shadow lies."""

from __future__ import annotations

import numpy as np

from understudy.engines.puppet.render.shadow import ground_heights
from understudy.geometry.landmarks import Body

SECONDS, TORSO = 1 / 24, 200.0
FEET = [Body.LEFT_HEEL, Body.RIGHT_HEEL, Body.LEFT_FOOT_INDEX, Body.RIGHT_FOOT_INDEX]


def _ground(lift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Soles' and ground's y (T, 2) of feet that leave y = 1000 by `lift` (T,) pixels."""
    joints = np.zeros((len(lift), 35, 2))
    joints[:, FEET, 1] = (1000.0 - lift)[:, None]
    soles, ground = ground_heights(joints, np.zeros((len(lift), 2)), TORSO, SECONDS)
    return soles[..., 1], ground


def test_a_jump_leaves_the_ground_where_it_is() -> None:
    time = np.arange(72) * SECONDS
    lift = np.clip(60.0 - 60.0 * ((time - 1.5) / 0.2) ** 2, 0.0, None)
    soles, ground = _ground(lift)
    assert np.ptp(ground) < 0.03 * TORSO
    assert (ground - soles).max() > 50.0


def test_who_steps_back_takes_the_ground_along() -> None:
    soles, ground = _ground(np.linspace(0.0, 60.0, 72))
    assert np.abs(ground - soles).max() < 0.06 * TORSO


def test_a_foot_that_stands_is_on_the_ground() -> None:
    joints = np.zeros((48, 35, 2))
    joints[:, FEET, 1] = 900.0 + 20.0 * np.sin(np.arange(48))[:, None]
    soles, ground = ground_heights(joints, np.ones((48, 2)), TORSO, SECONDS)
    assert np.abs(ground - soles[..., 1]).mean() < 20.0
