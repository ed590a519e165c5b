"""Where the driver is in space: the path of the hips, from the image.

The camera stands still and its lens is not known, so a usual one is assumed. How large the driver's
lengths appear against their metres tells the distance; that is noisy, hence smoothed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import interpolate_gaps, weighted_gaussian
from understudy.geometry.landmarks import Body
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

_SCALED_BY = [
    Body[f"{side}_{joint}"]
    for side in ("LEFT", "RIGHT")
    for joint in ("SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE")
]


@dataclass(frozen=True, slots=True)
class PlacingNumbers:
    """The camera that is assumed, and how far the image is trusted."""

    focal: float = 1.0
    """Focal length in longer sides of the frame: about a 35 mm lens on a full-frame camera."""
    scale_seconds: float = 0.4
    """Over which the scale is smoothed (sigma)."""
    least_visibility: float = 0.4
    """Of a landmark that tells the scale."""
    unknown: float = 500.0
    """Pixels per metre where no frame tells."""
    least_joints: int = 3
    """That must be seen for a frame to tell it."""


NUMBERS = PlacingNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The path (T, 3) of the hips, metres, and the scale (T,), pixels per metre."""

    hips: Float64
    scale: Float64


def placed(performance: Performance, seconds: float) -> Placed:
    """The path of the hips: x to the image's right, y up, z towards the camera.

    seconds: between frames.
    """
    body = performance.body.astype(np.float64)
    scale = _scale(body, performance.world.astype(np.float64), seconds)
    hips = body[:, [Body.LEFT_HIP, Body.RIGHT_HIP], :2].mean(axis=1)
    hips = interpolate_gaps(hips, np.isfinite(hips).all(axis=1))
    centre = np.array(performance.size) / 2
    level = (hips - centre) / scale[:, None] * (1, -1)
    away = NUMBERS.focal * max(performance.size) / scale
    return Placed(np.column_stack([level, -away]), scale)


def _scale(body: Float64, world: Float64, seconds: float) -> Float64:
    """Pixels per metre: least squares of places in the image on those in the world, (T,)."""
    image, space = body[:, _SCALED_BY, :2], world[:, _SCALED_BY, :2]
    seen = (body[:, _SCALED_BY, 3] > NUMBERS.least_visibility) & np.isfinite(image[..., 0])
    weight = seen[..., None].astype(np.float64)
    count = np.maximum(weight.sum(axis=1, keepdims=True), 1)
    image, space = np.nan_to_num(image) * weight, np.nan_to_num(space) * weight
    image = (image - image.sum(axis=1, keepdims=True) / count) * weight
    space = (space - space.sum(axis=1, keepdims=True) / count) * weight
    size = (space**2).sum(axis=(1, 2))
    usable = (seen.sum(axis=1) >= NUMBERS.least_joints) & (size > 0)
    scale = (image * space).sum(axis=(1, 2)) / np.where(usable, size, 1.0)
    usable &= scale > 0
    typical = np.median(scale[usable]) if usable.any() else NUMBERS.unknown
    filled = np.where(usable, scale, typical)
    # What spans more of the body tells more.
    return weighted_gaussian(filled, np.where(usable, size, 0.0), NUMBERS.scale_seconds / seconds)
