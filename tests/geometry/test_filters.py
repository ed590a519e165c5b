"""Filters over time."""

from __future__ import annotations

import numpy as np

from understudy.geometry.filters import interpolate_gaps, smoothstep, stretches, weighted_gaussian


def test_smoothstep_runs_both_ways() -> None:
    assert smoothstep(0, 2, [-1.0, 1.0, 3.0]).tolist() == [0.0, 0.5, 1.0]
    assert smoothstep(2, 0, [-1.0, 1.0, 3.0]).tolist() == [1.0, 0.5, 0.0]


def test_gaps_are_filled_along_straight_lines() -> None:
    signal = np.array([[0.0], [np.nan], [2.0], [np.nan]])
    good = np.array([True, False, True, False])
    assert interpolate_gaps(signal, good).ravel().tolist() == [0.0, 1.0, 2.0, 2.0]


def test_untrusted_frames_do_not_count_in_a_mean() -> None:
    signal = np.array([1.0] * 10 + [100.0] + [1.0] * 10)
    weight = np.ones(21)
    weight[10] = 0.0
    assert weighted_gaussian(signal, weight, 2.0).max() < 1.01


def test_stretches_begin_and_end_with_the_flags_also_at_the_edges() -> None:
    flags = np.array([True, False, True, True, False, True])
    assert stretches(flags) == [(0, 1), (2, 4), (5, 6)]
    assert stretches(np.zeros(3, np.bool_)) == []
