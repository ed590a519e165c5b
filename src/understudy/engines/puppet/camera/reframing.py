"""Reframing: the figure kept inside the frame by small changes that look like a camera's.

Zooming out about the ground point keeps the feet where they stand, so the scene does not swim.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from understudy.engines.puppet.render.rasterizer import bounds
from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.rig import Rig, RiggedLayer
from understudy.engines.puppet.rig.skinning import skin
from understudy.geometry.filters import median_seconds

Float64 = NDArray[np.float64]

# Room kept between the figure and the frame's upper and lower edge, as a share of its height.
MARGIN = 0.02
SMALLEST = 0.72
# Of a figure's width this share stays in the frame when it walks to the side.
KEPT_WIDTH = 0.9
# Of what the picture shows of a figure without legs this share stays when the driver crouches.
KEPT_HEIGHT = 0.75


def reframe(motion: Motion, rig: Rig, size: tuple[int, int], *, head_cut: bool) -> Float64:
    """Affine maps (T, 2, 3) of the canvas, one a frame, that keep the figure in view.

    Head and feet stay inside the frame, unless the picture cuts them; a figure that the picture's
    lower edge cuts is not lifted off that edge, nor does it sink below it; one that walks out at
    the side is held back there.
    """
    width, height = size
    seconds = median_seconds(motion.times)
    body = rig.body
    solid = np.flatnonzero(_is_solid(body))
    at_rest = np.ascontiguousarray(body.vertices[solid])
    rest_left, rest_right = float(at_rest[:, 0].min()), float(at_rest[:, 0].max())
    rest_top, rest_bottom = float(at_rest[:, 1].min()), float(at_rest[:, 1].max())

    cut = at_rest[:, 1] > rest_bottom - 1.0
    left, top, right, bottom, border = _extents(
        at_rest, body.bones[solid], body.weights[solid], motion, cut
    ).T

    keep = KEPT_WIDTH * (rest_right - rest_left)
    sideways = _held(np.maximum(0.0, min(keep, rest_right) - right), seconds)
    sideways -= _held(np.maximum(0.0, left - max(width - keep, rest_left)), seconds)

    if motion.legs_move:
        ground_y = float(motion.ground[1])
        lowest = max(rest_bottom, (1.0 - MARGIN) * height)
        lift = -_held(np.maximum(0.0, bottom - lowest), seconds)
    else:
        ground_y = float(height)
        lift = np.zeros(len(motion))
        if rest_bottom >= height - 1.0:
            lift = _held(np.maximum(0.0, height + 1.0 - border), seconds)
        # Drawn in as it sinks and not ahead of it, which would show where the picture ends.
        sunk = np.maximum(0.0, top - rest_top)
        bound = (1.0 - KEPT_HEIGHT) * (height - max(rest_top, 0.0))
        lift = lift + bound * np.tanh(sunk / bound) - sunk

    zoom = np.ones(len(motion))
    if head_cut:
        # The cut must not come into view: the figure is pushed up to the edge again.
        lift = lift - _held(np.maximum(0.0, top + lift), seconds)
    else:
        margin = min(MARGIN * height, max(rest_top, 0.0))
        need = (ground_y - margin) / np.maximum(1.0, ground_y - (top + lift))
        zoom = -_held(-np.minimum(1.0, need), seconds)
        zoom = np.clip(zoom, SMALLEST, 1.0)
    maps = np.zeros((len(motion), 2, 3))
    maps[:, 0, 0] = maps[:, 1, 1] = zoom
    centre = float(motion.ground[0]) + motion.root[:, 0].astype(np.float64) + sideways
    maps[:, 0, 2] = centre * (1.0 - zoom) + zoom * sideways
    maps[:, 1, 2] = ground_y * (1.0 - zoom) + zoom * lift
    return maps


def _is_solid(layer: RiggedLayer) -> NDArray[np.bool_]:
    """Which vertices lie on the figure and not on the mesh's empty rim: (V,)."""
    height, width = layer.texture.shape
    x = np.clip(np.rint(layer.uv[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(layer.uv[:, 1]).astype(int), 0, height - 1)
    return np.asarray((layer.texture[y, x] >> np.uint64(48)) > 127)


def _held(need: Float64, seconds: float) -> Float64:
    """A smooth path that is nowhere below `need` (T,) by more than smoothing takes."""
    if np.ptp(need) == 0:
        return need
    reach = 2 * round(0.5 / seconds) + 1
    high = maximum_filter1d(need, reach, mode="nearest")
    return np.asarray(gaussian_filter1d(high, 0.25 / seconds, mode="nearest"))


def _extents(
    points: Float64,
    bones: NDArray[np.int32],
    weights: Float64,
    motion: Motion,
    cut: NDArray[np.bool_],
) -> Float64:
    """Left, top, right and bottom of points (V, 2) in every frame, and the top of those that are
    `cut` (V,): (T, 5)."""
    extents = np.empty((len(motion), 5))
    posed = np.empty_like(points)
    for t, maps in enumerate(motion.bones):
        skin(points, bones, weights, maps.astype(np.float64), posed)
        extents[t, :4] = bounds(posed)
        extents[t, 4] = posed[cut, 1].min()
    return extents
