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

_STEP_COST = 0.25
_FOREIGN = (8.0, 14.0)  # Lab distance from the limb's core: tolerated, and further to fully foreign
_LIGHTNESS_SHARE = 0.4  # shading changes lightness along a limb more than it changes hue


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
    n = int(max(12, length + beyond))
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
        out = alpha < 0.5
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
    plus = gaussian_filter1d(outline.plus, 3, mode="nearest")
    minus = gaussian_filter1d(outline.minus, 3, mode="nearest")

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
    smooth = gaussian_filter(lab, (3, 1, 0))
    edge = np.sqrt((np.gradient(smooth, axis=1) ** 2).sum(axis=-1))
    falls = np.maximum(0, -np.gradient(gaussian_filter(alpha, (1.5, 1)), axis=1))
    strong = max(6.0, 0.7 * float(np.percentile(edge[:, 3:], 97)))
    evidence = 1.4 * np.minimum(edge / strong, 1) + np.minimum(falls * 10, 1.6)

    narrow = float(prior.min())
    core = np.median(lab[:, : max(3, int(0.4 * narrow))], axis=1)
    core = gaussian_filter1d(core, max(2.0, 0.05 * n), axis=0)
    weights = np.array([_LIGHTNESS_SHARE, 1, 1], np.float32)
    apart = np.sqrt(((lab - core[:, None]) ** 2 * weights).sum(axis=-1))
    strange = np.clip((apart - _FOREIGN[0]) / _FOREIGN[1], 0, 1)
    strange = np.maximum(strange, np.maximum(foreign, alpha < 0.4))
    strange[:, :3] = 0
    inside = np.cumsum(strange, axis=1) / prior[:, None]
    own = (1 - strange) * np.clip(1.35 - v / prior[:, None], 0, 1)
    outside = np.cumsum(own[:, ::-1], axis=1)[:, ::-1] / prior[:, None]

    # Sleeves are often wider than expected, arms seldom narrower.
    off = (v - prior[:, None]) / prior[:, None]
    cost = -evidence + np.where(off > 0, 0.6, 1.3) * off**2
    cost += 1.1 * inside + 0.5 * outside
    cost += 0.6 * np.cumsum(alpha < 0.25, axis=1)
    cost[:, : max(2, int(0.3 * narrow))] += 5
    path: Points = _shortest_path(np.ascontiguousarray(cost, dtype=np.float64), _STEP_COST)
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
