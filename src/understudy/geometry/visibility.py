"""How far a landmark is believed by where it lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import smoothstep

OUTSIDE = 0.03
"""Share of an image's longer side: a joint that lies this far outside of it counts as not seen."""


def share_inside(
    places: NDArray[np.float32] | NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """How far places (..., 2) are believed that may lie outside an image of that (width, height).

    (...,): 1 inside, 0 far outside, where a place is the tracker's guess, however sure it is of it.
    """
    over = np.maximum(-places, places - np.array(size)).max(axis=-1)
    return smoothstep(OUTSIDE * max(size), 0.0, np.nan_to_num(over))
