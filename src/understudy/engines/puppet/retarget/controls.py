"""How much of the driver's motion a figure takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import MotionControls
from understudy.engines.puppet.retarget.driver import Part
from understudy.geometry.filters import (
    gaussian,
    gaussian_onwards,
    median_seconds,
    weighted_gaussian,
)
from understudy.geometry.landmarks import Float32
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

AS_DRIVEN = MotionControls()


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Bounds of what is made larger or left out.

    turn: radians by which a bone turns from the picture's direction at most. travel: seconds
    (sigma); what takes longer is the way that the driver goes, the rest is the weight that shifts.
    room: share of the canvas's width by which a figure that fills it may still go to either side.
    values_at_once: that are averaged together, so that a long clip takes little memory.
    """

    turn: float = 3.0
    travel: float = 0.5
    room: float = 0.1
    values_at_once: int = 1 << 22


_NUMBERS = _Numbers()


def smoothed(performance: Performance, seconds: float) -> Performance:
    """A performance averaged over time (Gaussian of that sigma); what is not seen stays unseen."""
    if seconds <= 0 or len(performance) < 3:
        return performance
    sigma = seconds / median_seconds(performance.times)
    return replace(
        performance,
        body=_averaged(performance.body, sigma),
        world=_averaged(performance.world, sigma),
        left_hand=_averaged(performance.left_hand, sigma),
        right_hand=_averaged(performance.right_hand, sigma),
        face=_averaged(performance.face, sigma),
    )


def _averaged(track: Float32, sigma: float) -> Float32:
    flat = track.reshape(len(track), -1)
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(flat).all(axis=1))
    if not seen.any():
        return track
    weight: Float64 = np.asarray(seen, np.float64)
    mean = flat.copy()
    step = max(1, _NUMBERS.values_at_once // len(flat))
    for first in range(0, flat.shape[1], step):
        some = slice(first, first + step)
        filled = np.where(seen[:, None], np.nan_to_num(flat[:, some].astype(np.float64)), 0.0)
        mean[seen, some] = weighted_gaussian(filled, weight, sigma)[seen]
    return mean.reshape(track.shape)


def of_strength(
    vectors: dict[Part, Float64], rest: dict[Part, Float64], strength: float
) -> dict[Part, Float64]:
    """Directions (T, 2) that leave the picture's, `rest` (1, 2), by `strength` times as much.

    Angles are followed over time, so that a bone which passes the opposite of its rest does not
    jump to the other side.
    """
    if strength == 1.0:
        return vectors
    return {part: _scaled(vector, rest[part][0], strength) for part, vector in vectors.items()}


def _scaled(vector: Float64, rest: Float64, strength: float) -> Float64:
    angle = np.unwrap(np.arctan2(vector[:, 1], vector[:, 0]))
    start = np.arctan2(rest[1], rest[0])
    # The turn that is nearest to none for most of the time.
    turn = angle - start
    turn = turn - 2 * np.pi * np.round(np.median(turn) / (2 * np.pi))
    turn = np.clip(strength * turn, -_NUMBERS.turn, _NUMBERS.turn)
    length = np.hypot(*vector.T)
    still = float(np.hypot(*rest))
    long = np.clip(still + strength * (length - still), 0.0, length.max())
    way = np.stack([np.cos(start + turn), np.sin(start + turn)], axis=1)
    return np.asarray(long[:, None] * way)


def without_travel(root: Float64, times: Float64) -> Float64:
    """Where a figure is (T, 2) without the way that it goes to the side: its weight still shifts,
    and its feet stay on the ground."""
    staying = root.copy()
    staying[:, 0] -= gaussian(root[:, 0], _NUMBERS.travel / median_seconds(times))
    return staying


def within_width(root: Float64, times: Float64, joints: Float64, width: int) -> Float64:
    """Where a figure is (T, 2) whose way to the side is made shorter so that it stays on a canvas.

    joints: (N,), the columns of its joints at rest.
    """
    way = gaussian_onwards(root[:, 0], _NUMBERS.travel / median_seconds(times))
    least = _NUMBERS.room * width
    left = max(least, float(joints.min()))
    right = max(least, width - float(joints.max()))
    share = min(1.0, left / max(1.0, -float(way.min())), right / max(1.0, float(way.max())))
    kept = root.copy()
    kept[:, 0] -= (1.0 - share) * way
    return kept
