"""The leg split: the line below which the legs move apart.

It lies at the hem of a skirt, at the crotch, or where a pair of legs begins. Above it cloth or
flesh joins the two sides and must not tear when the legs spread; below it they separate cleanly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import weighted_gaussian
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.skeleton import LEGS, Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LegSplitNumbers:
    """What tells where the legs split. Lengths in torsos (T) unless said otherwise.

    garment_edge: a change of colour along a leg, in CIELAB, that counts as the edge of a garment.
    edge_reach: rows compared on either side of an edge. edge_below: how far below the place where
        the legs come apart an edge is looked for.
    colour_blur: px (sigma), before colours are compared. least_hem: px, of the rows compared to
        tell a sharp hem; hem_share: share of the change that a sharp hem shows in them.
    uneven: how far a hem may differ between the legs, in the rows compared.
    crotch: without other evidence the legs split at this share of the thigh.
    begins: share of the thigh from which rows are looked at. least_rows: how far they reach.
    gap: how far the legs must be apart without a break to count as parted. least_gap: px.
    closed: down to farther than this share of the thigh legs are closed, not joined, unless
        something wider hangs over them; two_legs: wider than their middles are apart by more.
    above_ankles: legs that come apart at least so far above the ankles have a crotch there.
    gown: cloth down to the ankles is wider than the legs' middles are apart by more than this.
    solid: alpha above which a pixel is covered.
    seam_rows: with fewer rows there is no seam. seam_apart: nor where the legs are closer.
    seam_certain: px of gap with which a row counts fully. seam_smooth: of the seam (sigma).
    guess: px of gap that the middle between the legs counts for.
    """

    garment_edge: float = 14.0
    edge_reach: float = 0.08
    edge_below: float = 0.1
    colour_blur: float = 2.0
    least_hem: int = 3
    hem_share: float = 0.45
    uneven: float = 4.0
    crotch: float = 0.25
    begins: float = 0.1
    least_rows: float = 0.2
    gap: float = 0.02
    least_gap: int = 2
    closed: float = 0.6
    two_legs: float = 0.48
    above_ankles: float = 0.15
    gown: float = 0.3
    solid: float = 0.5
    seam_rows: int = 8
    seam_apart: float = 0.04
    seam_certain: float = 3.0
    seam_smooth: float = 0.03
    guess: float = 1e-3


NUMBERS = LegSplitNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class LegSplit:
    """The line, and how the legs come apart below it.

    y: of the line, canvas pixels. cloth: whether cloth hangs over the legs down to it. seam: (H,)
    the x of the gap between the legs in each row of the layer, None where they cross.
    """

    y: float
    cloth: bool
    seam: Float64 | None = None


def find_leg_split(rgba: Float32, skeleton: Skeleton, hem: float | None) -> LegSplit:
    """Find the line.

    rgba: the body layer (H, W, 4) premultiplied. hem: of a skirt where it is known already.
    """
    line = LegSplit(hem, cloth=True) if hem is not None else _line(rgba, skeleton)
    return replace(line, seam=_seam(rgba[..., 3], skeleton, line.y))


def _seam(alpha: Float32, skeleton: Skeleton, top: float) -> Float64 | None:
    """The middle of the widest gap between the legs, row by row, as a smooth line."""
    ankles = skeleton.joints[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE], 1]
    rows = np.arange(int(max(0.0, top)), int(min(len(alpha) - 1, float(ankles.max()))))
    if len(rows) < NUMBERS.seam_rows:
        return None
    left, right = (_leg_line(skeleton, side, rows) for side in (0, 1))
    if (left - right).min() < NUMBERS.seam_apart * skeleton.torso:
        return None
    places = np.empty(len(rows))
    certain = np.empty(len(rows))
    for i, y in enumerate(rows):
        low, high = int(right[i]), int(np.ceil(left[i])) + 1
        empty = np.clip(1.0 - alpha[y, max(low, 0) : max(high, 1)].astype(np.float64), 0.0, 1.0)
        # Where nothing shows a gap the middle between the legs has to do.
        x = np.arange(max(low, 0), max(low, 0) + len(empty))
        certain[i] = empty.sum() + NUMBERS.guess
        middle = (left[i] + right[i]) / 2
        places[i] = ((empty * x).sum() + NUMBERS.guess * middle) / certain[i]
    weight = np.minimum(certain, NUMBERS.seam_certain)
    smooth = weighted_gaussian(places, weight, NUMBERS.seam_smooth * skeleton.torso)
    return np.interp(np.arange(len(alpha)), rows, smooth)


def _line(rgba: Float32, skeleton: Skeleton) -> LegSplit:
    torso = skeleton.torso
    hips = float(skeleton.pelvis[1])
    knees = float(skeleton.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE], 1].mean())
    ankles = float(skeleton.joints[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE], 1].mean())
    first = int(max(0.0, hips + NUMBERS.begins * (knees - hips)))
    last = int(min(len(rgba) - 1, ankles))
    if last - first < NUMBERS.least_rows * torso:
        return LegSplit(hips + NUMBERS.crotch * (knees - hips), cloth=False)
    rows = np.arange(first, last)
    left, right = (_leg_line(skeleton, side, rows) for side in (0, 1))
    joined = _joined(
        rgba[..., 3], rows, left, right, gap=max(NUMBERS.least_gap, int(NUMBERS.gap * torso))
    )
    crotch = float(rows[joined])
    reach = int(NUMBERS.edge_reach * torso)
    # Short trousers may end where the legs' rows begin: colours are compared from above it on.
    longer = np.arange(max(0, first - 2 * reach), last)
    lines = [_leg_line(skeleton, side, longer) for side in (0, 1)]
    edge = _garment_edge(rgba, longer, lines, reach, (first, crotch + NUMBERS.edge_below * torso))
    if edge is not None and edge > hips + NUMBERS.crotch * (knees - hips):
        return LegSplit(edge, cloth=True)
    if crotch > hips + NUMBERS.closed * (knees - hips):
        wide = [np.ptp(np.flatnonzero(rgba[y, :, 3] > NUMBERS.solid)) for y in rows[: joined + 1]]
        beside = np.median(np.array(wide) - np.abs(left - right)[: joined + 1])
        if beside < NUMBERS.two_legs * torso:
            return LegSplit(hips + NUMBERS.crotch * (knees - hips), cloth=False)
    if crotch < ankles - NUMBERS.above_ankles * torso:
        return LegSplit(crotch, cloth=False)
    width = (
        np.ptp(np.flatnonzero(rgba[int(crotch), :, 3] > NUMBERS.solid)) if crotch < len(rgba) else 0
    )
    if width > abs(left[joined] - right[joined]) + NUMBERS.gown * torso:
        return LegSplit(crotch, cloth=True)
    return LegSplit(hips + NUMBERS.crotch * (knees - hips), cloth=False)


def _leg_line(skeleton: Skeleton, side: int, rows: NDArray[np.int64]) -> Float64:
    """The x of a leg's middle in each row."""
    places = skeleton.joints[list(LEGS[side].joints[:3])]
    y = np.maximum.accumulate(places[:, 1] + np.array([0.0, 1e-3, 2e-3]))
    return np.asarray(np.interp(rows, y, places[:, 0]))


def _joined(
    alpha: Float32, rows: NDArray[np.int64], left: Float64, right: Float64, gap: int
) -> int:
    """The index of the last row, from the top, down to which all between the legs is filled."""
    missing = 0
    for i, y in enumerate(rows):
        low, high = sorted((int(left[i]), int(right[i])))
        between = alpha[y, max(low, 0) : max(high + 1, 1)]
        missing = missing + 1 if between.size and (between < NUMBERS.solid).any() else 0
        if missing > gap:
            return max(0, i - gap)
    return len(rows) - 1


def _garment_edge(
    rgba: Float32,
    rows: NDArray[np.int64],
    lines: list[Float64],
    reach: int,
    between: tuple[float, float],
) -> float | None:
    """The row `between` two where the colour changes most along the legs; None without one.

    rows: (n,); lines: the x of each leg's middle in them; reach: rows compared on either side.
    """
    alpha = np.maximum(rgba[..., 3:], 1e-3)
    colour = np.clip(rgba[..., :3] / alpha, 0.0, 1.0)[rows[0] : rows[-1] + 1]
    lab = cv2.cvtColor(
        cv2.GaussianBlur(np.ascontiguousarray(colour), (0, 0), NUMBERS.colour_blur),
        cv2.COLOR_RGB2LAB,
    )
    hem = max(NUMBERS.least_hem, reach // 3)
    if len(rows) <= 2 * reach + 1 or reach < hem:
        return None
    edges = []
    for line in lines:
        x = np.clip(np.rint(line).astype(int), 0, rgba.shape[1] - 1)
        along = lab[np.arange(len(rows)), x].astype(np.float64)
        change = _change(along, reach)
        # A hem is sharp; the shade on a knee comes over many rows.
        near = _change(along, hem)[reach - hem : reach - hem + len(change)]
        change[near < NUMBERS.hem_share * change] = 0.0
        here = rows[reach : reach + len(change)]
        change[(here < between[0]) | (here > between[1])] = 0.0
        if change.max() > NUMBERS.garment_edge:
            edges.append(float(here[int(change.argmax())]))
    # A hem hangs about as low on both legs; an edge on one alone is a shadow or a stocking.
    if len(edges) < 2 or abs(edges[0] - edges[1]) > NUMBERS.uneven * reach:
        return None
    return max(edges)


def _change(along: Float64, reach: int) -> Float64:
    """How far the mean of `reach` rows differs from that of the `reach` rows before: (n,) of
    (n + 2 reach - 1, 3), the first for row `reach`."""
    total = np.concatenate([np.zeros((1, along.shape[1])), np.cumsum(along, axis=0)])
    mean = (total[reach:] - total[:-reach]) / reach
    return np.asarray(np.sqrt(((mean[reach:] - mean[:-reach]) ** 2).sum(axis=1)))
