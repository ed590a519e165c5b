"""The soft edge: the alpha of pixels along the silhouette.

Every pixel of a narrow band looks along rays for figure on one side and background on the other,
and takes the pair of colours that explains its own best: Gastal and Oliveira, "Shared Sampling for
Real-Time Alpha Matting", Eurographics 2010. A guided filter then makes neighbours agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from understudy.character.image.guided_filter import guided_filter
from understudy.character.image.masks import Mask, depth, grow
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class SoftEdgeNumbers:
    """How wide the edge is, and how its alpha is smoothed. T is the torso's length."""

    rays: int = 8
    """Along which a pixel looks for figure and background."""
    narrow: float = 0.010
    """T: half width of an edge,"""
    least_narrow: float = 2.5
    """px: at least;"""
    loose: float = 0.026
    """T: half width of the edge of hair,"""
    least_loose: float = 3.0
    """px: at least."""
    reach_narrow: float = 4
    """Half widths of an edge that a ray is long,"""
    reach_loose: float = 2
    """half widths of hair's, whichever is more,"""
    least_reach: int = 6
    """px: at least."""
    ramp: float = 2.0
    """px: width of the ramp across the silhouette that stands in where the colours do not tell,"""
    ramp_trust: float = 0.15
    """and its weight, where a pair of colours that explains all has 1."""
    smooth: float = 0.006
    """T: radius of the guided filter,"""
    eps: float = 1e-5
    """and its regularisation, squared colours."""
    beyond: int = 2
    """px: how far past the edge the filter's answer is taken."""
    clear: float = 0.06
    """Alpha that becomes 0; as much below 1 becomes 1:"""
    span: float = 0.88
    """the rest, stretched to 0..1."""


NUMBERS = SoftEdgeNumbers()

# What the sampling's kernel weighs a pair of colours by; sRGB is 0..1.
_NO_PAIR_TRUST = 0.05  # trust in a pixel that sees figure or background alone
_NOISE = 2e-4  # squared error that any pair has
_DISTANCE_COST = 0.05  # per px to both colours: near ones are likelier
_ALIKE_COST, _ALIKE = 0.01, 1e-3  # over the squared difference: a pair of one colour tells nothing
_ERROR_FALL = 20.0  # how fast trust falls with the error, in squared differences of the pair
_FULL_TRUST = 2  # so many colours of a side are needed for full trust
_ANY_COST = 1e18  # more than any pair costs
_NO_LENGTH = 1e-6  # squared difference that no division fails by


@njit(cache=True, nogil=True)
def _look_round(  # pragma: no cover - compiled  # noqa: PLR0913 - plain arrays
    picture: Float32,
    figure: Mask,
    background: Mask,
    place: tuple[int, int],
    reach: int,
    fronts: Float32,
    backs: Float32,
) -> tuple[int, int]:
    """Fill `fronts` and `backs`, (rays, 4) colours and their distances, with the first pixels of
    figure and background along each ray; how many of each there are."""
    h, w = figure.shape
    y, x = place
    rays = len(fronts)
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
                fronts[n_front, 3] = r
                n_front += 1
            elif not seen_back and background[yy, xx]:
                seen_back = True
                for c in range(3):
                    backs[n_back, c] = picture[yy, xx, c]
                backs[n_back, 3] = r
                n_back += 1
            if seen_front and seen_back:
                break
    return n_front, n_back


@njit(cache=True, nogil=True)
def _best_pair(  # pragma: no cover - compiled
    pixel: Float32, fronts: Float32, backs: Float32
) -> tuple[float, float]:
    """The alpha of the pair of colours that explains a pixel (3,) best, and its squared error as a
    share of the pair's squared difference."""
    best, best_alpha, best_error = _ANY_COST, 0.0, 1.0
    for i in range(len(fronts)):
        for j in range(len(backs)):
            dot, length = 0.0, _NO_LENGTH
            for c in range(3):
                span = fronts[i, c] - backs[j, c]
                dot += (pixel[c] - backs[j, c]) * span
                length += span * span
            a = min(1.0, max(0.0, dot / length))
            error = 0.0
            for c in range(3):
                d = pixel[c] - a * fronts[i, c] - (1 - a) * backs[j, c]
                error += d * d
            cost = (error + _NOISE) * (1 + _DISTANCE_COST * (fronts[i, 3] + backs[j, 3]))
            # A pair of one colour explains nothing.
            cost *= 1 + _ALIKE_COST / (length + _ALIKE)
            if cost < best:
                best, best_alpha, best_error = cost, a, error / (length + _ALIKE)
    return best_alpha, best_error


@njit(cache=True, nogil=True)
def _sample(  # pragma: no cover - compiled  # noqa: PLR0913 - plain arrays
    picture: Float32, figure: Mask, background: Mask, where: Mask, reach: int, rays: int
) -> tuple[Float32, Float32]:
    """Alpha (h, w) and how well it explains the pixel (h, w), 0..1, for pixels of `where`."""
    h, w = where.shape
    alpha = np.zeros((h, w), np.float32)
    trust = np.zeros((h, w), np.float32)
    fronts = np.zeros((rays, 4), np.float32)
    backs = np.zeros((rays, 4), np.float32)
    for y in range(h):
        for x in range(w):
            if not where[y, x]:
                alpha[y, x] = 1.0 if figure[y, x] else 0.0
                trust[y, x] = 1.0
                continue
            n_front, n_back = _look_round(picture, figure, background, (y, x), reach, fronts, backs)
            if n_front == 0 or n_back == 0:
                alpha[y, x] = 0.0 if n_front == 0 else 1.0
                trust[y, x] = _NO_PAIR_TRUST
                continue
            best, error = _best_pair(picture[y, x], fronts[:n_front], backs[:n_back])
            alpha[y, x] = best
            sides = min(1.0, n_front / _FULL_TRUST), min(1.0, n_back / _FULL_TRUST)
            trust[y, x] = np.exp(-_ERROR_FALL * error) * sides[0] * sides[1]
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
    narrow, wide = (
        max(NUMBERS.least_narrow, NUMBERS.narrow * unit),
        max(NUMBERS.least_loose, NUMBERS.loose * unit),
    )
    where = away <= np.where(loose, wide, narrow)
    figure, background = hard & ~where, ~hard & ~where
    reach = max(
        NUMBERS.least_reach, round(NUMBERS.reach_narrow * narrow), round(NUMBERS.reach_loose * wide)
    )
    sampled, trust = _sample(
        np.ascontiguousarray(picture), figure, background, where, reach, NUMBERS.rays
    )
    # Where the colours do not tell, a ramp across the silhouette stands in.
    ramp = np.clip(0.5 + np.where(hard, inner - 0.5, 0.5 - outer) / NUMBERS.ramp, 0, 1)
    mixed = np.asarray(
        (sampled * trust + ramp * NUMBERS.ramp_trust) / (trust + NUMBERS.ramp_trust), np.float32
    )
    smooth = guided_filter(
        picture, mixed, radius=max(1, round(NUMBERS.smooth * unit)), eps=NUMBERS.eps
    )
    alpha = np.where(grow(where, NUMBERS.beyond), smooth, hard)
    return np.clip((alpha - NUMBERS.clear) / NUMBERS.span, 0, 1).astype(np.float32)
