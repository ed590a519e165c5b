"""Reframing: the figure kept inside the frame by small changes that look like a camera's.

Zooming out about the ground point keeps the feet where they stand, so the scene does not swim.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from understudy.engines.puppet.render.rasterizer import bounds
from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.rig import Rig, RiggedLayer
from understudy.engines.puppet.rig.skinning import skin
from understudy.geometry.filters import median_seconds
from understudy.geometry.skeleton import ARMS, Bone

Float64 = NDArray[np.float64]

# Room kept between the figure and the frame's upper and lower edge, as a share of its height.
MARGIN = 0.02
SMALLEST = 0.72
# The farthest that the frame draws back for a raised hand alone.
SMALLEST_FOR_HANDS = 0.85
# How far fingers reach past the wrist, in distances from it to the knuckles.
FINGERS = 1.9
# Of a figure's width this share stays in the frame when it walks to the side.
KEPT_WIDTH = 0.9
# Of what the picture shows of a figure without legs this share stays when the driver crouches.
KEPT_HEIGHT = 0.75
# Pixels: a mesh that reaches so far past a side of the picture continues what the side cuts.
BEYOND = 16.0
# Of the frame's width, how much of what was continued beyond a side may come into view.
SHOWN_BEYOND = 0.06
# How far past the frame's lower edge a figure's end is kept, pixels.
CUT_MARGIN = 2.0


def reframe(motion: Motion, rig: Rig, size: tuple[int, int], *, head_cut: bool) -> Float64:
    """Affine maps (T, 2, 3) of the canvas, one a frame, that keep the figure in view.

    Head and feet stay inside the frame, unless the picture cuts them, and raised hands where a
    small zoom holds them. A figure that the picture's edges cut is not moved off them, nor does it
    sink below the lower one; one that walks out at the side is held back there.
    """
    width, height = size
    seconds = median_seconds(motion.times)
    at_rest, places = _places(motion, rig.body, size)
    rest_left, rest_right = max(0.0, float(at_rest.left)), min(width, float(at_rest.right))
    rest_top, rest_bottom = float(at_rest.top), float(at_rest.bottom)
    margin = min(MARGIN * height, max(rest_top, 0.0))

    if motion.legs_move:
        ground_y = float(motion.ground[1])
        lowest = max(rest_bottom, (1.0 - MARGIN) * height)
        lift = -_held(np.maximum(0.0, places.bottom - lowest), seconds)
    else:
        ground_y = float(height)
        # Drawn in as it sinks and not ahead of it, which would show where the picture ends.
        sunk = np.maximum(0.0, places.top - rest_top)
        bound = (1.0 - KEPT_HEIGHT) * (height - max(rest_top, 0.0))
        lift = bound * np.tanh(sunk / bound) - sunk
    if head_cut:
        # The cut must not come into view: the figure is pushed up to the edge again.
        lift = lift - _held(np.maximum(0.0, places.top + lift), seconds)
    if not motion.legs_move and rest_bottom >= height - 1.0:
        short = height + CUT_MARGIN - (places.lower_cut + lift)
        lift = lift + _held(np.maximum(0.0, short), seconds)

    zoom, drop = np.ones(len(motion)), np.zeros(len(motion))
    if not head_cut:
        head = (ground_y - margin) / np.maximum(1.0, ground_y - (places.top + lift))
        hands = (ground_y - margin) / np.maximum(1.0, ground_y - (_hands_top(motion, rig) + lift))
        need = np.minimum(np.maximum(head, SMALLEST), np.maximum(hands, SMALLEST_FOR_HANDS))
        zoom = -_held(-np.minimum(1.0, need), seconds)
        top = ground_y + zoom * (places.top + lift - ground_y)
        drop = _held(np.maximum(0.0, margin - top), seconds)

    centre = float(motion.ground[0]) + motion.root[:, 0].astype(np.float64)

    def zoomed(x: Float64) -> Float64:
        return np.asarray(centre + zoom * (x - centre))

    shown = SHOWN_BEYOND * width
    keep = KEPT_WIDTH * (rest_right - rest_left)
    # A side that cuts the head cannot keep it.
    head_left = -1e6 if at_rest.head_left < CUT_MARGIN else 0.0
    head_right = 1e6 if at_rest.head_right > width - CUT_MARGIN else float(width)
    to_right = np.maximum(min(keep, rest_right) - zoomed(places.right), 0.0)
    to_right = np.maximum(to_right, head_left - zoomed(places.head_left))
    to_left = np.maximum(zoomed(places.left) - max(width - keep, rest_left), 0.0)
    to_left = np.maximum(to_left, zoomed(places.head_right) - head_right)
    sideways = _held(to_right, seconds) - _held(to_left, seconds)
    # That a cut shows is worst: its sides are held last.
    to_right = width - shown - zoomed(places.right_cut) - sideways
    to_left = zoomed(places.left_cut) + sideways - shown
    sideways += _held(np.maximum(to_right, 0.0), seconds)
    sideways -= _held(np.maximum(to_left, 0.0), seconds)

    maps = np.zeros((len(motion), 2, 3))
    maps[:, 0, 0] = maps[:, 1, 1] = zoom
    maps[:, 0, 2] = centre * (1.0 - zoom) + sideways
    maps[:, 1, 2] = ground_y * (1.0 - zoom) + zoom * lift + drop
    return maps


def _hands_top(motion: Motion, rig: Rig) -> Float64:
    """The upper end of the higher hand that moves: (T,) canvas y; far below where none does."""
    tops = [np.full(len(motion), 1e6)]
    for limb, moves in zip(ARMS, rig.skeleton.arms, strict=True):
        if moves:
            wrist, knuckles = (motion.joints[:, limb.joints[i], 1] for i in (2, 3))
            tops.append(wrist + FINGERS * (knuckles - wrist))
    return np.asarray(np.minimum.reduce(tops), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """How far the figure reaches, canvas pixels: (T,) each, or at rest one number.

    lower_cut: the upper end of its lowest line, where what was continued below the picture ends.
    left_cut, right_cut: the inner ends of where a side of the picture cuts it; far outside where
    none does.
    """

    left: Float64
    top: Float64
    right: Float64
    bottom: Float64
    head_left: Float64
    head_right: Float64
    lower_cut: Float64
    left_cut: Float64
    right_cut: Float64


def _places(motion: Motion, body: RiggedLayer, size: tuple[int, int]) -> tuple[_Places, _Places]:
    """How far the figure reaches at rest, and in every frame."""
    solid = np.flatnonzero(_is_solid(body))
    points = np.ascontiguousarray(body.vertices[solid])
    bones, weights = body.bones[solid], body.weights[solid]
    head = np.where(bones == Bone.HEAD, weights, 0.0).sum(axis=1) > 0.5
    # What was continued beyond the sides is no head that has to be seen.
    head &= (points[:, 0] >= 0.0) & (points[:, 0] <= size[0])
    low, high = points.min(axis=0), points.max(axis=0)
    # Only a side beyond which the figure was continued cuts it.
    lines = {
        "lower": points[:, 1] > high[1] - 1.0,
        "left": (points[:, 0] <= 0.0) & (points[:, 0] > -BEYOND) & (low[0] < -BEYOND),
        "right": (points[:, 0] >= size[0])
        & (points[:, 0] < size[0] + BEYOND)
        & (high[0] > size[0] + BEYOND),
    }

    def measure(posed: Float64) -> tuple[float, ...]:
        x, y = posed.T
        return (
            *bounds(posed),
            float(x[head].min(initial=1e6)),
            float(x[head].max(initial=-1e6)),
            float(y[lines["lower"]].min()),
            float(x[lines["left"]].max(initial=-1e6)),
            float(x[lines["right"]].min(initial=1e6)),
        )

    posed = np.empty_like(points)
    rows = []
    for maps in motion.bones:
        skin(points, bones, weights, maps.astype(np.float64), posed)
        rows.append(measure(posed))
    return _Places(*np.array(measure(points))), _Places(*np.array(rows).T)


def _is_solid(layer: RiggedLayer) -> NDArray[np.bool_]:
    """Which vertices lie on the figure and not on the mesh's empty rim: (V,)."""
    height, width = layer.texture.shape
    x = np.clip(np.rint(layer.uv[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(layer.uv[:, 1]).astype(int), 0, height - 1)
    return np.asarray((layer.texture[y, x] >> np.uint64(48)) > 127)


def _held(need: Float64, seconds: float) -> Float64:
    """A smooth path that is nowhere below `need` (T,)."""
    if np.ptp(need) == 0:
        return need
    reach = 2 * round(0.5 / seconds) + 1
    high = maximum_filter1d(need, reach, mode="nearest")
    # Cut off where the maximum's reach ends, the average stays above.
    sigma = 0.25 / seconds
    return np.asarray(gaussian_filter1d(high, sigma, mode="nearest", radius=reach // 2))
