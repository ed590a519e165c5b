"""A damped spring that hangs on something that moves: how cloth trails behind and swings after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spring:
    """rate: swings a second. damping: how soon they die away; 1 is without a swing. calm: seconds
    (sigma) over which the path is smoothed first."""

    rate: float
    damping: float
    calm: float = 0.05


_LEAST_FRAMES = 4  # in fewer nothing swings
_LONGEST_STEP = 0.01  # seconds of the spring's integration


def lag(path: Float64, seconds: float, spring: Spring) -> Float64:
    """How far what hangs on a path (T, 2) lags behind it, (T, 2). seconds: a frame's."""
    if len(path) < _LEAST_FRAMES:
        return np.zeros_like(path)
    calm = gaussian(path, spring.calm / seconds)
    push = -np.gradient(np.gradient(calm, seconds, axis=0), seconds, axis=0)
    steps = max(1, int(np.ceil(seconds / _LONGEST_STEP)))
    step = seconds / steps
    omega = 2.0 * np.pi * spring.rate
    place, speed = np.zeros(2), np.zeros(2)
    lags = np.empty_like(path)
    for t, force in enumerate(push):
        for _ in range(steps):
            brake = 2.0 * spring.damping * omega * speed
            speed = speed + step * (force - omega**2 * place - brake)
            place = place + step * speed
        lags[t] = place
    return lags


def held_within(offsets: Float64, farthest: float) -> Float64:
    """Offsets (T, 2) shortened smoothly so that none is longer than `farthest`."""
    length = np.sqrt((offsets**2).sum(axis=1, keepdims=True)) + 1e-9
    return np.asarray(offsets / length * farthest * np.tanh(length / farthest))
