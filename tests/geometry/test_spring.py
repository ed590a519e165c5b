"""What hangs on a spring trails behind."""

from __future__ import annotations

import numpy as np

from understudy.geometry.spring import Spring, held_within, lag

_SPRING = Spring(rate=1.5, damping=0.4)


def test_what_stands_still_hangs_still() -> None:
    assert np.abs(lag(np.full((20, 2), 7.0), 0.04, _SPRING)).max() == 0


def test_it_trails_behind_a_step_and_comes_to_rest() -> None:
    path = np.zeros((120, 2))
    path[20:30, 0] = np.linspace(0, 30, 10)
    path[30:, 0] = 30
    lags = lag(path, 0.04, _SPRING)[:, 0]
    assert lags[18:28].min() < -2
    assert lags[28:].max() > 1
    assert abs(lags[-1]) < 0.05


def test_offsets_are_shortened_and_keep_their_direction() -> None:
    held = held_within(np.array([[300.0, 400.0], [0.03, 0.04]]), 10.0)
    np.testing.assert_allclose(held[0], [6.0, 8.0], atol=1e-3)
    np.testing.assert_allclose(held[1], [0.03, 0.04], atol=1e-3)
