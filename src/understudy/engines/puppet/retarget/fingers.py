"""The fingers of the driver in the hand's own frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian, interpolate_gaps, smoothstep
from understudy.geometry.hand_landmarks import FINGERS, KNUCKLES, WRIST
from understudy.geometry.landmarks import Float32

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FingerNumbers:
    """How hands are read. Times are sigmas of a smoothing, in seconds.

    edge_on: spread, in lengths of the hand, within which a hand is about edge-on.
    least_frames: with fewer frames of a hand nothing is read.
    side_seconds, finger_seconds: of the thumb's side and of the fingers.
    near_seconds, near: over which, and at which share of it, a hand counts as seen nearby.
    """

    edge_on: float = 0.15
    least_frames: int = 3
    side_seconds: float = 0.08
    finger_seconds: float = 0.05
    near_seconds: float = 0.2
    near: tuple[float, float] = (0.1, 0.3)


NUMBERS = FingerNumbers()


def hand_axes(hand: NDArray[np.floating]) -> tuple[Float64, Float64, Float64]:
    """Axes (..., 2, 2), one per row, length (...,) and spread (...,) of hands (..., 21, 2 or 3).

    The first axis runs from the wrist to the middle of the knuckles, the second a quarter turn
    clockwise on the screen from it. The spread is how far the index finger's knuckle lies from the
    little finger's along the second axis, in lengths: its sign says which way the thumb is.
    """
    flat = np.asarray(hand, np.float64)[..., :2]
    along = flat[..., KNUCKLES, :].mean(axis=-2) - flat[..., WRIST, :]
    length = np.sqrt((along**2).sum(axis=-1))
    unit = along / (length[..., None] + 1e-9)
    side = np.stack([-unit[..., 1], unit[..., 0]], axis=-1)
    across = flat[..., KNUCKLES[0], :] - flat[..., KNUCKLES[-1], :]
    spread = (across * side).sum(axis=-1) / (length + 1e-9)
    return np.stack([unit, side], axis=-2), length, spread


def thumb_side(spread: NDArray[np.floating] | float) -> Float64:
    """On which side of its first axis a hand has its thumb: -1..1, passing 0 seen edge-on."""
    return np.asarray(np.tanh(np.asarray(spread, np.float64) / NUMBERS.edge_on))


def finger_vectors(hand: NDArray[np.floating], thumb: Float64) -> Float64:
    """The phalanges (..., 5, 3, 2) of hands (..., 21, 2 or 3), in lengths of the hand.

    x along the hand's first axis, y to the side of the thumb. thumb: (...,), see `thumb_side`.
    """
    flat = np.asarray(hand, np.float64)[..., :2]
    axes, length, _ = hand_axes(flat)
    vectors = np.einsum("...ij,...fpj->...fpi", axes, np.diff(flat[..., FINGERS, :], axis=-2))
    vectors = vectors / (length[..., None, None, None] + 1e-9)
    vectors[..., 1] *= np.asarray(thumb)[..., None, None]
    return np.asarray(vectors)


def read_hand(hand: Float32, seconds: float) -> Float64:
    """The fingers of one hand over time: (T, 5, 3, 2), NaN where it was long unseen.

    hand: (T, 21, 3) clip pixels, NaN where not seen; gaps up to a third of a second are bridged.
    """
    seen = np.asarray(np.isfinite(hand).all(axis=(1, 2)))
    if seen.sum() < NUMBERS.least_frames:
        return np.full((len(hand), len(FINGERS), 3, 2), np.nan)
    filled = interpolate_gaps(np.asarray(hand, np.float64), seen)
    spread = gaussian(hand_axes(filled)[2], NUMBERS.side_seconds / seconds)
    vectors = gaussian(finger_vectors(filled, thumb_side(spread)), NUMBERS.finger_seconds / seconds)
    near = gaussian(seen.astype(np.float64), NUMBERS.near_seconds / seconds)
    vectors[smoothstep(*NUMBERS.near, near) <= 0.0] = np.nan
    return vectors
