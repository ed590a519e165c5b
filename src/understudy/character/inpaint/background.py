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

# Detail of the ring round the figure, in Lab units, below which the background counts as without
# texture, and below which as a wall or backdrop that nothing but a shadow makes uneven.
_SMOOTH, _PLAIN = 2.5, 1.0
_LIGHT = 0.35


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
    hole = figure | grow(glow, 0.02 * unit) if glow.any() else figure
    # Background seen through a gap of the figure is too little to be kept without showing the gap.
    hole = ~without_small(~hole, 0.06 * unit**2)
    busy = detail_round(picture, hole, unit)
    if busy >= _SMOOTH:
        fill = fill_flat if is_flat(picture, hole, unit) else fill_with_texture
        return Background(fill(picture, hole), glow, plain=False)
    ring = grow(hole, 0.25 * unit) & ~hole
    plain = busy < _PLAIN and bool(ring.any()) and float(picture[ring].mean()) > _LIGHT
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
        mask |= grow(draw_polygon(mask.shape, hull), 0.025 * unit)
        tips = [
            (arm.fingers[t], arm.fingers[t] + 0.9 * (arm.fingers[t] - arm.fingers[t - 1]))
            for t in FINGER_TIPS
        ]
        mask |= draw_bones(mask.shape, tips, 0.04 * unit)
    head = draw_disc(mask.shape, anatomy.face_centre, 1.6 * anatomy.face_width)
    return grow(mask, max(4.0, 0.035 * unit)) | (head & grow(mask, max(6.0, 0.06 * unit)))


def detail_round(picture: Float32, hole: Mask, unit: float) -> float:
    """How much detail the picture has in a ring round the hole, in Lab units.

    A high percentile: a flat drawing has its detail in few, sharp places.
    """
    lab = to_lab(picture)
    clear = (~hole).astype(np.float32)
    weight = np.maximum(cv2.GaussianBlur(clear, (0, 0), 4), 1e-3)[..., None]
    mean = cv2.GaussianBlur(lab * clear[..., None], (0, 0), 4) / weight
    detail = np.linalg.norm(lab - mean, axis=-1)
    ring = grow(hole, 0.125 * unit) & ~grow(hole, 3)
    if not ring.any():
        return 0.0
    return float(np.percentile(detail[ring], 95))


def _grain(picture: Float32, hole: Mask, unit: float) -> Float32:
    """The background's grain for a smooth fill, at least enough to keep gradients from banding."""
    rim = grow(hole, 0.06 * unit) & ~grow(hole, 2)
    strength = 0.0
    if rim.any():
        detail = picture - cv2.GaussianBlur(picture, (0, 0), 1.5)
        strength = 1.4826 * float(np.median(np.abs(detail[rim])))
    strength = float(np.clip(strength, 0.6 / 255, 6 / 255))
    h, w = hole.shape
    tile = np.random.default_rng(7).normal(0, strength, (256, 256)).astype(np.float32)
    noise = np.tile(tile, (h // 256 + 1, w // 256 + 1))[:h, :w, None]
    return np.asarray(noise * soften(shrink(hole, 2), 2)[..., None], np.float32)
