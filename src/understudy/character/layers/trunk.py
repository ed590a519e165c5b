"""The outline of trunk and thighs where arms and hands hide it."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d, grey_closing, median_filter

from understudy.character.figure.anatomy import Anatomy, Points, draw_polygon
from understudy.character.image.masks import Mask
from understudy.character.layers.parts import ARMS, BODY, Parts
from understudy.geometry.landmarks import Body, Float32


def trunk_outline(alpha: Float32, parts: Parts, anatomy: Anatomy) -> Mask:
    """Trunk and thighs without arms, hidden parts included: (h, w) bool.

    Row by row: where the body ends at the background its edge is known; where an arm lies against
    it, the edge runs from the known edge above to the known edge below, but never inside of what is
    seen. alpha: (h, w) float32.
    """
    h, w = alpha.shape
    unit = anatomy.torso
    shoulders = anatomy.joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], 1]
    top = int(max(0, shoulders.min() - 0.05 * unit))
    hidden = (parts.labels == ARMS[0]) | (parts.labels == ARMS[1])
    lowest = np.flatnonzero(hidden.any(axis=1))
    bottom = anatomy.pelvis[1] + 0.15 * unit
    if lowest.size:
        bottom = max(bottom, lowest[-1] + 0.12 * unit)
    bottom = int(min(h, bottom, anatomy.pelvis[1] + 1.0 * unit))
    outline = np.zeros((h, w), bool)
    if bottom - top < 12:
        return outline
    rows = np.arange(top, bottom, dtype=np.float64)
    axis = anatomy.axis_x(rows)
    left = _edge(alpha, parts, anatomy, rows, axis, -1)
    right = _edge(alpha, parts, anatomy, rows, axis, 1)
    corners = [np.stack([axis - left, rows], axis=1), np.stack([axis + right, rows], axis=1)[::-1]]
    return draw_polygon((h, w), np.concatenate(corners))


def _edge(  # noqa: PLR0913 - one side of one outline
    alpha: Float32, parts: Parts, anatomy: Anatomy, rows: Points, axis: Points, side: int
) -> Points:
    """Distance of the body's edge from the axis in each row, on one side (-1 left, 1 right)."""
    unit = anatomy.torso
    w = alpha.shape[1]
    t = (rows - anatomy.neck[1]) / max(1.0, anatomy.pelvis[1] - anatomy.neck[1])
    shoulder, hip = anatomy.shoulder_half_width, anatomy.hip_half_width
    half = np.interp(t, [0.0, 0.25, 1.0, 1.6], [1.15 * shoulder, shoulder, 2.0 * hip, 2.2 * hip])
    most = np.maximum(1.35 * half, 0.3 * unit)
    seen, free = np.zeros(rows.size), np.zeros(rows.size, bool)
    look = max(2, round(0.03 * unit))
    for j, y in enumerate(rows.astype(int)):
        centre = int(np.clip(axis[j], 0, w - 1))
        stop = int(np.clip(centre + side * most[j], 0, w - 1))
        line = parts.labels[y, centre : stop + side if stop + side >= 0 else None : side]
        body = np.flatnonzero(line == BODY)
        if body.size == 0:
            continue
        seen[j] = body[-1]
        beyond = centre + side * (body[-1] + look)
        free[j] = not 0 <= beyond < w or alpha[y, beyond] < 0.5
    # A short stretch of free edge between arm and body is the armpit's shadow or a crumb.
    free &= median_filter(free.astype(np.uint8), size=max(3, round(0.05 * unit)) | 1) > 0
    # Above the armpits the edge that is seen is the neck's and the shoulders'.
    armpit = int(np.argmin(np.abs(t - 0.22)))
    free[:armpit] = False
    known = np.flatnonzero(free)
    if not free[armpit]:
        known = np.unique(np.append(known, armpit))
    values = np.where(free, seen, 0.97 * anatomy.shoulder_half_width)
    expected = np.interp(np.arange(rows.size), known, values[known]) if known.size else half
    expected = np.maximum(expected, 0.8 * half) if not free.any() else expected
    edge = np.where(free, seen, np.maximum(seen, np.minimum(expected, most)))
    edge = median_filter(edge, size=max(3, round(0.04 * unit)) | 1)
    # What is seen beside an arm follows the arm's folds: its envelope is the body.
    envelope = grey_closing(edge, size=max(3, round(0.3 * unit)) | 1)
    envelope = gaussian_filter1d(np.minimum(envelope, edge + 0.08 * unit), 0.03 * unit)
    return np.asarray(np.where(free, seen, np.maximum(envelope, edge)))
