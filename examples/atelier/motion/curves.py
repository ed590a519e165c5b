"""Keyframed curves: eased between keys, optionally carried on by a spring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..solid.arrays import Float

Keys = Sequence[tuple[float, float]]


def eased(keys: Keys, at: Float) -> Float:
    """Values at times `at`: cubic Hermite pieces that never swing past a key (Fritsch & Butland
    1984), still at the first and last key and at every turn."""
    t, v = np.array(keys, float).T
    if len(t) == 1:
        return np.full(len(at), v[0])
    h, slope = np.diff(t), np.diff(v) / np.diff(t)
    m = np.zeros(len(t))
    left, right = slope[:-1], slope[1:]
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = left * right > 0
    mean = (w1 + w2) * left * right / np.where(same, w1 * right + w2 * left, 1.0)
    m[1:-1] = np.where(same, mean, 0.0)
    k = np.clip(np.searchsorted(t, at, side="right") - 1, 0, len(h) - 1)
    u = np.clip((at - t[k]) / h[k], 0, 1)
    u2, u3 = u * u, u * u * u
    return np.asarray(
        v[k] * (2 * u3 - 3 * u2 + 1)
        + v[k + 1] * (3 * u2 - 2 * u3)
        + h[k] * (m[k] * (u3 - 2 * u2 + u) + m[k + 1] * (u3 - u2))
    )


def sprung(values: Float, rate: float, frequency: float, damping: float) -> Float:
    """The curve followed by a damped spring: it lags, overshoots and settles.

    rate: samples a second; frequency: Hz; damping: 1 never overshoots."""
    steps = 8
    dt = 1 / (rate * steps)
    omega = 2 * np.pi * frequency
    out = np.empty_like(values)
    x, speed = float(values[0]), 0.0
    previous = float(values[0])
    for i, goal in enumerate(values):
        for k in range(steps):
            target = previous + (float(goal) - previous) * (k + 1) / steps
            speed += dt * (omega * omega * (target - x) - 2 * damping * omega * speed)
            x += dt * speed
        previous = float(goal)
        out[i] = x
    return out


def hits(poses: Keys, before: float = 0.10, after: float = 0.20) -> Keys:
    """Keys that arrive a little ahead of each pose's time and hold it a while, drifting on."""
    keys = [poses[0]]
    for k, (time, value) in enumerate(poses[1:], 1):
        hold = 1.0 if k == len(poses) - 1 else after
        keys.append((time - before, value))
        keys.append((time + hold, value + 0.06 * (value - poses[k - 1][1])))
    return keys


def blinks(times: Float, at: Sequence[float], length: float) -> Float:
    """0..1: lids closed round each time in `at`; they close faster than they open."""
    closed = np.zeros_like(times)
    for middle in at:
        t = (times - middle) / length
        closed = np.maximum(closed, np.clip(np.minimum(1.25 + 2.6 * t, 1.25 - 1.5 * t), 0, 1))
    return closed


def follow(
    curves: dict[str, Float], rate: float, springs: Mapping[str, tuple[float, float]]
) -> None:
    """Let what hangs on the body lag and swing: part of a channel's name to frequency and
    damping; of several parts the last one counts."""
    for name, values in curves.items():
        for part, (frequency, damping) in springs.items():
            if part in name:
                curves[name] = sprung(values, rate, frequency, damping)


def sample(score: Mapping[str, Keys], at: Float) -> dict[str, Float]:
    """Every channel of a score at times `at`, in the keys' unit of time."""
    return {name: eased(keys, at) for name, keys in score.items()}


def frame(curves: Mapping[str, Float], k: int) -> dict[str, float]:
    return {name: float(values[k]) for name, values in curves.items()}
