"""The performance: a driver's motion as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """What the driver does, frame by frame, in the clip's pixels.

    times: (T,) float64, seconds from the start of the clip, rising.
    body: (T, 33, 4) float32: x, y in clip pixels (after the clip's rotation), z on the same scale,
        visibility in 0..1; NaN where the driver was not seen.
    world: (T, 33, 3) float32, metres, origin between the hips, y down, towards the camera negative.
    left_hand, right_hand: (T, 21, 3) float32 clip pixels, NaN where not seen.
    face: (T, 468, 3) float32 clip pixels, NaN where not seen.
    size: (width, height) of the clip in pixels.
    """

    times: NDArray[np.float64]
    body: Float32
    world: Float32
    left_hand: Float32
    right_hand: Float32
    face: Float32
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.times)
