"""PatchMatch's search and vote, compiled (Barnes et al., SIGGRAPH 2009).

An image is float32 (h + 6, (w + 6) * 4): four features a pixel, rows flattened so that a patch's
row is one run of memory, and a rim of three pixels so that every patch has all its pixels. Pixel
(y, x) of the picture is the centre of the patch whose first feature is at [y, 4 x].
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

Int32 = NDArray[np.int32]

HALF = 3  # px: patches are 7 x 7
SIDE = 2 * HALF + 1
FEATURES = 4  # of a pixel
_AREA = SIDE * SIDE
# In the patches' mean squared difference, times the squared way to the source:
_ROW_PENALTY = 40.0  # in heights of the picture,
_COLUMN_PENALTY = 0.8  # and, at the start only, in its widths
_ANY_COST = 1e9  # more than any patch costs
_LEAST_WEIGHT = 1e-9  # of a vote: where all patches fit badly they still decide


@njit(cache=True, nogil=True, fastmath=True)
def _cost(  # pragma: no cover - compiled  # noqa: PLR0913 - one loop over plain arrays
    image: Float32, price: Float32, y: int, x: int, sy: int, sx: int, limit: float, run: int
) -> float:
    """Mean squared difference of two patches plus the source's price; infinite beyond `limit`.

    run: SIDE * FEATURES. It comes in as a variable so that the compiler makes a loop of it, and
    that loop a vector one.
    """
    h = price.shape[0]
    away = _ROW_PENALTY * float((sy - y) * (sy - y)) / float(h * h) + price[sy, sx]
    stop = (limit - away) * _AREA
    if stop <= 0.0:
        return 1e18
    total = np.float32(0.0)
    a, b = x * FEATURES, sx * FEATURES
    for row in range(SIDE):
        target = image[y + row, a : a + run]
        origin = image[sy + row, b : b + run]
        for k in range(run):
            d = target[k] - origin[k]
            total += d * d
        if total > stop:
            return 1e18
    cost: float = float(total) / _AREA + away
    return cost


@njit(cache=True, nogil=True, fastmath=True)
def search(  # pragma: no cover - compiled  # noqa: PLR0913 - one loop over plain arrays
    image: Float32,
    price: Float32,
    ys: Int32,
    xs: Int32,
    wanted: Mask,
    source: Mask,
    match: Int32,
    sweeps: int,
    seed: int,
    reach: int,
) -> Float32:
    """Improve `match` in place; returns the costs (h, w).

    price: (h, w), what it costs to copy from a place. ys, xs: (n,), the pixels to match, in rows;
    wanted: (h, w), the same as a mask; source: (h, w), where may be copied from. match:
    (h, w, 2), the source y, x of each pixel's patch. reach: how far the random search begins.
    """
    h, w = price.shape
    run = SIDE * (image.shape[1] // (w + 2 * HALF))
    np.random.seed(seed)
    costs = np.zeros((h, w), np.float32)
    count = len(ys)
    for i in range(count):
        y, x = ys[i], xs[i]
        costs[y, x] = _cost(image, price, y, x, match[y, x, 0], match[y, x, 1], _ANY_COST, run)
    for sweep in range(sweeps):
        step = 1 if sweep % 2 == 0 else -1
        for k in range(count):
            i = k if sweep % 2 == 0 else count - 1 - k
            y, x = ys[i], xs[i]
            by, bx, best = match[y, x, 0], match[y, x, 1], costs[y, x]
            for q in range(2):
                ny = y - step if q == 0 else y
                nx = x - step if q == 1 else x
                if ny < 0 or ny >= h or nx < 0 or nx >= w or not wanted[ny, nx]:
                    continue
                cy = match[ny, nx, 0] + (y - ny)
                cx = match[ny, nx, 1] + (x - nx)
                if cy < 0 or cy >= h or cx < 0 or cx >= w or not source[cy, cx]:
                    continue
                if cy == by and cx == bx:
                    continue
                cost = _cost(image, price, y, x, cy, cx, best, run)
                if cost < best:
                    best, by, bx = cost, cy, cx
            r = reach
            while r >= 1:
                cy = by + np.random.randint(-r, r + 1)
                cx = bx + np.random.randint(-r, r + 1)
                r //= 2
                if cy < 0 or cy >= h or cx < 0 or cx >= w or not source[cy, cx]:
                    continue
                cost = _cost(image, price, y, x, cy, cx, best, run)
                if cost < best:
                    best, by, bx = cost, cy, cx
            match[y, x, 0], match[y, x, 1], costs[y, x] = by, bx, best
    return costs


@njit(cache=True, nogil=True, fastmath=True)
def vote(  # pragma: no cover - compiled  # noqa: PLR0913 - one loop over plain arrays
    image: Float32,
    hole: Mask,
    ys: Int32,
    xs: Int32,
    match: Int32,
    costs: Float32,
    trust: Float32,
    spread: float,
) -> None:
    """Give each pixel of the hole the weighted mean of what the patches over it hold, in place."""
    h, w = hole.shape
    total = np.zeros((h, w, FEATURES), np.float32)
    weights = np.zeros((h, w), np.float32)
    for i in range(len(ys)):
        y, x = ys[i], xs[i]
        sy, sx = match[y, x, 0], match[y, x, 1]
        weight = trust[y, x] * np.exp(-costs[y, x] / spread) + _LEAST_WEIGHT
        for dy in range(-HALF, HALF + 1):
            yy = y + dy
            if yy < 0 or yy >= h:
                continue
            for dx in range(-HALF, HALF + 1):
                xx = x + dx
                if xx < 0 or xx >= w or not hole[yy, xx]:
                    continue
                from_x = (sx + dx + HALF) * FEATURES
                for c in range(FEATURES):
                    total[yy, xx, c] += weight * image[sy + dy + HALF, from_x + c]
                weights[yy, xx] += weight
    for y in range(h):
        for x in range(w):
            if hole[y, x] and weights[y, x] > 0:
                for c in range(FEATURES):
                    image[y + HALF, (x + HALF) * FEATURES + c] = total[y, x, c] / weights[y, x]


@njit(cache=True, nogil=True, fastmath=True)
def peel(  # pragma: no cover - compiled  # noqa: PLR0912 - one loop over plain arrays
    image: Float32, hole: Mask, price: Float32, sources: Int32
) -> Int32:
    """Fill from the rim inwards, each pixel from the source patch that fits what is known round it.

    sources: (n, 2), y, x of the patches that may be copied from. Changes `image` in place; returns
    the source of each pixel (h, w, 2). For small images: its cost is pixels times sources.
    """
    h, w = hole.shape
    known = ~hole
    match = np.zeros((h, w, 2), np.int32)
    surround = np.zeros((h, w), np.int32)
    for y in range(h):
        for x in range(w):
            match[y, x, 0], match[y, x, 1] = y, x
            for yy in range(max(0, y - HALF), min(h, y + HALF + 1)):
                for xx in range(max(0, x - HALF), min(w, x + HALF + 1)):
                    if known[yy, xx]:
                        surround[y, x] += 1
    while True:
        most, py, px = 0, -1, -1
        for y in range(h):
            for x in range(w):
                if not known[y, x] and surround[y, x] > most:
                    most, py, px = surround[y, x], y, x
        if py < 0:
            return match
        best, by, bx = 1e18, py, px
        for k in range(sources.shape[0]):
            sy, sx = sources[k, 0], sources[k, 1]
            away = _ROW_PENALTY * (sy - py) ** 2 / (h * h)
            away += _COLUMN_PENALTY * (sx - px) ** 2 / (w * w) + price[sy, sx]
            stop = (best - away) * most
            total = 0.0
            for yy in range(max(0, py - HALF), min(h, py + HALF + 1)):
                if total > stop:
                    break
                for xx in range(max(0, px - HALF), min(w, px + HALF + 1)):
                    if known[yy, xx]:
                        a = (xx + HALF) * FEATURES
                        b = (sx + xx - px + HALF) * FEATURES
                        for c in range(FEATURES):
                            d = image[yy + HALF, a + c] - image[sy + yy - py + HALF, b + c]
                            total += d * d
            cost = total / most + away
            if cost < best:
                best, by, bx = cost, sy, sx
        for c in range(FEATURES):
            image[py + HALF, (px + HALF) * FEATURES + c] = image[
                by + HALF, (bx + HALF) * FEATURES + c
            ]
        match[py, px, 0], match[py, px, 1] = by, bx
        known[py, px] = True
        for yy in range(max(0, py - HALF), min(h, py + HALF + 1)):
            for xx in range(max(0, px - HALF), min(w, px + HALF + 1)):
                surround[yy, xx] += 1
