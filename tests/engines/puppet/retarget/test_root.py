"""The place of the figure and its planted feet."""

from __future__ import annotations

import numpy as np

from understudy.engines.puppet.retarget.root import locked_feet, solve_root


def test_the_root_follows_what_is_wanted_of_it() -> None:
    wanted = np.stack([np.linspace(0, 30, 31), np.zeros(31)], axis=1)[:, None]
    root = solve_root(
        wanted, np.ones((31, 1)), np.zeros((31, 2, 2)), np.zeros((31, 2)), wanted[:, 0]
    )
    np.testing.assert_allclose(root, wanted[:, 0], atol=1e-4)


def test_a_planted_foot_is_locked_and_a_free_one_is_not() -> None:
    feet = np.zeros((20, 2, 2))
    feet[:, 0, 0] = np.linspace(0, 2, 20)
    feet[:, 1, 0] = np.linspace(0, 2, 20)
    planted = np.zeros((20, 2))
    planted[:, 0] = 1.0
    locked = feet + locked_feet(feet, planted, 100.0)
    assert np.ptp(locked[:, 0, 0]) < 1e-9
    np.testing.assert_array_equal(locked[:, 1], feet[:, 1])
