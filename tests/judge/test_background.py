"""The background is what lies far from the joints, and it should not change."""

from __future__ import annotations

import math

import numpy as np
import pytest

from understudy.judge.background import (
    background_flicker,
    background_mask,
    figure_reach,
    flicker,
)

SIZE = (200, 100)
FIGURE = np.array([[40.0, 40.0], [60.0, 40.0], [60.0, 60.0], [40.0, 60.0]])
NOBODY = np.full((2, 2), np.nan)


def frames(*levels: int) -> list[np.ndarray]:
    return [np.full((100, 200, 3), level, np.uint8) for level in levels]


def test_a_figure_reaches_as_far_as_its_matte_beyond_its_joints() -> None:
    matte = np.zeros((100, 200), np.float32)
    matte[45:55, 35:91] = 1.0
    assert figure_reach(matte, FIGURE) == pytest.approx(30, abs=1)


def test_a_figure_within_its_joints_reaches_no_further() -> None:
    matte = np.zeros((100, 200), np.float32)
    matte[45:55, 45:55] = 1.0
    assert figure_reach(matte, FIGURE) == 0.0


def test_the_background_begins_beyond_the_reach_of_the_joints() -> None:
    mask = background_mask(FIGURE, reach=15.0, size=SIZE)
    assert mask.shape == (100, 200)
    assert not mask[50, 50]
    assert not mask[50, 73]
    assert mask[50, 77]


def test_unknown_joints_are_left_out() -> None:
    known = background_mask(FIGURE, 15.0, SIZE)
    more = np.concatenate([FIGURE, NOBODY])
    assert (background_mask(more, 15.0, SIZE) == known).all()


def test_without_joints_nothing_is_known_to_be_background() -> None:
    assert not background_mask(NOBODY, 15.0, SIZE).any()


def test_a_still_background_does_not_flicker_whatever_the_figure_does() -> None:
    pictures = frames(90, 90, 90)
    pictures[1][45:55, 45:55] = 255
    assert background_flicker(pictures, np.stack([FIGURE] * 3), reach=12.0) == 0.0


def test_flicker_is_the_mean_change() -> None:
    poses = np.stack([FIGURE] * 3)
    assert background_flicker(frames(90, 92, 96), poses, reach=12.0) == pytest.approx(3.0)


def test_a_figure_that_fills_the_frame_leaves_no_background_to_judge() -> None:
    poses = np.stack([FIGURE] * 2)
    assert math.isnan(background_flicker(frames(1, 2), poses, reach=500.0))


def flat(level: int) -> np.ndarray:
    return np.full((16, 16, 3), level, np.uint8)


def test_flicker_looks_at_the_background_only() -> None:
    background = np.zeros((16, 16), bool)
    background[:, :8] = True
    before, frame = flat(100), flat(100)
    frame[:, 8:] = 200
    assert flicker(frame, before, background) == 0.0
    frame[:, :8] = 104
    assert flicker(frame, before, background) == 4.0


def test_flicker_without_background_is_not_a_number() -> None:
    assert math.isnan(flicker(flat(1), flat(2), np.zeros((16, 16), bool)))
