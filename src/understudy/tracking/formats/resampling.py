"""A performance at other times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.tracking.performance import Performance

_SAME = 1e-3
"""Of a frame: a time this near to a frame's takes the frame as it is."""


def resampled(performance: Performance, times: NDArray[np.float64]) -> Performance:
    """The performance at other times, by linear interpolation; the ends are held.

    What one of two neighbouring frames does not show is not shown between them either.
    """
    own = performance.times
    place = np.interp(times, own, np.arange(len(own)))
    nearest = np.rint(place)
    place = np.where(np.abs(place - nearest) < _SAME, nearest, place)
    before = np.minimum(place.astype(np.int64), len(own) - 1)
    after = np.minimum(before + 1, len(own) - 1)
    share = place - before

    def at(values: Float32) -> Float32:
        weight = share.reshape(-1, *([1] * (values.ndim - 1)))
        mixed = values[before] * (1 - weight) + values[after] * weight
        return np.where(weight == 0, values[before], mixed).astype(np.float32)

    return Performance(
        times=np.asarray(times, np.float64),
        body=at(performance.body),
        world=at(performance.world),
        left_hand=at(performance.left_hand),
        right_hand=at(performance.right_hand),
        face=at(performance.face),
        size=performance.size,
    )
