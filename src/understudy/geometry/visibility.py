"""How far a landmark is believed by where it lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import smoothstep
from understudy.geometry.landmarks import Body

OUTSIDE = 0.03
"""Share of an image's longer side: a joint that lies this far outside of it counts as not seen."""

HIPS_INSIDE = 0.1
"""Torsos from an image's edge: hips nearer to it are guessed, however sure the tracker is of them.
It puts the hips of a person who is cut at the waist, or sits behind a desk, on the edge itself."""

_SHOULDERS = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]
_HIPS = [Body.LEFT_HIP, Body.RIGHT_HIP]


def share_inside(
    places: NDArray[np.float32] | NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """How far places (..., 2) are believed that may lie outside an image of that (width, height).

    (...,): 1 inside, 0 far outside, where a place is the tracker's guess, however sure it is of it.
    """
    over = np.maximum(-places, places - np.array(size)).max(axis=-1)
    return smoothstep(OUTSIDE * max(size), 0.0, np.nan_to_num(over))


def hips_inside(points: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether the hips lie well inside an image of that (width, height): (...,).

    points: (..., 33 or more, 2) landmarks of bodies, in its pixels.
    """
    hips = points[..., _HIPS, :].mean(axis=-2)
    torso = np.linalg.norm(points[..., _SHOULDERS, :].mean(axis=-2) - hips, axis=-1)
    room = np.minimum(hips, np.array(size) - hips).min(axis=-1)
    return np.asarray(np.nan_to_num(room) > HIPS_INSIDE * np.nan_to_num(torso))
