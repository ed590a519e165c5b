"""Matching colours at a seam."""

from __future__ import annotations

import numpy as np

from understudy.engines.wan.colour import difference, matching, mean_colour


def noise() -> np.ndarray:
    return np.random.default_rng(0).uniform(0.3, 0.6, (40, 30, 3)).astype(np.float32)


def test_a_tint_is_taken_back() -> None:
    wanted = noise()
    tinted = np.clip(wanted * [0.95, 1.0, 1.06] + 0.01, 0, 1).astype(np.float32)
    matched = matching(tinted, wanted).applied(tinted)
    assert difference(matched, wanted) < 0.3 * difference(tinted, wanted)


def test_the_same_picture_stays() -> None:
    assert difference(matching(noise(), noise()).applied(noise()), noise()) < 0.1


def test_what_is_another_picture_is_not_forced() -> None:
    black = np.zeros((40, 30, 3), np.float32)
    white = np.ones((40, 30, 3), np.float32)
    matched = matching(black, white).applied(black)
    assert mean_colour(matched)[0] < 15
