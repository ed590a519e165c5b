"""The animation of a driver's performance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import interpolate_gaps, median_seconds
from understudy.tracking.formats.animation.body import middle
from understudy.tracking.formats.animation.feet import planted, standing_feet
from understudy.tracking.formats.animation.hierarchy import (
    TO_ANIMATION,
    Animation,
    local_rotations,
)
from understudy.tracking.formats.animation.place import placed
from understudy.tracking.formats.animation.solve import solve
from understudy.tracking.performance import Performance


def animation_of(performance: Performance) -> Animation:
    """The driver as a hierarchy in metres: the floor at y = 0, the hips above the origin at first.

    Raises ValueError where the driver is never seen.
    """
    points = driver_points(performance)
    seconds = median_seconds(performance.times)
    place = placed(performance, seconds)
    solved = solve(points, seconds)
    standing = standing_feet(performance, place.scale, seconds)
    held = planted(solved, place.hips, standing, seconds)
    return Animation(
        hierarchy=solved.hierarchy,
        times=performance.times,
        root=held.hips,
        rotations=local_rotations(solved.hierarchy, held.turned),
    )


def driver_points(performance: Performance) -> NDArray[np.float64]:
    """The driver's landmarks (T, 33, 3), metres from between the hips, y up, z near, no gaps."""
    world = performance.world.astype(np.float64) * TO_ANIMATION
    seen = np.isfinite(world).all(axis=(1, 2))
    if not seen.any():
        raise ValueError("the driver is never seen")
    points = interpolate_gaps(world, seen)
    return np.asarray(points - middle(points, "HIP")[:, None])
