"""The figure's glow on the background round it, and its shadow.

Both are measured against the background farther away in the same rows. A glow moves with the
figure; a shadow is removed from the background.
"""

from __future__ import annotations

import cv2
import numpy as np

from understudy.character.image.masks import (
    Mask,
    depth,
    grow,
    opened,
    resize_mask,
    shrink,
    soften,
    touching,
    without_small,
)
from understudy.character.inpaint.poisson import fill_smoothly
from understudy.geometry.landmarks import Float32

_SCALE_SIDE = 256  # both are smooth: a small picture shows them
_GLOW_REACH, _SHADOW_REACH = 0.36, 0.7  # torso lengths
_GLOW_LEAST = 0.05  # of white, in four fifths of the places at the figure's edge
_SHADOW_LEAST = 0.012


def glow_region(picture: Float32, figure: Mask, unit: float) -> Mask:
    """Where the figure lights the background: (h, w) bool, empty for a figure without a glow.

    picture: (h, w, 3) float32 sRGB in 0..1; figure: (h, w) bool; unit: torso length in pixels.
    Glowing cloth that lets the background through counts as light.
    """
    small, mask, scale = _small(picture, figure)
    none = np.zeros(figure.shape, bool)
    t = unit * scale
    reach = _GLOW_REACH * t
    if reach < 6:
        return none
    light = small - fill_smoothly(small, grow(mask, reach), squeeze=8)
    excess = np.asarray(light.mean(axis=-1), np.float32)
    away = depth(~mask)
    edge = excess[(away > 0.01 * t) & (away < 0.06 * t)]
    rim = excess[(away > 0.8 * reach) & (away < reach)]
    if edge.size < 50 or rim.size < 50:
        return none
    if np.percentile(edge, 20) < _GLOW_LEAST or np.median(edge) - np.median(rim) < 0.08:
        return none
    fading = _falls_off(excess, away, reach)
    bright = cv2.GaussianBlur(excess, (0, 0), max(0.8, 0.01 * t)) > 0.03
    lit = bright & (away < reach) & (fading | (away < 0.1 * t))
    # A bright thing behind the figure shines in another colour.
    tint = np.median(light[(away > 0.01 * t) & (away < 0.06 * t)], axis=0)
    norms = np.linalg.norm(light, axis=-1) * np.linalg.norm(tint)
    lit &= (light @ tint) > 0.88 * norms
    lit = touching(opened(lit | mask, 0.01 * t), mask)
    lit = grow(lit, 0.02 * t) & (away < reach)
    return resize_mask(lit, (figure.shape[1], figure.shape[0])) & ~figure


def _falls_off(excess: Float32, away: Float32, reach: float) -> Mask:
    """Where light falls off with the distance from the figure; a bright thing behind does not."""
    near = np.clip(1 - away / reach, 0, 1).astype(np.float32)
    where = ((away > 0) & (away < reach)).astype(np.float32)
    window = 2 * round(0.5 * reach) + 1

    def mean(values: Float32) -> Float32:
        total = cv2.blur(values * where, (window, window))
        return np.asarray(total / np.maximum(cv2.blur(where, (window, window)), 1e-4), np.float32)

    mean_near, mean_excess = mean(near), mean(excess)
    together = mean(near * excess) - mean_near * mean_excess
    spread_near = mean(near * near) - mean_near**2
    spread_excess = mean(excess * excess) - mean_excess**2
    likeness = together / np.sqrt(np.maximum(spread_near * spread_excess, 1e-10))
    return np.asarray((likeness > 0.35) & (together > 0.1 * spread_near))


def shadow_region(picture: Float32, figure: Mask, unit: float) -> Mask:
    """Where the figure darkens a plain background: (h, w) bool.

    Arguments as `glow_region`. Sensible on plain backgrounds only.
    """
    small, mask, scale = _small(picture, figure)
    reach = _SHADOW_REACH * unit * scale
    beyond = grow(mask, reach)
    if beyond.mean() > 0.97:
        beyond = grow(mask, 0.4 * reach)
    if beyond.mean() > 0.97:
        return np.zeros(figure.shape, bool)
    lack = np.asarray((fill_smoothly(small, beyond, squeeze=8) - small).mean(axis=-1), np.float32)
    lack = np.asarray(cv2.GaussianBlur(np.where(mask, 0, lack), (0, 0), 2.0), np.float32)
    dark = (lack > _SHADOW_LEAST) & beyond & ~mask
    dark = grow(without_small(opened(dark, 1.5), 30), 3)
    return resize_mask(dark, (figure.shape[1], figure.shape[0])) & ~figure


def glow_layer(
    picture: Float32, background: Float32, alpha: Float32, glow: Mask, unit: float
) -> Float32:
    """The glow in front of the background: (h, w, 4) float32, premultiplied.

    picture, background: (h, w, 3) float32 sRGB in 0..1; alpha: (h, w) float32, the figure's matte;
    glow: (h, w) bool; unit: torso length in pixels. It has the least alpha that still explains the
    picture over the background, and fades out towards the glow's end.
    """
    clear = (alpha < 0.02).astype(np.float32)
    weight = cv2.GaussianBlur(clear, (0, 0), 2.5)
    excess = cv2.GaussianBlur((picture - background) * clear[..., None], (0, 0), 2.5)
    excess = np.maximum(excess / np.maximum(weight, 1e-3)[..., None], 0)
    # The figure itself stops no light, so that the fade is by the glow's outer end alone.
    ends = soften(shrink(glow | (alpha > 0.02), 0.02 * unit), 0.02 * unit)
    lit = np.clip(background + excess * ends[..., None], 0, 1)
    light = np.max((lit - background) / np.maximum(1 - background, 0.05), axis=-1)
    light = np.clip(light, 0, 1).astype(np.float32)
    colours = lit - background * (1 - light)[..., None]
    return np.dstack([np.maximum(colours, 0), light]).astype(np.float32)


def _small(picture: Float32, figure: Mask) -> tuple[Float32, Mask, float]:
    h, w = figure.shape
    scale = min(1.0, _SCALE_SIDE / max(h, w))
    size = (max(8, round(w * scale)), max(8, round(h * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32), resize_mask(figure, size, 0.02), scale
