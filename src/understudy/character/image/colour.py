"""Colour: Lab of float pictures, and which of two places near by a colour comes from."""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

_SPREAD = 5.0  # Lab units: colours nearer than this look alike
_UNKNOWN = 2e-3  # likelihood of a colour that neither place has
_STEPS = 6  # samples from the pixel to the end of its reach
_FALL = 0.6  # of the reach: deviation of the weight of samples further off
_LIGHTNESS = 0.5  # weight of a squared difference in lightness beside those in hue
_FARTHEST = -12.0  # exponent below which a sample's likelihood is 0
# Bilateral filter that takes texture away: its window in px, and deviations in Lab units and px.
_TEXTURE = (5, 8.0, 3.0)


def to_lab(rgb: Float32) -> Float32:
    """(h, w, 3) float32 sRGB in 0..1 to CIE Lab (L in 0..100)."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2LAB), np.float32)


def smoothed_lab(rgb: Float32) -> Float32:
    """(h, w, 3) float32 sRGB in 0..1 to Lab with texture smoothed and edges kept."""
    return np.asarray(cv2.bilateralFilter(to_lab(rgb), *_TEXTURE), np.float32)


def likeness(lab: Float32, first: Mask, second: Mask, where: Mask, reach: int) -> Float32:
    """How much likelier each pixel's colour is in `first` near by than in `second` near by.

    lab: (h, w, 3) float32; first, second, where: (h, w) bool; reach: how far to look, in pixels.
    Returns (h, w) float32 in 0..1: 1 the first, 0 the second, 0.5 where the colours do not tell or
    `where` is False. A kernel density over some 200 samples in the window round each pixel.
    """
    step = max(1, reach // _STEPS)
    result: Float32 = _likeness(
        np.ascontiguousarray(lab),
        np.ascontiguousarray(first),
        np.ascontiguousarray(second),
        np.ascontiguousarray(where),
        reach,
        step,
        _SPREAD,
        _UNKNOWN,
    )
    return result


@njit(cache=True, nogil=True, fastmath=True)
def _likeness(  # pragma: no cover - compiled  # noqa: PLR0912, PLR0913 - one loop over plain arrays
    lab: Float32,
    first: Mask,
    second: Mask,
    where: Mask,
    reach: int,
    step: int,
    spread: float,
    unknown: float,
) -> Float32:
    h, w = where.shape
    out = np.full((h, w), np.float32(0.5))
    scale = np.float32(-0.5 / (spread * spread))
    count = 2 * reach // step + 1
    fall = np.empty((step, count), np.float32)
    for shift in range(step):
        for k in range(count):
            fall[shift, k] = np.exp(-0.5 * ((shift + k * step - reach) / (_FALL * reach)) ** 2)
    for y in range(h):
        for x in range(w):
            if not where[y, x]:
                continue
            l0, a0, b0 = lab[y, x, 0], lab[y, x, 1], lab[y, x, 2]
            sum0, sum1 = np.float32(0), np.float32(0)
            weight0, weight1 = np.float32(0), np.float32(0)
            # The grid of samples shifts from pixel to pixel, so that no pattern shows.
            shift_y, shift_x = (y * 7 + x * 3) % step, (x * 5 + y * 11) % step
            for i in range(count):
                yy = y - reach + shift_y + i * step
                if yy < 0 or yy >= h:
                    continue
                for j in range(count):
                    xx = x - reach + shift_x + j * step
                    if xx < 0 or xx >= w:
                        continue
                    in_first = first[yy, xx]
                    if not in_first and not second[yy, xx]:
                        continue
                    near = fall[shift_y, i] * fall[shift_x, j]
                    d0 = lab[yy, xx, 0] - l0
                    d1 = lab[yy, xx, 1] - a0
                    d2 = lab[yy, xx, 2] - b0
                    power = scale * (np.float32(_LIGHTNESS) * d0 * d0 + d1 * d1 + d2 * d2)
                    alike = near * np.exp(power) if power > _FARTHEST else np.float32(0)
                    if in_first:
                        sum0 += alike
                        weight0 += near
                    else:
                        sum1 += alike
                        weight1 += near
            if weight0 > 0 and weight1 > 0:
                p0, p1 = sum0 / weight0, sum1 / weight1
                out[y, x] = (p0 + 0.5 * unknown) / (p0 + p1 + unknown)
    return out
