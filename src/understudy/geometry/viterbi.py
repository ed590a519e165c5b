"""Paths of least cost through a few states over time.

Viterbi, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm"
(IEEE Transactions on Information Theory, 1967). A decision that may not flicker is such a path:
each frame says what every state costs, and a change of state has a price.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def cheapest_path(cost: Float64, price: Float64) -> NDArray[np.int64]:
    """The states (T,) of the cheapest path. Of two equally cheap ones the path stays where it is.

    cost: (T, S) of each state in each frame; infinite for a state that is not allowed.
    price: of a change from one state to another between frames t - 1 and t; broadcasts to
        (T, S, S).
    """
    frames, states = cost.shape
    price = np.broadcast_to(price, (frames, states, states))
    every = np.arange(states)
    total, came_from = cost[0], np.zeros((frames, states), np.int64)
    for t in range(1, frames):
        ways = total[:, None] + price[t]
        ways[every, every] = total
        best = ways.argmin(axis=0)
        came_from[t] = np.where(ways[best, every] < total, best, every)
        total = ways.min(axis=0) + cost[t]
    path = np.zeros(frames, np.int64)
    state = int(total.argmin())
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state = int(came_from[t, state])
    return path


def cheapest_switch(evidence: Float64, price: Float64) -> NDArray[np.bool_]:
    """The cheapest path of a yes-or-no decision: (T,).

    evidence: (T,), what False costs in each frame; what True costs where it is negative.
    price: (T,) of a change between frames t - 1 and t.
    """
    cost = np.stack([np.maximum(evidence, 0.0), np.maximum(-evidence, 0.0)], axis=1)
    return cheapest_path(cost, price[:, None, None]).astype(np.bool_)
