"""The parts of an arm that hair hides: painted from the parts that are seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from understudy.character.figure.anatomy import ArmBones
from understudy.character.image.masks import Mask, grow, soften
from understudy.geometry.landmarks import Float32


def paint_hidden(colours: Float32, seen: Mask, hidden: Mask, arm: ArmBones, unit: float) -> Float32:
    """Paint `hidden` with the arm's own colour at the same place along the bone.

    colours: (h, w, 3) float32 sRGB 0..1; seen, hidden: (h, w) bool. A median per cross section,
    smoothed along the arm, shaded towards the edges as a round limb is.
    """
    if hidden.sum() < 30 or seen.sum() < 200:
        return colours
    ys, xs = np.nonzero(seen | hidden)
    along, across = _arm_coordinates(xs, ys, arm)
    n = int(along.max()) + 2
    was_seen = seen[ys, xs]
    u, v = along[was_seen], colours[ys[was_seen], xs[was_seen]]
    order = np.argsort(u, kind="stable")
    u, v = u[order], v[order]
    cuts = np.searchsorted(u, np.arange(n + 1))
    profile = np.full((n, 3), np.nan)
    least = max(10, int(0.05 * unit))
    for i in range(n):
        a, b = cuts[max(0, i - 2)], cuts[min(n, i + 3)]
        if b - a > least:
            values = v[a:b]
            light = values.mean(axis=1)
            # The darkest third is the seam with the hair and its shadow.
            profile[i] = np.median(values[light >= np.percentile(light, 35)], axis=0)
    known = np.flatnonzero(~np.isnan(profile[:, 0]))
    if known.size < 5:
        return colours
    smooth = _completed(profile, known, unit)
    bend = 0.16 * np.clip(np.abs(across) / (0.085 * unit), 0, 1.2) ** 2
    shade = (1 - bend) / (1 - 0.16 / 3)
    painted = colours.copy()
    painted[ys, xs] = np.clip(smooth[along.astype(int)] * shade[:, None], 0, 1)
    share = soften(grow(hidden, 2), 2.5)
    share = np.maximum(share * (seen | hidden), hidden)[..., None]
    return np.asarray(colours * (1 - share) + painted * share, dtype=np.float32)


def _completed(
    profile: NDArray[np.float64], known: NDArray[np.intp], unit: float
) -> NDArray[np.float64]:
    """A tone for every place along the arm, (n, 3).

    Past the last that is known, what is usual in the stretch before it: its very end lies in the
    shadow of what covers the arm.
    """
    rows = np.arange(len(profile))
    full = np.stack([np.interp(rows, known, profile[known, c]) for c in range(3)], axis=1)
    stretch = 0.3 * unit
    for end, beyond in (
        (known[0], rows < known[0]),
        (known[-1], rows > known[-1]),
    ):
        usual = np.median(profile[known[np.abs(known - end) < stretch]], axis=0)
        away = np.clip(np.abs(rows[beyond] - end) / (0.08 * unit), 0, 1)[:, None]
        full[beyond] = full[beyond] * (1 - away) + usual * away
    return np.asarray(gaussian_filter1d(full, 0.03 * unit, axis=0))


def _arm_coordinates(
    xs: NDArray[np.intp], ys: NDArray[np.intp], arm: ArmBones
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance along the arm from the shoulder, and signed distance from its bone, in pixels."""
    nearest = np.full(xs.shape, np.inf)
    along, across = np.zeros(xs.shape), np.zeros(xs.shape)
    start = 0.0
    for a, b in arm.segments:
        bone = b - a
        length = max(1.0, float(np.hypot(*bone)))
        t = np.clip(((xs - a[0]) * bone[0] + (ys - a[1]) * bone[1]) / length**2, 0, 1)
        distance = np.hypot(xs - a[0] - t * bone[0], ys - a[1] - t * bone[1])
        closer = distance < nearest
        nearest[closer] = distance[closer]
        along[closer] = (start + t * length)[closer]
        side = ((ys - a[1]) * bone[0] - (xs - a[0]) * bone[1]) / length
        across[closer] = side[closer]
        start += length
    return along, across
