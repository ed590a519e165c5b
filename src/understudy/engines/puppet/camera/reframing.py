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
from understudy.engines.puppet.rig.rig import Rig
from understudy.engines.puppet.rig.rigged_layer import RiggedLayer
from understudy.geometry.filters import median_seconds
from understudy.geometry.skeleton import ARMS, Bone

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReframingNumbers:
    """What stays in view, and how far the frame gives way for it. Chosen by eye.

    margin: share of the frame's height kept free above the head and below the feet.
    smallest: the least zoom. smallest_for_hands: for a raised hand alone.
    fingers: how far they reach past the wrist, in distances from it to the knuckles.
    kept_width: share of its width that stays in view of a figure that walks to the side.
    kept_height: share of what the picture shows of a figure without legs that stays in view when
        the driver crouches.
    beyond: px; a mesh that reaches so far past a side of the picture continues what the side cuts.
    shown_beyond: share of the frame's width; so much of what was continued may come into view.
    cut_margin: px past the frame's edge at which a figure's cut end is kept.
    ahead: seconds before and after a need in which it is met. calm: seconds (sigma) of its path.
    head: weight of the head's bone from which a vertex belongs to the head.
    solid: alpha, 0..255, above which a texel belongs to the figure.
    """

    margin: float = 0.02
    smallest: float = 0.72
    smallest_for_hands: float = 0.85
    fingers: float = 1.9
    kept_width: float = 0.9
    kept_height: float = 0.75
    beyond: float = 16.0
    shown_beyond: float = 0.06
    cut_margin: float = 2.0
    ahead: float = 0.5
    calm: float = 0.25
    head: float = 0.5
    solid: int = 127


NUMBERS = ReframingNumbers()

_FAR = 1e6  # px: farther off than any place of a figure


def reframe(motion: Motion, rig: Rig, size: tuple[int, int], *, head_cut: bool) -> Float64:
    """Affine maps (T, 2, 3) of the canvas, one a frame, that keep the figure in view.

    Head and feet stay inside the frame, unless the picture cuts them, and raised hands where a
    small zoom holds them. A figure that the picture's edges cut is not moved off them, nor does it
    sink below the lower one; one that walks out at the side is held back there.
    """
    width, height = size
    seconds = median_seconds(motion.times)
    at_rest, places = _places(motion, rig.body, size)
    ground_y = float(motion.ground[1]) if motion.legs_move else float(height)
    lift = _lift(motion, at_rest, places, height, head_cut=head_cut)
    zoom, drop = np.ones(len(motion)), np.zeros(len(motion))
    if not head_cut:
        margin = min(NUMBERS.margin * height, max(float(at_rest.top), 0.0))
        tops = places.top + lift, _hands_top(motion, rig) + lift
        zoom, drop = _zoom_and_drop(*tops, ground_y, margin, seconds)
    centre = float(motion.ground[0]) + motion.root[:, 0].astype(np.float64)
    sideways = _sideways(at_rest, places, _Zoom(centre, zoom), width, seconds)

    maps = np.zeros((len(motion), 2, 3))
    maps[:, 0, 0] = maps[:, 1, 1] = zoom
    maps[:, 0, 2] = centre * (1.0 - zoom) + sideways
    maps[:, 1, 2] = ground_y * (1.0 - zoom) + zoom * lift + drop
    return maps


def _lift(
    motion: Motion, at_rest: _Places, places: _Places, height: int, *, head_cut: bool
) -> Float64:
    """How far the figure is moved down, (T,) pixels, less than 0 for up."""
    seconds = median_seconds(motion.times)
    rest_top, rest_bottom = float(at_rest.top), float(at_rest.bottom)
    if motion.legs_move:
        lowest = max(rest_bottom, (1.0 - NUMBERS.margin) * height)
        lift = -_held(np.maximum(0.0, places.bottom - lowest), seconds)
    else:
        # Drawn in as it sinks and not ahead of it, which would show where the picture ends.
        sunk = np.maximum(0.0, places.top - rest_top)
        bound = (1.0 - NUMBERS.kept_height) * (height - max(rest_top, 0.0))
        lift = bound * np.tanh(sunk / bound) - sunk
    if head_cut:
        # The cut must not come into view: the figure is pushed up to the edge again.
        lift = lift - _held(np.maximum(0.0, places.top + lift), seconds)
    if not motion.legs_move and rest_bottom >= height - 1.0:
        short = height + NUMBERS.cut_margin - (places.lower_cut + lift)
        lift = lift + _held(np.maximum(0.0, short), seconds)
    return np.asarray(lift)


def _zoom_and_drop(
    head_top: Float64, hands_top: Float64, ground_y: float, margin: float, seconds: float
) -> tuple[Float64, Float64]:
    """The zoom about the ground that keeps head and hands below the margin, and how far the figure
    is moved down where that does not do: (T,) each."""
    head = (ground_y - margin) / np.maximum(1.0, ground_y - head_top)
    hands = (ground_y - margin) / np.maximum(1.0, ground_y - hands_top)
    need = np.minimum(
        np.maximum(head, NUMBERS.smallest), np.maximum(hands, NUMBERS.smallest_for_hands)
    )
    zoom = -_held(-np.minimum(1.0, need), seconds)
    top = ground_y + zoom * (head_top - ground_y)
    return zoom, _held(np.maximum(0.0, margin - top), seconds)


@dataclass(frozen=True, slots=True, eq=False)
class _Zoom:
    """A zoom (T,) about canvas columns (T,)."""

    centre: Float64
    factor: Float64

    def of(self, x: Float64) -> Float64:
        return np.asarray(self.centre + self.factor * (x - self.centre))


def _sideways(
    at_rest: _Places, places: _Places, zoom: _Zoom, width: int, seconds: float
) -> Float64:
    """How far the figure is moved to the right, (T,) pixels, to stay in view."""
    rest_left, rest_right = max(0.0, float(at_rest.left)), min(width, float(at_rest.right))
    shown = NUMBERS.shown_beyond * width
    keep = NUMBERS.kept_width * (rest_right - rest_left)
    # A side that cuts the head cannot keep it.
    head_left = -_FAR if at_rest.head_left < NUMBERS.cut_margin else 0.0
    head_right = _FAR if at_rest.head_right > width - NUMBERS.cut_margin else float(width)
    to_right = np.maximum(min(keep, rest_right) - zoom.of(places.right), 0.0)
    to_right = np.maximum(to_right, head_left - zoom.of(places.head_left))
    to_left = np.maximum(zoom.of(places.left) - max(width - keep, rest_left), 0.0)
    to_left = np.maximum(to_left, zoom.of(places.head_right) - head_right)
    sideways = _held(to_right, seconds) - _held(to_left, seconds)
    # That a cut shows is worst: its sides are held last.
    right = width - zoom.of(places.right_cut) - sideways
    sideways = sideways + right - _bounded(right, shown, shown / 2)
    left = zoom.of(places.left_cut) + sideways
    return np.asarray(sideways + _bounded(left, shown, shown / 2) - left)


def _bounded(place: Float64, limit: float, soft: float) -> Float64:
    """Places (T,) that stay below a limit, smoothly from `soft` pixels before it on.

    Other than a path that is held it does not run ahead, which would push a figure that is about to
    walk towards the limit out of view.
    """
    return np.asarray(limit - soft * np.logaddexp(0.0, (limit - place) / soft))


def _hands_top(motion: Motion, rig: Rig) -> Float64:
    """The upper end of the higher hand that moves: (T,) canvas y; far below where none does."""
    tops = [np.full(len(motion), _FAR)]
    for limb, moves in zip(ARMS, rig.skeleton.arms, strict=True):
        if moves:
            wrist, knuckles = (motion.joints[:, limb.joints[i], 1] for i in (2, 3))
            tops.append(wrist + NUMBERS.fingers * (knuckles - wrist))
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
    head = np.where(bones == Bone.HEAD, weights, 0.0).sum(axis=1) > NUMBERS.head
    # What was continued beyond the sides is no head that has to be seen.
    head &= (points[:, 0] >= 0.0) & (points[:, 0] <= size[0])
    low, high = points.min(axis=0), points.max(axis=0)
    beyond = NUMBERS.beyond
    # Only a side beyond which the figure was continued cuts it.
    lines = {
        "lower": points[:, 1] > high[1] - 1.0,
        "left": (points[:, 0] <= 0.0) & (points[:, 0] > -beyond) & (low[0] < -beyond),
        "right": (points[:, 0] >= size[0])
        & (points[:, 0] < size[0] + beyond)
        & (high[0] > size[0] + beyond),
    }

    def measure(posed: Float64) -> tuple[float, ...]:
        x, y = posed.T
        return (
            *bounds(posed),
            float(x[head].min(initial=_FAR)),
            float(x[head].max(initial=-_FAR)),
            float(y[lines["lower"]].min()),
            float(x[lines["left"]].max(initial=-_FAR)),
            float(x[lines["right"]].min(initial=_FAR)),
        )

    rows = [measure(body.posed(maps.astype(np.float64))[solid]) for maps in motion.bones]
    return _Places(*np.array(measure(points))), _Places(*np.array(rows).T)


def _is_solid(layer: RiggedLayer) -> NDArray[np.bool_]:
    """Which vertices lie on the figure and not on the mesh's empty rim: (V,)."""
    height, width = layer.texture.shape
    x = np.clip(np.rint(layer.uv[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(layer.uv[:, 1]).astype(int), 0, height - 1)
    return np.asarray((layer.texture[y, x] >> np.uint64(48)) > NUMBERS.solid)


def _held(need: Float64, seconds: float) -> Float64:
    """A smooth path that is nowhere below `need` (T,)."""
    if np.ptp(need) == 0:
        return need
    reach = 2 * round(NUMBERS.ahead / seconds) + 1
    high = maximum_filter1d(need, reach, mode="nearest")
    # Cut off where the maximum's reach ends, the average stays above.
    sigma = NUMBERS.calm / seconds
    return np.asarray(gaussian_filter1d(high, sigma, mode="nearest", radius=reach // 2))
