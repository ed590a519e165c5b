"""Decisions that change where it costs least."""

from __future__ import annotations

import numpy as np

from understudy.geometry.viterbi import cheapest_switch


def test_the_order_changes_where_it_is_not_seen_to() -> None:
    evidence = np.array([-1.0] * 10 + [1.0] * 10)
    price = np.full(20, 50.0)
    price[12] = 0.5
    path = cheapest_switch(evidence, price)
    assert path.tolist() == [False] * 12 + [True] * 8


def test_a_short_doubt_does_not_change_the_order() -> None:
    evidence = np.array([-1.0] * 10 + [0.8] * 2 + [-1.0] * 10)
    assert not cheapest_switch(evidence, np.full(22, 3.0)).any()
