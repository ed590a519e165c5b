"""When the driver turns the back, and the driver as somebody who is seen from behind.

A view from behind is cast like one from the front: its left arm is the one on the image's right.
So the driver's left and right are exchanged for it; a driver seen from behind then reads as one
seen from the front, and everything else is done alike for both views.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from understudy.performance.landmarks import SIDES_EXCHANGED, Float32
from understudy.performance.performance import Performance
from understudy.performance.retargeting.directions import wrap
from understudy.performance.retargeting.driver import figure_of_performance
from understudy.performance.retargeting.filters import gaussian, median_seconds, smoothstep
from understudy.performance.retargeting.order import cheapest_order

Float64 = NDArray[np.float64]

# What a change of view costs, in seconds of a driver seen plainly from one side: somebody who
# turns for less than twice that is not shown from behind.
_PRICE = 0.15
# How long the one view goes over into the other.
_CROSSING = 0.10


def exchanged(performance: Performance) -> Performance:
    """The performance with left and right exchanged, and without a face."""
    order = list(SIDES_EXCHANGED)
    nobody: Float32 = np.full_like(performance.face, np.nan)
    return replace(
        performance,
        body=np.ascontiguousarray(performance.body[:, order]),
        world=np.ascontiguousarray(performance.world[:, order]),
        left_hand=performance.right_hand,
        right_hand=performance.left_hand,
        face=nobody,
    )


def seen_from_behind(performance: Performance) -> NDArray[np.bool_]:
    """In which frames the driver is to be shown from behind: (T,).

    Decided over the whole clip, so that neither noise nor a short look over the shoulder changes
    the view; a face that is seen speaks against it.
    """
    if len(performance) < 2:
        return np.zeros(len(performance), np.bool_)
    seconds = median_seconds(performance.times)
    driver = figure_of_performance(performance)
    away = -np.cos(wrap(driver.yaw))
    shown: Float64 = np.asarray(np.isfinite(performance.face).all(axis=(1, 2)), np.float64)
    face = gaussian(shown, 0.08 / seconds)
    evidence = np.tanh(2.0 * away) - 0.8 * face * smoothstep(0.9, 0.2, away)
    return cheapest_order(evidence, np.full(len(performance), _PRICE / seconds))


def crossing(behind: NDArray[np.bool_], times: Float64) -> Float64:
    """How much of each frame is the view from behind: (T,) in 0..1, a short ramp at each change."""
    width = _CROSSING / 2 / median_seconds(times)
    share = gaussian(behind.astype(np.float64), width)
    return np.where(share < 0.02, 0.0, np.where(share > 0.98, 1.0, share))
