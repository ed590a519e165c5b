"""The soft edge: how much of each pixel along the silhouette is figure.

Every pixel of a narrow band looks along rays for figure on one side and background on the other,
and takes the pair of colours that explains its own best: Gastal and Oliveira, "Shared Sampling for
Real-Time Alpha Matting", Eurographics 2010. A guided filter then makes neighbours agree.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from understudy.character.image.guided_filter import guided_filter
from understudy.character.image.masks import Mask, depth, grow
from understudy.geometry.landmarks import Float32

_RAYS = 8
_LOOSE = 0.026  # half width of the edge of hair in torso lengths


@njit(cache=True, nogil=True)
def _sample(  # pragma: no cover - compiled  # noqa: PLR0912, PLR0913, PLR0915 - one loop over plain arrays
    picture: Float32, figure: Mask, background: Mask, where: Mask, reach: int, rays: int
) -> tuple[Float32, Float32]:
    """Alpha (h, w) and how well it explains the pixel (h, w), 0..1, for pixels of `where`."""
    h, w = where.shape
    alpha = np.zeros((h, w), np.float32)
    trust = np.zeros((h, w), np.float32)
    fronts = np.zeros((rays, 3), np.float32)
    backs = np.zeros((rays, 3), np.float32)
    front_away = np.zeros(rays, np.float32)
    back_away = np.zeros(rays, np.float32)
    for y in range(h):
        for x in range(w):
            if not where[y, x]:
                alpha[y, x] = 1.0 if figure[y, x] else 0.0
                trust[y, x] = 1.0
                continue
            n_front, n_back = 0, 0
            # Neighbours look along different rays, so that together they see all round.
            turn = 2 * np.pi / rays * (((x % 3) + 3 * (y % 3)) / 9.0)
            for k in range(rays):
                angle = turn + 2 * np.pi * k / rays
                dy, dx = np.sin(angle), np.cos(angle)
                seen_front, seen_back = False, False
                for r in range(1, reach + 1):
                    yy, xx = int(y + dy * r + 0.5), int(x + dx * r + 0.5)
                    if yy < 0 or yy >= h or xx < 0 or xx >= w:
                        break
                    if not seen_front and figure[yy, xx]:
                        seen_front = True
                        for c in range(3):
                            fronts[n_front, c] = picture[yy, xx, c]
                        front_away[n_front] = r
                        n_front += 1
                    elif not seen_back and background[yy, xx]:
                        seen_back = True
                        for c in range(3):
                            backs[n_back, c] = picture[yy, xx, c]
                        back_away[n_back] = r
                        n_back += 1
                    if seen_front and seen_back:
                        break
            if n_front == 0 or n_back == 0:
                alpha[y, x] = 0.0 if n_front == 0 else 1.0
                trust[y, x] = 0.05
                continue
            best, best_alpha, best_error = 1e18, 0.0, 1.0
            for i in range(n_front):
                for j in range(n_back):
                    dot, length = 0.0, 1e-6
                    for c in range(3):
                        span = fronts[i, c] - backs[j, c]
                        dot += (picture[y, x, c] - backs[j, c]) * span
                        length += span * span
                    a = min(1.0, max(0.0, dot / length))
                    error = 0.0
                    for c in range(3):
                        d = picture[y, x, c] - a * fronts[i, c] - (1 - a) * backs[j, c]
                        error += d * d
                    cost = (error + 2e-4) * (1 + 0.05 * (front_away[i] + back_away[j]))
                    # A pair of one colour explains nothing.
                    cost *= 1 + 0.01 / (length + 1e-3)
                    if cost < best:
                        best, best_alpha, best_error = cost, a, error / (length + 1e-3)
            alpha[y, x] = best_alpha
            trust[y, x] = np.exp(-20.0 * best_error) * min(1.0, n_front / 2) * min(1.0, n_back / 2)
    return alpha, trust


def soft_edge(picture: Float32, silhouette: Float32, loose: Mask, unit: float) -> Float32:
    """Alpha along a silhouette.

    picture: (h, w, 3) float32 sRGB in 0..1; silhouette: (h, w) float32 in 0..1; loose: (h, w) bool,
    where hair makes the edge wide; unit: the torso's length in pixels. Returns (h, w) float32 in
    0..1.
    """
    hard = silhouette > 0.5
    inner, outer = depth(hard), depth(~hard)
    away = np.maximum(inner, outer)
    narrow, wide = max(2.5, 0.010 * unit), max(3.0, _LOOSE * unit)
    where = away <= np.where(loose, wide, narrow)
    figure, background = hard & ~where, ~hard & ~where
    reach = max(6, round(4 * narrow), round(2 * wide))
    sampled, trust = _sample(np.ascontiguousarray(picture), figure, background, where, reach, _RAYS)
    # Where the colours do not tell, a ramp across the silhouette stands in.
    ramp = np.clip(0.5 + np.where(hard, inner - 0.5, 0.5 - outer) / 2.0, 0, 1)
    mixed = np.asarray((sampled * trust + ramp * 0.15) / (trust + 0.15), np.float32)
    smooth = guided_filter(picture, mixed, radius=max(1, round(0.006 * unit)), eps=1e-5)
    alpha = np.where(grow(where, 2), smooth, hard)
    return np.clip((alpha - 0.06) / 0.88, 0, 1).astype(np.float32)
