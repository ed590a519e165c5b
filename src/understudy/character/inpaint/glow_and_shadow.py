"""The figure's glow on the background round it, and its shadow.

Both are measured against the background farther away in the same rows. A glow moves with the
figure; a shadow is removed from the background.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class LightNumbers:
    """What counts as glow or shadow. T is the torso's length, white is 1.

    All set by eye.
    """

    least_side: int = 8  # px: no side of the small picture is shorter
    side: int = 256  # px: both are smooth, so a picture this small shows them
    squeeze: int = 8  # how much nearer a place in the same row counts, for the ground farther away
    glow_reach: float = 0.36  # T
    glow_least: float = 0.05  # of white, in four fifths of the places at the figure's edge
    glow_rise: float = 0.08  # of white: from the end of its reach to the figure's edge
    glow_visible: float = 0.03  # of white: what is fainter is no glow
    glow_edge: tuple[float, float] = (0.01, 0.06)  # T: where the figure's edge is judged
    glow_tint: float = 0.88  # cosine: a bright thing behind the figure has another colour
    falls_off: float = 0.35  # correlation of brightness and nearness
    least_reach: float = 6  # px at `side`: a glow that reaches less is not looked for
    far: float = 0.8  # of the glow's reach: from here to its end it has faded
    least_pixels: int = 50  # at the edge and at the end: fewer are no evidence
    glow_percentile: float = 20  # of the edge's light, for `glow_least`
    glow_blur: float = 0.01  # T: deviation with which neighbours are made to agree,
    least_glow_blur: float = 0.8  # px at `side`: at least
    glow_near: float = 0.1  # T: so near the figure light need not fall off
    glow_crumb: float = 0.01  # T: radius of what is too narrow for a glow
    glow_margin: float = 0.02  # T
    window: float = 0.5  # of the reach: half the window in which light falls off
    least_fall: float = 0.1  # of white: from the end of the reach to the figure
    layer_blur: float = 2.5  # px at 720: deviation with which the glow is made smooth
    clear: float = 0.02  # alpha below which a pixel is none of the figure's
    fade: float = 0.02  # T: how far inside of its end the glow begins to fade, and the deviation
    least_room: float = 0.05  # of white: room above the background that light is measured in
    shadow_reach: float = 0.7  # T
    shadow_near: float = 0.4  # of it, where the whole leaves nothing to compare with
    shadow_blur: float = 2.0  # px at `side`: deviation with which neighbours are made to agree
    shadow_crumb: float = 1.5  # px at `side`: radius of what is too narrow for a shadow
    shadow_margin: float = 3  # px at `side`
    shadow_least: float = 0.012  # of white
    shadow_tint: float = 0.15  # of white: what lacks so much more of one colour is a thing
    shadow_small: float = 30  # px at `side`: a smaller spot is no shadow
    most_covered: float = 0.97  # of the picture: beyond, nothing is left to compare with


NUMBERS = LightNumbers()


def glow_region(picture: Float32, figure: Mask, unit: float) -> Mask:
    """Where the figure lights the background: (h, w) bool, empty for a figure without a glow.

    picture: (h, w, 3) float32 sRGB in 0..1; figure: (h, w) bool; unit: torso length in pixels.
    Glowing cloth that lets the background through counts as light.
    """
    small, mask, scale = _small(picture, figure)
    none = np.zeros(figure.shape, bool)
    t = unit * scale
    reach = NUMBERS.glow_reach * t
    if reach < NUMBERS.least_reach:
        return none
    light = small - fill_smoothly(small, grow(mask, reach), squeeze=NUMBERS.squeeze)
    excess = np.asarray(light.mean(axis=-1), np.float32)
    away = depth(~mask)
    at_edge = (away > NUMBERS.glow_edge[0] * t) & (away < NUMBERS.glow_edge[1] * t)
    edge = excess[at_edge]
    rim = excess[(away > NUMBERS.far * reach) & (away < reach)]
    if min(edge.size, rim.size) < NUMBERS.least_pixels:
        return none
    rise = np.median(edge) - np.median(rim)
    if (
        np.percentile(edge, NUMBERS.glow_percentile) < NUMBERS.glow_least
        or rise < NUMBERS.glow_rise
    ):
        return none
    fading = _falls_off(excess, away, reach)
    blur = max(NUMBERS.least_glow_blur, NUMBERS.glow_blur * t)
    bright = cv2.GaussianBlur(excess, (0, 0), blur) > NUMBERS.glow_visible
    lit = bright & (away < reach) & (fading | (away < NUMBERS.glow_near * t))
    # A bright thing behind the figure shines in another colour.
    tint = np.median(light[at_edge], axis=0)
    norms = np.linalg.norm(light, axis=-1) * np.linalg.norm(tint)
    lit &= (light @ tint) > NUMBERS.glow_tint * norms
    lit = touching(opened(lit | mask, NUMBERS.glow_crumb * t), mask)
    lit = grow(lit, NUMBERS.glow_margin * t) & (away < reach)
    return resize_mask(lit, (figure.shape[1], figure.shape[0])) & ~figure


def _falls_off(excess: Float32, away: Float32, reach: float) -> Mask:
    """Where light falls off with the distance from the figure; a bright thing behind does not."""
    near = np.clip(1 - away / reach, 0, 1).astype(np.float32)
    where = ((away > 0) & (away < reach)).astype(np.float32)
    window = 2 * round(NUMBERS.window * reach) + 1

    def mean(values: Float32) -> Float32:
        total = cv2.blur(values * where, (window, window))
        return np.asarray(total / np.maximum(cv2.blur(where, (window, window)), 1e-4), np.float32)

    mean_near, mean_excess = mean(near), mean(excess)
    together = mean(near * excess) - mean_near * mean_excess
    spread_near = mean(near * near) - mean_near**2
    spread_excess = mean(excess * excess) - mean_excess**2
    likeness = together / np.sqrt(np.maximum(spread_near * spread_excess, 1e-10))
    return np.asarray(
        (likeness > NUMBERS.falls_off) & (together > NUMBERS.least_fall * spread_near)
    )


def shadow_region(picture: Float32, figure: Mask, unit: float) -> Mask:
    """Where the figure darkens a plain background: (h, w) bool.

    Arguments as `glow_region`. Sensible on plain backgrounds only.
    """
    small, mask, scale = _small(picture, figure)
    reach = NUMBERS.shadow_reach * unit * scale
    beyond = grow(mask, reach)
    if beyond.mean() > NUMBERS.most_covered:
        beyond = grow(mask, NUMBERS.shadow_near * reach)
    if beyond.mean() > NUMBERS.most_covered:
        return np.zeros(figure.shape, bool)
    lacks = fill_smoothly(small, beyond, squeeze=NUMBERS.squeeze) - small
    # A ball or a dog beside the figure is darker than the wall, and has a colour of its own.
    thing = np.asarray(np.ptp(lacks, axis=-1) > NUMBERS.shadow_tint) & ~mask
    lack = np.where(mask | thing, 0, lacks.mean(axis=-1)).astype(np.float32)
    lack = np.asarray(cv2.GaussianBlur(lack, (0, 0), NUMBERS.shadow_blur), np.float32)
    dark = (lack > NUMBERS.shadow_least) & beyond & ~mask & ~thing
    dark = without_small(opened(dark, NUMBERS.shadow_crumb), NUMBERS.shadow_small)
    dark = grow(dark, NUMBERS.shadow_margin) & ~thing
    return resize_mask(dark, (figure.shape[1], figure.shape[0])) & ~figure


def glow_layer(
    picture: Float32, background: Float32, alpha: Float32, glow: Mask, unit: float
) -> Float32:
    """The glow in front of the background: (h, w, 4) float32, premultiplied.

    picture, background: (h, w, 3) float32 sRGB in 0..1; alpha: (h, w) float32, the figure's matte;
    glow: (h, w) bool; unit: torso length in pixels. It has the least alpha that still explains the
    picture over the background, and fades out towards the glow's end.
    """
    clear = (alpha < NUMBERS.clear).astype(np.float32)
    blur = NUMBERS.layer_blur
    weight = cv2.GaussianBlur(clear, (0, 0), blur)
    excess = cv2.GaussianBlur((picture - background) * clear[..., None], (0, 0), blur)
    excess = np.maximum(excess / np.maximum(weight, 1e-3)[..., None], 0)
    # The figure itself stops no light, so that the fade is by the glow's outer end alone.
    fade = NUMBERS.fade * unit
    ends = soften(shrink(glow | (alpha > NUMBERS.clear), fade), fade)
    lit = np.clip(background + excess * ends[..., None], 0, 1)
    light = np.max((lit - background) / np.maximum(1 - background, NUMBERS.least_room), axis=-1)
    light = np.clip(light, 0, 1).astype(np.float32)
    colours = lit - background * (1 - light)[..., None]
    return np.dstack([np.maximum(colours, 0), light]).astype(np.float32)


def _small(picture: Float32, figure: Mask) -> tuple[Float32, Mask, float]:
    h, w = figure.shape
    scale = min(1.0, NUMBERS.side / max(h, w))
    size = (max(NUMBERS.least_side, round(w * scale)), max(NUMBERS.least_side, round(h * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32), resize_mask(figure, size, NUMBERS.clear), scale
