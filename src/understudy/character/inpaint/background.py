"""The background: the picture with the figure taken out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.figure.anatomy import (
    Anatomy,
    draw_bones,
    draw_disc,
    draw_polygon,
)
from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, grow, shrink, soften, without_small
from understudy.character.inpaint.flat_fill import fill_flat, is_flat
from understudy.character.inpaint.glow_and_shadow import glow_region, shadow_region
from understudy.character.inpaint.patch_match import fill_with_texture
from understudy.character.inpaint.poisson import fill_smoothly
from understudy.geometry.hand_landmarks import FINGER_TIPS
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class BackgroundNumbers:
    """What decides how a background is filled. T is the torso's length, white is 1.

    All set by eye.
    """

    smooth: float = 2.5  # Lab: a ring with less detail has no texture
    plain: float = 1.0  # Lab: with less, it is a wall or backdrop that only a shadow makes uneven
    detail_percentile: float = 95  # a flat drawing has its detail in few, sharp places
    light: float = 0.35  # of white: a darker wall shows no shadow that would have to go
    gap: float = 0.06  # T^2: a smaller piece of background between limbs is filled, too
    ring: float = 0.25  # T: how far round the hole a wall is judged
    detail_ring: float = 0.125  # T: how far round the hole detail is judged
    detail_blur: float = 4  # px at 720: what is coarser is no detail
    margin: float = 0.035  # T: round the matte
    least_margin: float = 4.0  # px at 720
    head_margin: float = 0.06  # T: hair is finer than the matte
    least_head_margin: float = 6.0  # px at 720
    head: float = 1.6  # face widths: how far round the face hair is expected
    hand_margin: float = 0.025  # T: round the hand's landmarks
    finger: float = 0.04  # T: a finger's width
    beyond_tip: float = 0.9  # of the last joint: how far past its landmark a finger may reach
    glow_margin: float = 0.02  # T
    grain_ring: float = 0.06  # T: where a wall's grain is measured
    grain: tuple[float, float] = (0.6 / 255, 6 / 255)  # of white: less shows bands, more is texture


NUMBERS = BackgroundNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The background without the figure.

    image: (h, w, 3) float32 sRGB in 0..1, equal to the picture away from the figure. glow: (h, w)
    bool, where the figure lit it. plain: a light plain wall or backdrop; the figure's shadow on it
    has been removed.
    """

    image: Float32
    glow: Mask
    plain: bool


def make_background(picture: Float32, alpha: Float32, anatomy: Anatomy) -> Background:
    """The background without the figure, its glow and, on a plain background, its shadow.

    picture: (h, w, 3) float32 sRGB in 0..1; alpha: (h, w) float32 in 0..1.
    """
    unit = anatomy.torso
    figure = figure_hole(alpha, anatomy)
    glow = glow_region(picture, alpha > 0.02, unit)
    hole = figure | grow(glow, NUMBERS.glow_margin * unit) if glow.any() else figure
    # Background seen through a gap of the figure is too little to be kept without showing the gap.
    hole = ~without_small(~hole, NUMBERS.gap * unit**2)
    busy = detail_round(picture, hole, unit)
    if busy >= NUMBERS.smooth:
        fill = fill_flat if is_flat(picture, hole, unit) else fill_with_texture
        return Background(fill(picture, hole), glow, plain=False)
    ring = grow(hole, NUMBERS.ring * unit) & ~hole
    plain = busy < NUMBERS.plain and bool(ring.any())
    plain = plain and float(picture[ring].mean()) > NUMBERS.light
    if plain:
        hole = hole | shadow_region(picture, hole, unit)
    image = fill_smoothly(picture, hole, squeeze=2 if plain else 1) + _grain(picture, hole, unit)
    return Background(np.clip(image, 0, 1).astype(np.float32), glow, plain)


def figure_hole(alpha: Float32, anatomy: Anatomy) -> Mask:
    """Everything that the figure may have touched: its matte, hands and hair with a margin."""
    unit = anatomy.torso
    mask = alpha > 0.02
    for arm in anatomy.arms:
        if arm.fingers is None:
            continue
        hull = np.asarray(cv2.convexHull(arm.fingers.astype(np.float32))[:, 0], np.float64)
        mask |= grow(draw_polygon(mask.shape, hull), NUMBERS.hand_margin * unit)
        tips = [
            (tip, tip + NUMBERS.beyond_tip * (tip - last))
            for tip, last in ((arm.fingers[t], arm.fingers[t - 1]) for t in FINGER_TIPS)
        ]
        mask |= draw_bones(mask.shape, tips, NUMBERS.finger * unit)
    head = draw_disc(mask.shape, anatomy.face_centre, NUMBERS.head * anatomy.face_width)
    margin = max(NUMBERS.least_margin, NUMBERS.margin * unit)
    head_margin = max(NUMBERS.least_head_margin, NUMBERS.head_margin * unit)
    return grow(mask, margin) | (head & grow(mask, head_margin))


def detail_round(picture: Float32, hole: Mask, unit: float) -> float:
    """How much detail the picture has in a ring round the hole, in Lab units."""
    blur = NUMBERS.detail_blur
    lab = to_lab(picture)
    clear = (~hole).astype(np.float32)
    weight = np.maximum(cv2.GaussianBlur(clear, (0, 0), blur), 1e-3)[..., None]
    mean = cv2.GaussianBlur(lab * clear[..., None], (0, 0), blur) / weight
    detail = np.linalg.norm(lab - mean, axis=-1)
    ring = grow(hole, NUMBERS.detail_ring * unit) & ~grow(hole, 3)
    if not ring.any():
        return 0.0
    return float(np.percentile(detail[ring], NUMBERS.detail_percentile))


def _grain(picture: Float32, hole: Mask, unit: float) -> Float32:
    """The background's grain for a smooth fill, at least enough to keep gradients from banding."""
    rim = grow(hole, NUMBERS.grain_ring * unit) & ~grow(hole, 2)
    strength = 0.0
    if rim.any():
        detail = picture - cv2.GaussianBlur(picture, (0, 0), 1.5)
        # A normal distribution's deviation is 1.4826 times the median of its absolute values.
        strength = 1.4826 * float(np.median(np.abs(detail[rim])))
    strength = float(np.clip(strength, *NUMBERS.grain))
    h, w = hole.shape
    tile = np.random.default_rng(7).normal(0, strength, (256, 256)).astype(np.float32)
    noise = np.tile(tile, (h // 256 + 1, w // 256 + 1))[:h, :w, None]
    return np.asarray(noise * soften(shrink(hole, 2), 2)[..., None], np.float32)
