"""The figure's own colours along its edge, where the background shows through.

Germer, Uelwer, Conrad and Harmeling, "Fast Multi-Level Foreground Estimation", ICPR 2020.
The package `pymatting` (MIT) implements it, too. We keep our own version because theirs compiles
when it is imported and uses every core, while casting must leave one core to tracking.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from understudy.geometry.landmarks import Float32

_SMALL_SIDE = 32  # px: up to this long side a level counts as small
_SMALL_ITERATIONS = 10  # of a small level: they are cheap, and colours have far to go
_LARGE_ITERATIONS = 2  # of a larger one, which refines what the one below left
_REGULARISATION = 1e-5  # weight of a neighbour's colour where alpha is even
_GRADIENT_WEIGHT = 1.0  # what a change of alpha by 1 adds to it
_FIGURE, _BACKGROUND = 0.9, 0.1  # alpha beyond which a pixel counts in the first, mean colours
_NONE = 1e-6  # pixels: a weight that no division fails by


@njit(cache=True, nogil=True)
def _mean_colours(
    image: Float32, alpha: Float32
) -> tuple[Float32, Float32]:  # pragma: no cover - compiled
    """The mean colours of figure and background, (1, 1, 3) each: the coarsest level."""
    h, w = alpha.shape
    front = np.empty((1, 1, 3), np.float32)
    back = np.empty((1, 1, 3), np.float32)
    for c in range(3):
        front_sum, front_weight, back_sum, back_weight = 0.0, _NONE, 0.0, _NONE
        for y in range(h):
            for x in range(w):
                a = alpha[y, x]
                if a > _FIGURE:
                    front_sum += image[y, x, c]
                    front_weight += 1.0
                elif a < _BACKGROUND:
                    back_sum += image[y, x, c]
                    back_weight += 1.0
        front[0, 0, c] = front_sum / front_weight
        back[0, 0, c] = back_sum / back_weight
    return front, back


@njit(cache=True, nogil=True)
def _resized(image: Float32, h: int, w: int) -> Float32:  # pragma: no cover - compiled
    """The nearest pixels of an image (H, W, 3) in another size, (h, w, 3)."""
    rows, columns, _ = image.shape
    resized = np.empty((h, w, 3), np.float32)
    for y in range(h):
        sy = min(rows - 1, y * rows // h)
        for x in range(w):
            sx = min(columns - 1, x * columns // w)
            for c in range(3):
                resized[y, x, c] = image[sy, sx, c]
    return resized


@njit(cache=True, nogil=True)
def _resized_alpha(alpha: Float32, h: int, w: int) -> Float32:  # pragma: no cover - compiled
    """The same of alpha (H, W)."""
    rows, columns = alpha.shape
    resized = np.empty((h, w), np.float32)
    for y in range(h):
        sy = min(rows - 1, y * rows // h)
        for x in range(w):
            resized[y, x] = alpha[sy, min(columns - 1, x * columns // w)]
    return resized


@njit(cache=True, nogil=True)
def _relax(  # pragma: no cover - compiled
    front: Float32, back: Float32, pixels: Float32, cover: Float32
) -> None:
    """Solve every pixel once for its two colours, from its neighbours'; `front` and `back` change.

    Two unknowns per channel: their mix must give the pixel, and both resemble their neighbours, the
    more so where alpha changes.
    """
    h, w, _ = pixels.shape
    for y in range(h):
        for x in range(w):
            a0 = cover[y, x]
            a1 = 1.0 - a0
            m00 = a0 * a0
            m01 = a0 * a1
            m11 = a1 * a1
            f0, f1, f2, b0, b1, b2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for d in range(4):
                ny = y + (-1 if d == 0 else 1 if d == 1 else 0)
                nx = x + (-1 if d == 2 else 1 if d == 3 else 0)
                ny = min(h - 1, max(0, ny))
                nx = min(w - 1, max(0, nx))
                weight = _REGULARISATION + _GRADIENT_WEIGHT * abs(a0 - cover[ny, nx])
                m00 += weight
                m11 += weight
                f0 += weight * front[ny, nx, 0]
                f1 += weight * front[ny, nx, 1]
                f2 += weight * front[ny, nx, 2]
                b0 += weight * back[ny, nx, 0]
                b1 += weight * back[ny, nx, 1]
                b2 += weight * back[ny, nx, 2]
            inverse = 1.0 / (m00 * m11 - m01 * m01)
            for c in range(3):
                pixel = pixels[y, x, c]
                vf = a0 * pixel + (f0 if c == 0 else f1 if c == 1 else f2)
                vb = a1 * pixel + (b0 if c == 0 else b1 if c == 1 else b2)
                front[y, x, c] = min(1.0, max(0.0, (m11 * vf - m01 * vb) * inverse))
                back[y, x, c] = min(1.0, max(0.0, (m00 * vb - m01 * vf) * inverse))


@njit(cache=True, nogil=True)
def _estimate(  # pragma: no cover - compiled
    image: Float32, alpha: Float32, small_side: int, small_iterations: int, large_iterations: int
) -> Float32:
    full_h, full_w = alpha.shape
    front: Float32
    back: Float32
    front, back = _mean_colours(image, alpha)
    levels = int(np.ceil(np.log2(max(full_h, full_w))))
    for level in range(levels + 1):
        h = int(full_h ** (level / levels) + 0.5)
        w = int(full_w ** (level / levels) + 0.5)
        front, back = _resized(front, h, w), _resized(back, h, w)
        pixels, cover = _resized(image, h, w), _resized_alpha(alpha, h, w)
        rounds = small_iterations if max(h, w) <= small_side else large_iterations
        for _ in range(rounds):
            _relax(front, back, pixels, cover)
    return front


def foreground_colours(picture: Float32, alpha: Float32) -> Float32:
    """The figure's own colours, without the background's share at its edge.

    picture: (h, w, 3) float32 sRGB in 0..1; alpha: (h, w) float32 in 0..1. Returns (h, w, 3)
    float32 in 0..1, not multiplied by alpha; where alpha is 1 it is the picture, where alpha is 0
    it continues the figure's nearest colours.
    """
    estimate: Float32 = _estimate(
        np.ascontiguousarray(picture, np.float32),
        np.ascontiguousarray(alpha, np.float32),
        _SMALL_SIDE,
        _SMALL_ITERATIONS,
        _LARGE_ITERATIONS,
    )
    return estimate
