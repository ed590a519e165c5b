"""A limb's bone as a contour: the bone straightened into a strip, its two outlines traced in it.

Rows of a strip run along the bone, columns across it; the middle column is the bone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from understudy.character.figure.anatomy import Points
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class ContourNumbers:
    """What a limb's outline costs. Distances are px of the strip, which are canvas pixels; `prior`
    is the half width expected in a row. Costs have no unit: only their ratios count.
    """

    least_rows: int = 12
    """Rows of a strip, at least."""
    figure: float = 0.5
    """Alpha from which on a pixel is figure."""
    polygon_smooth: float = 3
    """Rows: deviation of the smoothing of a contour that becomes a polygon."""
    lab_smooth: tuple[float, float, float] = (3, 1, 0)
    """Rows, columns, channels: smoothing of the colours before edges are looked for,"""
    alpha_smooth: tuple[float, float] = (1.5, 1)
    """and rows, columns: of alpha."""
    strong_percentile: float = 97
    """Percentile of the colour edges,"""
    strong_share: float = 0.7
    """of which this share is a strong edge,"""
    least_strong: float = 6.0
    """Lab per px: or at least this."""
    core_columns: int = 3
    """Columns next to the bone that are the limb in any case."""
    edge_weight: float = 1.4
    """Reward of a strong colour edge,"""
    fall_weight: float = 10
    """of a fall of alpha, per unit and px,"""
    most_fall: float = 1.6
    """at most."""
    core: float = 0.4
    """Of the narrowest prior: the columns whose median is the limb's own colour."""
    core_smooth: float = 0.05
    """Of the rows: deviation with which that colour is smoothed along the limb,"""
    least_core_smooth: float = 2.0
    """rows: at least."""
    lightness_share: float = 0.4
    """Weight of lightness in a colour's distance: shading changes it along a limb more than hue."""
    tolerated: float = 8.0
    """Lab distance from the limb's colour that is not strange at all;"""
    foreign: float = 14.0
    """Lab distance beyond that, over which strangeness grows to 1."""
    background: float = 0.4
    """Alpha below which a pixel is strange,"""
    clear_background: float = 0.25
    """and below which it costs extra."""
    own_reach: float = 1.35
    """Of the prior: from here out, colours of the limb left outside cost nothing."""
    wider: float = 0.6
    """Cost of being wider than expected: sleeves often are;"""
    narrower: float = 1.3
    """of being narrower: arms seldom are. Times the squared difference in priors."""
    inside: float = 1.1
    """Cost of strange colours inside the outline,"""
    outside: float = 0.5
    """of the limb's own outside of it, both per prior;"""
    background_inside: float = 0.6
    """and of clear background inside of it, per px."""
    too_narrow: float = 0.3
    """Of the narrowest prior: an outline this near to the bone,"""
    least_narrow: int = 2
    """px: or this near,"""
    too_narrow_cost: float = 5
    """costs this."""
    step: float = 0.25
    """Cost of a step of one column from row to row."""


NUMBERS = ContourNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A straightened bone.

    lab: (n, 2 r + 1, 3) float32; alpha, foreign: (n, 2 r + 1) float32, `foreign` being what is
    known not to be the limb (hair over it); xs, ys: (n, 2 r + 1) canvas pixels of each sample.
    """

    lab: Float32
    alpha: Float32
    foreign: Float32
    xs: Points
    ys: Points
    reach: int


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Half widths in pixels along a strip, towards its right (+) and left (-) columns."""

    plus: Points
    minus: Points


def straighten(  # noqa: PLR0913 - one bone's surroundings
    lab: Float32,
    alpha: Float32,
    foreign: Float32,
    start: Points,
    end: Points,
    *,
    reach: int,
    beyond: float = 0.0,
) -> Strip:
    """Sample the strip round the bone from `start` to `end` (canvas pixels), a row per pixel.

    reach: half the strip's width; beyond: pixels that the strip starts before `start`.
    """
    along = end - start
    length = max(1.0, float(np.hypot(*along)))
    t = along / length
    across = np.array([-t[1], t[0]])
    n = int(max(NUMBERS.least_rows, length + beyond))
    u = np.linspace(-beyond, length, n)[:, None]
    v = np.arange(-reach, reach + 1)[None]
    xs, ys = start[0] + u * t[0] + v * across[0], start[1] + u * t[1] + v * across[1]
    map_x, map_y = xs.astype(np.float32), ys.astype(np.float32)

    def sample(image: Float32, border: int) -> Float32:
        return np.asarray(
            cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=border), dtype=np.float32
        )

    return Strip(
        sample(lab, cv2.BORDER_REPLICATE),
        sample(alpha, cv2.BORDER_REPLICATE),
        sample(foreign, cv2.BORDER_REPLICATE),
        xs,
        ys,
        reach,
    )


def trace(strip: Strip, prior_plus: Points, prior_minus: Points) -> Outline:
    """Trace both outlines of a strip near the half widths expected, (n,) pixels each."""
    r = strip.reach
    plus = _trace_side(strip.lab[:, r:], strip.alpha[:, r:], strip.foreign[:, r:], prior_plus)
    minus = _trace_side(
        strip.lab[:, r::-1], strip.alpha[:, r::-1], strip.foreign[:, r::-1], prior_minus
    )
    return Outline(plus, minus)


def matte_width(strip: Strip, limit: float) -> tuple[Points, Points]:
    """Distance from the bone to the figure's edge on both sides, NaN beyond `limit` pixels."""
    r = strip.reach

    def first_out(alpha: Float32) -> Points:
        out = alpha < NUMBERS.figure
        distance = np.where(out.any(axis=1), out.argmax(axis=1), np.nan).astype(np.float64)
        distance[distance > limit] = np.nan
        return distance

    return first_out(strip.alpha[:, r:]), first_out(strip.alpha[:, r::-1])


def polygon(
    strip: Strip, outline: Outline, low: float | Points = -1.0, high: float | Points = 1.0
) -> Points:
    """A band of the contour as a polygon, (2 n, 2) canvas pixels.

    low, high: from which to which share of the half width, for all rows or each (n,): -1 is the
    outline towards the left columns, 0 the bone, 1 the outline towards the right ones.
    """
    n, r = len(outline.plus), strip.reach
    rows = np.arange(n)
    plus = gaussian_filter1d(outline.plus, NUMBERS.polygon_smooth, mode="nearest")
    minus = gaussian_filter1d(outline.minus, NUMBERS.polygon_smooth, mode="nearest")

    def edge(share: float | Points) -> Points:
        columns = np.clip(r + share * np.where(np.greater(share, 0), plus, minus), 0, 2 * r)
        left = np.minimum(columns.astype(int), 2 * r - 1)
        t = columns - left
        x = strip.xs[rows, left] * (1 - t) + strip.xs[rows, left + 1] * t
        y = strip.ys[rows, left] * (1 - t) + strip.ys[rows, left + 1] * t
        return np.stack([x, y], axis=1)

    return np.concatenate([edge(high), edge(low)[::-1]])


def _trace_side(lab: Float32, alpha: Float32, foreign: Float32, prior: Points) -> Points:
    """The outline of one side: (n,) distances from the bone.

    The path is drawn to colour edges and to where alpha falls, kept near the prior, and pays for
    colours strange to the limb's core inside it as for colours of the core left outside.
    """
    n, m = alpha.shape
    v = np.arange(m)
    smooth = gaussian_filter(lab, NUMBERS.lab_smooth)
    edge = np.sqrt((np.gradient(smooth, axis=1) ** 2).sum(axis=-1))
    falls = np.maximum(0, -np.gradient(gaussian_filter(alpha, NUMBERS.alpha_smooth), axis=1))
    near = NUMBERS.core_columns
    strong = float(np.percentile(edge[:, near:], NUMBERS.strong_percentile))
    strong = max(NUMBERS.least_strong, NUMBERS.strong_share * strong)
    evidence = NUMBERS.edge_weight * np.minimum(edge / strong, 1)
    evidence += np.minimum(falls * NUMBERS.fall_weight, NUMBERS.most_fall)

    narrow = float(prior.min())
    core = np.median(lab[:, : max(near, int(NUMBERS.core * narrow))], axis=1)
    core = gaussian_filter1d(core, max(NUMBERS.least_core_smooth, NUMBERS.core_smooth * n), axis=0)
    weights = np.array([NUMBERS.lightness_share, 1, 1], np.float32)
    apart = np.sqrt(((lab - core[:, None]) ** 2 * weights).sum(axis=-1))
    strange = np.clip((apart - NUMBERS.tolerated) / NUMBERS.foreign, 0, 1)
    strange = np.maximum(strange, np.maximum(foreign, alpha < NUMBERS.background))
    strange[:, :near] = 0
    inside = np.cumsum(strange, axis=1) / prior[:, None]
    own = (1 - strange) * np.clip(NUMBERS.own_reach - v / prior[:, None], 0, 1)
    outside = np.cumsum(own[:, ::-1], axis=1)[:, ::-1] / prior[:, None]

    # Sleeves are often wider than expected, arms seldom narrower.
    off = (v - prior[:, None]) / prior[:, None]
    cost = -evidence + np.where(off > 0, NUMBERS.wider, NUMBERS.narrower) * off**2
    cost += NUMBERS.inside * inside + NUMBERS.outside * outside
    cost += NUMBERS.background_inside * np.cumsum(alpha < NUMBERS.clear_background, axis=1)
    cost[:, : max(NUMBERS.least_narrow, int(NUMBERS.too_narrow * narrow))] += (
        NUMBERS.too_narrow_cost
    )
    path: Points = _shortest_path(np.ascontiguousarray(cost, dtype=np.float64), NUMBERS.step)
    return path


@njit(cache=True, nogil=True)
def _shortest_path(cost: Points, step_cost: float) -> Points:  # pragma: no cover - compiled
    """The cheapest way down the rows that moves at most one column per row."""
    n, m = cost.shape
    best = np.empty((n, m))
    back = np.zeros((n, m), np.int8)
    best[0] = cost[0]
    for i in range(1, n):
        for j in range(m):
            low, step = best[i - 1, j], 0
            if j > 0 and best[i - 1, j - 1] + step_cost < low:
                low, step = best[i - 1, j - 1] + step_cost, -1
            if j < m - 1 and best[i - 1, j + 1] + step_cost < low:
                low, step = best[i - 1, j + 1] + step_cost, 1
            best[i, j] = low + cost[i, j]
            back[i, j] = step
    path = np.zeros(n)
    j = int(np.argmin(best[n - 1]))
    path[n - 1] = j
    for i in range(n - 1, 0, -1):
        j += back[i, j]
        path[i - 1] = j
    return path
