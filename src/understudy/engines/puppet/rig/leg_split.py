"""The leg split: the line below which the legs move apart.

It lies at the hem of a skirt, at the crotch, or where a pair of legs begins. Above it cloth or
flesh joins the two sides and must not tear when the legs spread; below it they separate cleanly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.rig.leg_seam import find_leg_seam, leg_line
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.skeleton import Skeleton

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
    tapers: and at least this share of its width at the hips; trousers are narrower.
    solid: alpha above which a pixel is covered.
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
    tapers: float = 0.7
    solid: float = 0.5


NUMBERS = LegSplitNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class LegSplit:
    """The line, and how the legs come apart below it.

    y: of the line, canvas pixels. cloth: whether cloth hangs over the legs down to it. seam: (H,)
    the x of the line between the legs in each row of the layer, None where they cross.
    """

    y: float
    cloth: bool
    seam: Float64 | None = None


def find_leg_split(rgba: Float32, skeleton: Skeleton, hem: float | None) -> LegSplit:
    """Find the line.

    rgba: the body layer (H, W, 4) premultiplied. hem: of a skirt where it is known already.
    """
    line = LegSplit(hem, cloth=True) if hem is not None else _line(rgba, skeleton)
    return replace(line, seam=find_leg_seam(rgba, skeleton, line.y))


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
    left, right = (leg_line(skeleton, side, rows) for side in (0, 1))
    joined = _joined(
        rgba[..., 3], rows, left, right, gap=max(NUMBERS.least_gap, int(NUMBERS.gap * torso))
    )
    crotch = float(rows[joined])
    reach = int(NUMBERS.edge_reach * torso)
    # Short trousers may end where the legs' rows begin: colours are compared from above it on.
    longer = np.arange(max(0, first - 2 * reach), last)
    lines = [leg_line(skeleton, side, longer) for side in (0, 1)]
    edge = _garment_edge(rgba, longer, lines, reach, (first, crotch + NUMBERS.edge_below * torso))
    # What ends below the knees and is no wider than legs is trousers above shoes or boots.
    trousers = (
        edge is not None
        and edge > knees
        and not _is_gown(rgba[..., 3], skeleton, edge - reach, first)
    )
    if edge is not None and edge > hips + NUMBERS.crotch * (knees - hips) and not trousers:
        return LegSplit(edge, cloth=True)
    if crotch > hips + NUMBERS.closed * (knees - hips):
        wide = [np.ptp(np.flatnonzero(rgba[y, :, 3] > NUMBERS.solid)) for y in rows[: joined + 1]]
        beside = np.median(np.array(wide) - np.abs(left - right)[: joined + 1])
        if beside < NUMBERS.two_legs * torso:
            return LegSplit(hips + NUMBERS.crotch * (knees - hips), cloth=False)
    if crotch < ankles - NUMBERS.above_ankles * torso:
        return LegSplit(crotch, cloth=False)
    if _is_gown(rgba[..., 3], skeleton, crotch, first):
        return LegSplit(crotch, cloth=True)
    return LegSplit(hips + NUMBERS.crotch * (knees - hips), cloth=False)


def _is_gown(alpha: Float32, skeleton: Skeleton, y: float, hips: int) -> bool:
    """Whether what is drawn in a row is too wide for two legs: wider than they are, and not much
    narrower than the row `hips`."""
    wide, above = _width(alpha, y), _width(alpha, hips)
    left, right = (float(leg_line(skeleton, side, np.array([y]))[0]) for side in (0, 1))
    legs = abs(left - right) + NUMBERS.gown * skeleton.torso
    return wide > max(legs, NUMBERS.tapers * above)


def _width(alpha: Float32, y: float) -> float:
    """How wide the figure is in a row, pixels."""
    covered = np.flatnonzero(alpha[min(int(y), len(alpha) - 1)] > NUMBERS.solid)
    return float(np.ptp(covered)) if covered.size else 0.0


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
