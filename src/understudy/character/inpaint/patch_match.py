"""Filling a hole with texture found elsewhere in the picture.

Multi-scale patch voting (Wexler, Shechtman and Irani, TPAMI 2007) with PatchMatch's search (Barnes
et al., SIGGRAPH 2009), texture features and an onion-peel start at the coarsest level (Newson,
Almansa, Gousseau and Perez, "Non-Local Patch-Based Image Inpainting", IPOL 2017). Our
additions are a penalty for leaving the row (floors, horizons and walls repeat sideways, seldom up
and down) and a price on what stands out from its row (there is only one ship).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask
from understudy.character.inpaint.patch_kernels import (
    FEATURES,
    HALF,
    SIDE,
    Int32,
    peel,
    search,
    vote,
)
from understudy.character.inpaint.poisson import fill_by_gradients, fill_smoothly
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class PatchNumbers:
    """How the pyramid is built and searched.

    The scheme is Newson's (IPOL 2017); the numbers were set by eye.
    """

    work_side: int = 600  # px of the longer side at which matches are sought
    least_work_side: int = 24  # px: no side is made smaller for that
    least_side: int = 16  # px: nor at any level
    coarse_side: int = 44  # px of the shorter side where filling starts
    shrink: float = 0.62  # from one level to the next
    least_sources: int = 30  # patches: with fewer there is nothing to copy from
    rounds: tuple[int, int, int] = (
        4,
        2,
        1,
    )  # of search and vote: coarse, last but one, last
    sweeps: tuple[int, int] = (3, 2)  # of the search: in a level's first round, later
    wide_levels: int = 3  # coarse levels that are searched all over; finer ones in a window
    window: int = 12  # of the longer side: one part in so many
    trust_fall: float = 1.3  # how fast trust falls into the hole: its power, half a pixel each
    least_window: int = 8  # px
    least_trust: float = 1e-4  # added, so that deep inside something votes
    least_spread: float = 1e-4  # scaled Lab, squared
    known_share: float = 0.98  # of a small pixel: with less it belongs to the hole
    busy_window: int = 5  # px: over which texture is averaged, and a price
    bands: int = 24  # rows are judged for what stands out in bands of a part in so many,
    least_band: int = 2  # px: at least,
    least_band_pixels: int = 20  # and not where a band has fewer known pixels
    usual: float = 2.0  # times the median difference that is usual in a band,
    usual_least: float = 0.06  # scaled Lab: with this added;
    price_from: float = 2.0  # usual differences from which on a place costs something,
    most_price: float = 8  # and how many more cost the most
    join_blur: float = 1.2  # px: deviation of the edge between fill and picture,
    join_least: float = 0.02  # share of the fill below which it is cut off
    seam_step: float = 2  # px: neighbours whose sources lie further apart than they meet at a seam
    seam_blur: float = 0.8  # px: deviation of what a seam takes from the detail beside it,
    seam_weight: float = 1.4  # and its strength
    trust_depth: int = 60  # px: deeper, it falls no more
    spread: tuple[int, int] = (60, 15)  # percentile of the costs that weighs votes: early, last
    lab_scale: float = 1 / 50  # Lab units to features of about 1
    busyness: float = 0.5  # weight of texture beside Lab
    standing_out: float = 0.6  # price of what is seen once
    strong_edge: float = 0.25  # scaled Lab: an outline, not a seam
    copied_edge: float = 0.5  # of that: what it was at least where it was copied from
    most_change: float = 0.2  # scaled Lab: the most that levelling seams may change


NUMBERS = PatchNumbers()
_LAB_SCALE = np.float32(NUMBERS.lab_scale)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The picture at one size.

    lab: (h, w, 3), scaled. hole, wanted (patches that reach the hole), source (patches that may be
    copied): (h, w) bool.
    """

    size: tuple[int, int]
    lab: Float32
    hole: Mask
    wanted: Mask
    source: Mask


@dataclass(frozen=True, slots=True, eq=False)
class TextureFill:
    """image: (h, w, 3) float32 sRGB in 0..1, outside the hole the picture. misfit: (h, w) float32,
    Lab units: how much the pieces' colours had to be changed so that they meet.
    """

    image: Float32
    misfit: Float32


def fill_with_texture(picture: Float32, hole: Mask) -> TextureFill | None:
    """Fill the hole with texture of the rest of the picture.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool. Deterministic. None where the
    picture has too little to copy from.
    """
    h, w = hole.shape
    scale = min(1.0, NUMBERS.work_side / max(h, w))
    work = (
        max(NUMBERS.least_work_side, round(w * scale)),
        max(NUMBERS.least_work_side, round(h * scale)),
    )
    base, base_hole = _shrink(to_lab(picture) * _LAB_SCALE, hole, work)
    sizes = _sizes(work)
    match: Int32 | None = None
    current, level_hole = base, base_hole
    for number, size in enumerate(sizes):
        level = _level(base, base_hole, size)
        level_hole = level.hole
        if level.source.sum() < NUMBERS.least_sources:
            continue
        if match is None:
            rows, price, guess = _peeled(level)
        else:
            rows, price, guess = _enlarged(level, current, match)
        nearest = distance_transform_edt(~level.source, return_distances=False, return_indices=True)
        match = np.stack(
            [nearest[i][guess[..., 0], guess[..., 1]] for i in (0, 1)], axis=-1
        ).astype(np.int32)
        _refine(level, rows, price, match, number, len(sizes) - 1 - number)
        current = _unflat(rows, size)
    if match is None:
        return None
    change = _levelling(current, level_hole, match)
    misfit = np.abs(change).max(axis=-1) / _LAB_SCALE
    misfit = cv2.resize(misfit, (w, h), interpolation=cv2.INTER_LINEAR)
    # Steps from many places do not quite fit together; what adds up of that is no seam.
    most = np.float32(NUMBERS.most_change)
    levelled = np.asarray(current[..., :3] + most * np.tanh(change / most), np.float32)
    image = _to_full_size(picture, hole, levelled, match)
    return TextureFill(image, np.asarray(misfit, np.float32))


def _sizes(work: tuple[int, int]) -> list[tuple[int, int]]:
    """The sizes (w, h) of the levels, the coarsest first."""
    scales, least = [1.0], NUMBERS.least_side
    while min(work) * scales[-1] > NUMBERS.coarse_side:
        scales.append(scales[-1] * NUMBERS.shrink)
    return [
        (max(least, round(work[0] * scale)), max(least, round(work[1] * scale)))
        for scale in reversed(scales)
    ]


def _level(base: Float32, base_hole: Mask, size: tuple[int, int]) -> _Level:
    lab, hole = _shrink(base, base_hole, size)
    wanted = cv2.dilate(hole.astype(np.uint8), np.ones((SIDE, SIDE), np.uint8)) > 0
    source = ~wanted
    source[:HALF] = source[-HALF:] = False
    source[:, :HALF] = source[:, -HALF:] = False
    return _Level(size, lab, hole, np.asarray(wanted), np.asarray(source))


def _peeled(level: _Level) -> tuple[Float32, Float32, Int32]:
    """A first fill of the coarsest level: rows, price and matches."""
    # Spanned only so that the hole's blackness does not make its rim look busy.
    features = _features(fill_smoothly(level.lab, level.hole))
    price = _price(features, level.source)
    rows = _flat(features)
    sources = np.ascontiguousarray(np.argwhere(level.source), np.int32)
    return rows, price, peel(rows, level.hole, price, sources)


def _enlarged(level: _Level, coarse: Float32, match: Int32) -> tuple[Float32, Float32, Int32]:
    """The coarser level's fill at this level's size: rows, price and matches."""
    up = np.asarray(cv2.resize(coarse, level.size, interpolation=cv2.INTER_LINEAR), np.float32)
    features = _features(np.where(level.hole[..., None], up[..., :3], level.lab))
    features[level.hole, 3] = up[level.hole, 3]
    return _flat(features), _price(features, level.source), _lift(match, level.size)


def _refine(  # noqa: PLR0913 - one level's state
    level: _Level, rows: Float32, price: Float32, match: Int32, number: int, finer: int
) -> None:
    """Search and vote in turn; changes `rows` and `match` in place.

    number: of the level, the coarsest 0; finer: how many levels follow.
    """
    by = NUMBERS
    ys, xs = (v.astype(np.int32) for v in np.nonzero(level.wanted))
    deep = np.minimum(distance_transform_edt(level.hole), by.trust_depth)
    trust = (by.trust_fall ** (-0.5 * deep) + by.least_trust).astype(np.float32)
    rounds = by.rounds[2 - min(finer, 2)]
    side = max(level.size)
    reach = side if number < by.wide_levels else max(by.least_window, side // by.window)
    for r in range(rounds):
        sweeps = by.sweeps[0] if r == 0 and finer else by.sweeps[1]
        seed = 10 * number + r
        costs = search(rows, price, ys, xs, level.wanted, level.source, match, sweeps, seed, reach)
        percentile = by.spread[0] if r < rounds - 1 else by.spread[1]
        spread = max(by.least_spread, float(np.percentile(costs[ys, xs], percentile)))
        vote(rows, level.hole, ys, xs, match, costs, trust, spread)


def _features(lab: Float32) -> Float32:
    """Lab and how busy the place is: (h, w, 4) float32."""
    light = lab[..., 0]
    busy = np.abs(cv2.Sobel(light, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(light, cv2.CV_32F, 0, 1))
    busy = cv2.blur(busy, (NUMBERS.busy_window, NUMBERS.busy_window)) * np.float32(NUMBERS.busyness)
    return np.ascontiguousarray(np.dstack([lab, busy]), dtype=np.float32)


def _flat(features: Float32) -> Float32:
    """Features (h, w, 4) in the kernels' layout."""
    padded = cv2.copyMakeBorder(features, HALF, HALF, HALF, HALF, cv2.BORDER_REFLECT_101)
    return np.ascontiguousarray(padded.reshape(padded.shape[0], -1), dtype=np.float32)


def _unflat(rows: Float32, size: tuple[int, int]) -> Float32:
    w, h = size
    features = rows.reshape(h + 2 * HALF, w + 2 * HALF, FEATURES)
    return np.ascontiguousarray(features[HALF:-HALF, HALF:-HALF])


def _shrink(values: Float32, hole: Mask, size: tuple[int, int]) -> tuple[Float32, Mask]:
    """Resize, taking nothing from the hole. Returns the values and the hole at the new size."""
    weight = cv2.resize((~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(values * (~hole)[..., None], size, interpolation=cv2.INTER_AREA)
    small = small / np.maximum(weight, 1e-3)[..., None]
    return np.asarray(small, np.float32), np.asarray(weight < NUMBERS.known_share)


def _price(image: Float32, source: Mask) -> Float32:
    """What it costs to copy from a place because it stands out from its row: (h, w) float32.

    A ship on the horizon or a lamp in the sky is seen once; its copies would be noticed.
    """
    by = NUMBERS
    h = image.shape[0]
    band = max(by.least_band, h // by.bands)
    price = np.zeros(source.shape, np.float32)
    for top in range(0, h, band):
        rows = slice(max(0, top - band), min(h, top + 2 * band))
        values = image[rows][source[rows]]
        if len(values) < by.least_band_pixels:
            continue
        middle = np.median(values, axis=0)
        usual = np.median(np.abs(values - middle), axis=0) * by.usual + by.usual_least
        out = np.abs(image[top : top + band] - middle) / usual
        price[top : top + band] = np.clip(out.max(axis=-1) - by.price_from, 0, by.most_price)
    return np.asarray(
        cv2.blur(price, (by.busy_window, by.busy_window)) * np.float32(by.standing_out), np.float32
    )


def _levelling(filled: Float32, hole: Mask, match: Int32) -> Float32:
    """What levels out the jumps where pieces copied from different places meet: (h, w, 3) Lab
    scaled, to be added.

    Neighbours shall differ as they do where they were copied from.
    """
    lab = np.ascontiguousarray(filled[..., :3])
    h, w = hole.shape
    rows, columns = np.mgrid[0:h, 0:w]
    my, mx = match[..., 0], match[..., 1]
    steps = np.zeros((4, h, w, 3), np.float32)
    for k, (dy, dx) in enumerate(((-1, 0), (1, 0), (0, -1), (0, 1))):
        there = (np.clip(rows + dy, 0, h - 1), np.clip(columns + dx, 0, w - 1))
        here = lab[np.clip(my + dy, 0, h - 1), np.clip(mx + dx, 0, w - 1)] - lab[my, mx]
        ny, nx = my[there], mx[there]
        back = lab[ny, nx] - lab[np.clip(ny - dy, 0, h - 1), np.clip(nx - dx, 0, w - 1)]
        copied = np.where(hole[there][..., None], 0.5 * (here + back), here)
        actual = lab[there] - lab
        # A strong edge that was one where it was copied from is no seam but a thing's outline.
        edge = np.maximum(np.abs(here), np.abs(back)).max(axis=-1)
        strong = np.abs(actual).max(axis=-1) > NUMBERS.strong_edge
        strong &= edge > NUMBERS.copied_edge * NUMBERS.strong_edge
        steps[k] = np.where(strong[..., None], actual, copied)
        outside = (there[0] == rows) & (there[1] == columns)
        steps[k][outside] = 0
    return np.asarray(fill_by_gradients(lab, hole, steps) - lab, np.float32)


def _lift(match: Int32, size: tuple[int, int]) -> Int32:
    """Matches of a coarse level carried to the next size."""
    last_h, last_w = match.shape[:2]
    w, h = size
    yy, xx = np.mgrid[0:h, 0:w]
    py = np.minimum(yy * last_h // h, last_h - 1)
    px = np.minimum(xx * last_w // w, last_w - 1)
    dy = np.round((match[py, px, 0] - py) * (h / last_h)).astype(np.int32)
    dx = np.round((match[py, px, 1] - px) * (w / last_w)).astype(np.int32)
    return np.stack([np.clip(yy + dy, 0, h - 1), np.clip(xx + dx, 0, w - 1)], axis=-1).astype(
        np.int32
    )


def _to_full_size(picture: Float32, hole: Mask, filled: Float32, match: Int32) -> Float32:
    """The fill at the picture's size: its low frequencies, and the detail at the matched places."""
    h, w = hole.shape
    small_h, small_w = match.shape[:2]
    rgb = cv2.cvtColor(np.ascontiguousarray(filled[..., :3] / _LAB_SCALE), cv2.COLOR_LAB2RGB)
    if (small_h, small_w) != (h, w):
        rows, columns = np.mgrid[0:small_h, 0:small_w].astype(np.float32)
        offset = np.dstack([match[..., 1] - columns, match[..., 0] - rows]).astype(np.float32)
        steps = np.array([w / small_w, h / small_h], np.float32)
        there = cv2.resize(offset, (w, h), interpolation=cv2.INTER_NEAREST) * steps
        there += np.dstack(np.meshgrid(np.arange(w), np.arange(h))).astype(np.float32)
        map_x, map_y = (np.ascontiguousarray(there[..., i]) for i in (0, 1))
        sampled = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        detail = sampled - cv2.GaussianBlur(sampled, (0, 0), h / small_h)
        # Where pieces meet, the detail of one would break off in the steps of the small picture.
        smooth = cv2.resize(_coherence(offset), (w, h), interpolation=cv2.INTER_LINEAR)
        up = cv2.resize(rgb, (w, h), interpolation=cv2.INTER_CUBIC)
        rgb = up + detail * smooth[..., None]
    share = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), NUMBERS.join_blur)
    share = np.maximum(share * (share > NUMBERS.join_least), hole)[..., None]
    return np.clip(picture * (1 - share) + rgb * share, 0, 1).astype(np.float32)


def _coherence(offset: Float32) -> Float32:
    """1 inside pieces copied from one place, 0 where two meet: (h, w) float32."""
    jump = np.zeros(offset.shape[:2], np.float32)
    for axis in (0, 1):
        step = np.abs(np.diff(offset, axis=axis)).max(axis=-1) > NUMBERS.seam_step
        jump[: -1 if axis == 0 else None, : -1 if axis == 1 else None] += step
    seams = cv2.dilate((jump > 0).astype(np.float32), np.ones((2, 2), np.uint8))
    lost = NUMBERS.seam_weight * cv2.GaussianBlur(seams, (0, 0), NUMBERS.seam_blur)
    return np.asarray(1 - np.clip(lost, 0, 1), np.float32)
