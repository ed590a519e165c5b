"""The parts of an arm that hair hides: painted from the parts that are seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from understudy.character.figure.anatomy import ArmBones
from understudy.character.image.masks import Mask, grow, soften
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class ArmFillNumbers:
    """How hidden parts of an arm are painted. T is the torso's length. All set by eye."""

    least_hidden: int = 30  # px at 720: less is not painted
    least_seen: int = 200  # px at 720: less says nothing about the arm's colours
    section: float = 0.05  # px per px of T: a cross section of fewer pixels is not known,
    least_section: int = 10  # px at 720: or of fewer than this
    sliver: float = 0.25  # of the usual section: fewer pixels are cloth beside it, or a fold
    band: float = 0.2  # T: a stretch of another tone shorter than half of this is not the arm's
    section_reach: int = 2  # px at 720: how far up and down the arm a cross section reaches
    most_bend: float = 1.2  # of `half_width`: further out it gets no darker
    margin: int = 2  # px at 720: round what is hidden, painted too,
    soft: float = 2.5  # px at 720: and the deviation of the change to what is seen
    shadow: float = 35  # percentile: darker pixels are the seam with the hair and its shadow
    least_sections: int = 5
    shading: float = 0.16  # of the light: how much darker a round limb is at its edges
    half_width: float = 0.085  # T: of an arm
    stretch: float = 0.3  # T: beyond the last known section, the usual tone of this much of the arm
    fade: float = 0.08  # T: over which it takes over
    smooth: float = 0.03  # T: along the arm


NUMBERS = ArmFillNumbers()


def paint_hidden(colours: Float32, seen: Mask, hidden: Mask, arm: ArmBones, unit: float) -> Float32:
    """Paint `hidden` with the arm's own colour at the same place along the bone.

    colours: (h, w, 3) float32 sRGB 0..1; seen, hidden: (h, w) bool. A median per cross section,
    smoothed along the arm, shaded towards the edges as a round limb is.
    """
    if hidden.sum() < NUMBERS.least_hidden or seen.sum() < NUMBERS.least_seen:
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
    near, places = NUMBERS.section_reach, np.arange(n)
    begins, ends = cuts[np.maximum(0, places - near)], cuts[np.minimum(n, places + near + 1)]
    counts = ends - begins
    least = max(NUMBERS.least_section, int(NUMBERS.section * unit))
    usual = counts[counts > least]
    if usual.size:
        least = max(least, int(NUMBERS.sliver * float(np.median(usual))))
    for i, (a, b) in enumerate(zip(begins, ends, strict=True)):
        if b - a > least:
            values = v[a:b]
            light = values.mean(axis=1)
            profile[i] = np.median(values[light >= np.percentile(light, NUMBERS.shadow)], axis=0)
    known = np.flatnonzero(~np.isnan(profile[:, 0]))
    if known.size < NUMBERS.least_sections:
        return colours
    window = max(3, round(NUMBERS.band * unit)) | 1
    profile[known] = median_filter(profile[known], size=(window, 1), mode="reflect")
    smooth = _completed(profile, known, unit)
    off = np.clip(np.abs(across) / (NUMBERS.half_width * unit), 0, NUMBERS.most_bend)
    bend = NUMBERS.shading * off**2
    shade = (1 - bend) / (1 - NUMBERS.shading / 3)
    painted = colours.copy()
    painted[ys, xs] = np.clip(smooth[along.astype(int)] * shade[:, None], 0, 1)
    share = soften(grow(hidden, NUMBERS.margin), NUMBERS.soft)
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
    stretch = NUMBERS.stretch * unit
    for end, beyond in (
        (known[0], rows < known[0]),
        (known[-1], rows > known[-1]),
    ):
        usual = np.median(profile[known[np.abs(known - end) < stretch]], axis=0)
        away = np.clip(np.abs(rows[beyond] - end) / (NUMBERS.fade * unit), 0, 1)[:, None]
        full[beyond] = full[beyond] * (1 - away) + usual * away
    return np.asarray(gaussian_filter1d(full, NUMBERS.smooth * unit, axis=0))


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
