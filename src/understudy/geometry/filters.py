"""Filters over time, all along the first axis."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float64 = NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)


def smoothstep(low: float | Float64, high: float | Float64, value: ArrayLike) -> Float64:
    """0 below `low`, 1 above `high`, a cubic with level ends between (`low` may exceed `high`)."""
    t = np.clip((np.asarray(value, np.float64) - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def gaussian(signal: Float64, sigma: float) -> Float64:
    """Gaussian smoothing along the first axis; `sigma` in frames, the ends held."""
    if len(signal) < 2 or sigma <= 0:
        return signal.copy()
    # Not before it is needed: it takes a fifth of a second to load, and trackers start without it.
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(signal, sigma, axis=0, mode="nearest"))


def gaussian_onwards(path: Float64, sigma: float) -> Float64:
    """Gaussian smoothing of a path (T, ...) that goes on beyond its ends as it came, so that it is
    not held back there; `sigma` in frames."""
    margin = min(len(path) - 1, int(4 * sigma) + 1)
    if margin < 1 or sigma <= 0:
        return path.copy()
    ends = ((margin, margin), *((0, 0),) * (path.ndim - 1))
    padded = np.pad(path, ends, mode="reflect", reflect_type="odd")
    return gaussian(padded, sigma)[margin : margin + len(path)]


def weighted_gaussian(signal: Float64, weight: Float64, sigma: float) -> Float64:
    """Normalised convolution: Gaussian smoothing that trusts frame t as far as `weight[t]`.

    signal: (T, ...), weight: (T,) or a shape that broadcasts over `signal` from the left, >= 0.
    Where no frame near enough has weight, the result tends to the average over all frames.
    """
    weight = weight.reshape(weight.shape + (1,) * (signal.ndim - weight.ndim)) + 1e-6
    shape = np.broadcast_to(weight, signal.shape)
    return np.asarray(gaussian(signal * shape, sigma) / gaussian(shape, sigma))


def interpolate_gaps(signal: NDArray[Real], good: NDArray[np.bool_]) -> NDArray[Real]:
    """Linear interpolation over the frames that are not `good`; the ends are held.

    signal: (T, ...); good: (T,). All zeros when nothing is good.
    """
    if good.all():
        return signal.copy()
    if not good.any():
        return np.zeros_like(signal)
    frames = np.arange(len(signal))
    flat = signal.reshape(len(signal), -1).copy()
    for column in flat.T:
        column[:] = np.interp(frames, frames[good], column[good])
    return flat.reshape(signal.shape)


def stretches(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where flags (T,) are set in a row: the first index of each stretch, and the one after it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def median_seconds(times: NDArray[np.float64]) -> float:
    """The frame interval, the median of the differences; 1/25 s for a single frame."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.04
