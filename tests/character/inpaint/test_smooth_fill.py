"""A hole without texture is spanned softly; what goes on at both sides goes on."""

from __future__ import annotations

import numpy as np

from understudy.character.inpaint.smooth_fill import fill_softly

UNIT = 60.0


def _hole() -> np.ndarray:
    hole = np.zeros((200, 240), bool)
    hole[40:180, 90:150] = True
    return hole


def test_a_horizon_goes_on_as_a_line() -> None:
    picture = np.full((200, 240, 3), 0.8, np.float32)
    picture[100:] = 0.3
    hole = _hole()
    found = fill_softly(np.where(hole[..., None], np.float32(0), picture), hole, UNIT)
    assert np.abs(found - picture).mean() < 0.01
    assert found[97, 120].mean() > 0.7
    assert found[103, 120].mean() < 0.4


def test_rows_that_differ_are_no_streaks() -> None:
    rng = np.random.default_rng(1)
    picture = np.full((200, 240, 3), 0.5, np.float32)
    picture[:, :90] += np.repeat(rng.uniform(-0.3, 0.3, 25), 8)[:, None, None].astype(np.float32)
    hole = _hole()
    found = fill_softly(np.where(hole[..., None], np.float32(0), picture), hole, UNIT)
    assert found[60:160, 120].std() < 0.2 * picture[60:160, 40].std()


def test_grain_is_as_strong_as_near_by() -> None:
    rng = np.random.default_rng(2)
    picture = np.full((200, 240, 3), 0.5, np.float32)
    picture[:100] += rng.normal(0, 0.015, (100, 240, 1)).astype(np.float32)
    hole = _hole()
    found = fill_softly(np.where(hole[..., None], np.float32(0), picture), hole, UNIT)
    upper, lower = found[50:85, 95:145], found[150:176, 95:145]
    assert upper.std() > 0.006
    assert lower.std() < 0.6 * upper.std()


def test_what_is_outside_stays() -> None:
    picture = np.random.default_rng(3).uniform(0, 1, (200, 240, 3)).astype(np.float32)
    hole = _hole()
    assert np.abs(fill_softly(picture, hole, UNIT) - picture)[~hole].max() < 0.03


def test_rows_that_reach_the_pictures_border_are_no_bands() -> None:
    """Of such rows nothing is known to go on, so that they are spanned as their neighbours are."""
    picture = np.full((200, 240, 3), 0.3, np.float32)
    picture[:, :90] = 0.7
    hole = _hole()
    hole[100:120, 90:] = True
    found = fill_softly(np.where(hole[..., None], np.float32(0), picture), hole, UNIT)
    assert abs(found[110, 120].mean() - found[80, 120].mean()) < 0.12
