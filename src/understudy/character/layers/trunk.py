"""The outline of trunk and thighs where arms and hands hide it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, grey_closing, median_filter

from understudy.character.figure.anatomy import Anatomy, Points, draw_polygon
from understudy.character.image.masks import Mask
from understudy.character.layers.parts import ARMS, BODY, Parts
from understudy.geometry.landmarks import Body, Float32


@dataclass(frozen=True, slots=True)
class TrunkNumbers:
    """How the trunk's hidden outline is drawn. T is the torso's length; `along` counts the way down
    the trunk, 0 at the neck, 1 at the pelvis.
    """

    above: float = 0.05
    """T: the outline begins this far above the higher shoulder."""
    below_pelvis: float = 0.15
    """T: it ends at least this far below the pelvis,"""
    below_arms: float = 0.12
    """T: this far below the lowest pixel of an arm,"""
    lowest: float = 1.0
    """T: and never further below the pelvis than this."""
    least_rows: int = 12
    """Pixel rows; fewer make no outline."""
    expected_along: tuple[float, ...] = (0.0, 0.25, 1.0, 1.6)
    """Along the trunk: where a half width is expected:"""
    expected_shoulders: tuple[float, float] = (1.15, 1.0)
    """of the shoulders' half width, at the first two places,"""
    expected_hips: tuple[float, float] = (2.0, 2.2)
    """of the hip joints' half width, at the last two."""
    most: float = 1.35
    """Of the expected half width: the body is never wider,"""
    most_torso: float = 0.3
    """T: nor narrower in this bound than that."""
    look: float = 0.03
    """T: how far outside the body's last pixel background must be for a free edge,"""
    least_look: int = 2
    """px: at least."""
    figure: float = 0.5
    """Alpha from which on a pixel is figure."""
    solid: float = 0.8
    """Alpha from which on a pixel may be the trunk's: hair that hangs behind it is thinner."""
    gap: float = 0.015
    """T: a wider stretch of less ends the trunk: what lies past it is hair, or a sleeve;"""
    least_gap: int = 2
    """px: at least."""
    gap_from: float = 0.45
    """Of the expected half width: such a stretch nearer to the axis is a hole in a dress."""
    stretch: float = 0.05
    """T: a shorter stretch of free edge is a crumb, or the shadow of the armpit."""
    armpit: float = 0.22
    """Along the trunk: above, the edge that is seen is the neck's and the shoulders'."""
    armpit_width: float = 0.97
    """Of the shoulders' half width: the edge at the armpit where none is seen."""
    unseen_width: float = 0.8
    """Of the expected half width, where no edge is seen at all."""
    crumb: float = 0.04
    """T: shorter bumps of the edge are dropped."""
    folds: float = 0.3
    """T: what is seen beside an arm is closed over this length; the arm's folds are not the
    body's."""
    envelope: float = 0.08
    """T: by how much closing may widen the body."""
    smooth: float = 0.03
    """T: deviation of the smoothing of what was closed."""


NUMBERS = TrunkNumbers()


def trunk_outline(
    alpha: Float32, parts: Parts, anatomy: Anatomy, behind: Mask | None = None
) -> Mask:
    """Trunk and thighs without arms, hidden parts included: (h, w) bool.

    Row by row: where the body ends at the background its edge is known; where an arm lies against
    it, the edge runs from the known edge above to the known edge below, but never inside of what is
    seen. alpha: (h, w) float32. behind: (h, w) bool, what is seen of hair or a cape behind the
    arms, which is no trunk.
    """
    h, w = alpha.shape
    unit = anatomy.torso
    shoulders = anatomy.joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], 1]
    top = int(max(0, shoulders.min() - NUMBERS.above * unit))
    hidden = (parts.labels == ARMS[0]) | (parts.labels == ARMS[1])
    lowest = np.flatnonzero(hidden.any(axis=1))
    bottom = anatomy.pelvis[1] + NUMBERS.below_pelvis * unit
    if lowest.size:
        bottom = max(bottom, lowest[-1] + NUMBERS.below_arms * unit)
    bottom = int(min(h, bottom, anatomy.pelvis[1] + NUMBERS.lowest * unit))
    outline = np.zeros((h, w), bool)
    if bottom - top < NUMBERS.least_rows:
        return outline
    rows = np.arange(top, bottom, dtype=np.float64)
    axis = anatomy.axis_x(rows)
    trunks = alpha >= NUMBERS.solid
    if behind is not None:
        trunks &= ~behind
    left = _edge(alpha, trunks, parts, anatomy, rows, axis, -1)
    right = _edge(alpha, trunks, parts, anatomy, rows, axis, 1)
    corners = [np.stack([axis - left, rows], axis=1), np.stack([axis + right, rows], axis=1)[::-1]]
    return draw_polygon((h, w), np.concatenate(corners))


def _edge(  # noqa: PLR0913 - one side of one outline
    alpha: Float32,
    trunks: Mask,
    parts: Parts,
    anatomy: Anatomy,
    rows: Points,
    axis: Points,
    side: int,
) -> Points:
    """Distance of the body's edge from the axis in each row, on one side (-1 left, 1 right).

    trunks: (h, w) bool, what may be the trunk's.
    """
    unit = anatomy.torso
    t = (rows - anatomy.neck[1]) / max(1.0, anatomy.pelvis[1] - anatomy.neck[1])
    shoulder, hip = anatomy.shoulder_half_width, anatomy.hip_half_width
    widths = [share * shoulder for share in NUMBERS.expected_shoulders]
    widths += [share * hip for share in NUMBERS.expected_hips]
    half = np.interp(t, NUMBERS.expected_along, widths)
    most = np.maximum(NUMBERS.most * half, NUMBERS.most_torso * unit)
    seen, free = _seen_edge(alpha, trunks, parts, rows, axis, side, half, most, unit)
    # A short stretch of free edge between arm and body is the armpit's shadow or a crumb.
    free &= median_filter(free.astype(np.uint8), size=max(3, round(NUMBERS.stretch * unit)) | 1) > 0
    # Above the armpits the edge that is seen is the neck's and the shoulders'.
    armpit = int(np.argmin(np.abs(t - NUMBERS.armpit)))
    free[:armpit] = False
    known = np.flatnonzero(free)
    if not free[armpit]:
        known = np.unique(np.append(known, armpit))
    values = np.where(free, seen, NUMBERS.armpit_width * anatomy.shoulder_half_width)
    expected = np.interp(np.arange(rows.size), known, values[known]) if known.size else half
    expected = np.maximum(expected, NUMBERS.unseen_width * half) if not free.any() else expected
    edge = np.where(free, seen, np.maximum(seen, np.minimum(expected, most)))
    edge = median_filter(edge, size=max(3, round(NUMBERS.crumb * unit)) | 1)
    # What is seen beside an arm follows the arm's folds: its envelope is the body.
    envelope = grey_closing(edge, size=max(3, round(NUMBERS.folds * unit)) | 1)
    envelope = gaussian_filter1d(
        np.minimum(envelope, edge + NUMBERS.envelope * unit), NUMBERS.smooth * unit
    )
    return np.asarray(np.where(free, seen, np.maximum(envelope, edge)))


def _seen_edge(  # noqa: PLR0913 - one side of one outline
    alpha: Float32,
    trunks: Mask,
    parts: Parts,
    rows: Points,
    axis: Points,
    side: int,
    half: Points,
    most: Points,
    unit: float,
) -> tuple[Points, NDArray[np.bool_]]:
    """How far from the axis the body is seen in each row, and whether it ends there.

    half, most: half of the expected and of the largest width in each row, pixels.
    """
    w = alpha.shape[1]
    seen, free = np.zeros(rows.size), np.zeros(rows.size, bool)
    look = max(NUMBERS.least_look, round(NUMBERS.look * unit))
    gap = max(NUMBERS.least_gap, round(NUMBERS.gap * unit))
    for j, y in enumerate(rows.astype(int)):
        centre = int(np.clip(axis[j], 0, w - 1))
        columns = centre + side * np.arange(int(most[j]) + look + 1)
        columns = columns[(columns >= 0) & (columns < w)]
        solid = trunks[y, columns]
        ends = _first_gap(solid, int(NUMBERS.gap_from * half[j]), gap)
        line = parts.labels[y, columns[: min(ends, int(most[j]) + 1)]]
        body = np.flatnonzero(line == BODY)
        # What lies past an arm is hair or a cape that hangs behind it, unless the trunk reaches
        # that far: then the arm lies across it.
        arm = np.flatnonzero((line == ARMS[0]) | (line == ARMS[1]))
        if arm.size:
            body = body[body < max(float(arm[0]), half[j])]
        if body.size == 0:
            continue
        seen[j] = body[-1]
        beyond = int(body[-1]) + look
        free[j] = (
            beyond >= columns.size
            or alpha[y, columns[beyond]] < NUMBERS.figure
            or (not arm.size and ends < columns.size)
        )
    return seen, free


def _first_gap(solid: NDArray[np.bool_], start: int, wide: int) -> int:
    """Where the first stretch of background of at least `wide` pixels begins, from `start` on; the
    line's length where there is none. solid: (n,) bool, whether each pixel is the trunk's."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ~solid, [0]]).astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if begin >= start and end - begin >= wide:
            return int(begin)
    return len(solid)
