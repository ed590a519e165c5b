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
from understudy.character.image.masks import Mask, grow, without_small
from understudy.character.inpaint.flat_fill import areas_go_on, fill_flat, is_flat
from understudy.character.inpaint.glow_and_shadow import glow_region, shadow_region
from understudy.character.inpaint.patch_match import fill_with_texture
from understudy.character.inpaint.poisson import fill_smoothly
from understudy.character.inpaint.smooth_fill import fill_softly
from understudy.character.inpaint.strands import strands
from understudy.geometry.hand_landmarks import FINGER_TIPS
from understudy.geometry.landmarks import Body, Float32


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
    seen: float = 0.3  # visibility from which on an ankle is believed
    above_ankles: float = 0.35  # T: from here down it is the floor that shines
    judged: float = 0.15  # T: deviation of the neighbourhood in which texture is judged
    known: float = 0.05  # share of the neighbourhood that must be background to be judged by
    hidden: float = 0.5  # Lab: what of a misfit hides in no detail at all
    misfit: tuple[float, float] = (5.0, 3.2)  # of the detail: no texture from here, texture to here


NUMBERS = BackgroundNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class ClearedBackground:
    """The background without the figure.

    image: (h, w, 3) float32 sRGB in 0..1, equal to the picture away from the figure. glow: (h, w)
    bool, where the figure lit it. plain: a light plain wall or backdrop; the figure's shadow on it
    has been removed.
    """

    image: Float32
    glow: Mask
    plain: bool


def make_background(picture: Float32, alpha: Float32, anatomy: Anatomy) -> ClearedBackground:
    """The background without the figure, its glow and, on a plain background, its shadow.

    picture: (h, w, 3) float32 sRGB in 0..1; alpha: (h, w) float32 in 0..1.
    """
    unit = anatomy.torso
    figure = figure_hole(alpha, anatomy)
    figure |= strands(picture, figure, unit)
    glow = glow_region(picture, alpha > 0.02, unit)
    # What shines on the floor beside the feet is the floor's.
    glow[_floor(anatomy) :] = False
    hole = figure | grow(glow, NUMBERS.glow_margin * unit) if glow.any() else figure
    # Background seen through a gap of the figure is too little to be kept without showing the gap.
    hole = ~without_small(~hole, NUMBERS.gap * unit**2)
    busy = detail_round(picture, hole, unit)
    if busy >= NUMBERS.smooth:
        return ClearedBackground(_fill(picture, hole, unit), glow, plain=False)
    ring = grow(hole, NUMBERS.ring * unit) & ~hole
    plain = busy < NUMBERS.plain and bool(ring.any())
    plain = plain and float(picture[ring].mean()) > NUMBERS.light
    if plain:
        hole = hole | shadow_region(picture, hole, unit)
    return ClearedBackground(fill_softly(picture, hole, unit), glow, plain)


def _floor(anatomy: Anatomy) -> int:
    """The row in which the floor beside the feet begins; below the picture without feet."""
    ankles = [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
    if anatomy.visibility[ankles].min() < NUMBERS.seen:
        return int(1e6)
    return max(0, int(anatomy.joints[ankles, 1].min() - NUMBERS.above_ankles * anatomy.torso))


def _fill(picture: Float32, hole: Mask, unit: float) -> Float32:
    """The hole filled with what the background has: areas of one colour, texture, or neither."""
    if is_flat(picture, hole, unit):
        if areas_go_on(picture, hole):
            return fill_flat(picture, hole)
        return fill_softly(picture, hole, unit)
    texture = fill_with_texture(picture, hole)
    soft = fill_softly(picture, hole, unit)
    if texture is None:
        return soft
    share = _texture_share(picture, hole, texture.misfit, unit)
    return np.asarray(soft + share * (texture.image - soft), np.float32)


def _texture_share(picture: Float32, hole: Mask, misfit: Float32, unit: float) -> Float32:
    """Where copied texture fits better than none: (h, w, 1) float32 in 0..1.

    Copies that do not fit together are seen by their seams the more, the less detail there is
    round about to hide them.
    """
    blur = NUMBERS.judged * unit
    clear, inside = (part.astype(np.float32) for part in (~hole, hole))
    detail = _detail(picture, hole) * clear
    weight = cv2.GaussianBlur(clear, (0, 0), blur)
    usual = cv2.GaussianBlur(np.asarray(detail, np.float32), (0, 0), blur)
    usual = np.asarray(usual / np.maximum(weight, 1e-3), np.float32)
    far = np.asarray(hole & (weight < NUMBERS.known))
    usual = fill_smoothly(np.asarray(usual[..., None], np.float32), far).reshape(hole.shape)
    off = cv2.GaussianBlur(misfit * inside, (0, 0), blur)
    off = off / np.maximum(cv2.GaussianBlur(inside, (0, 0), blur), 1e-3)
    ratio = off / (usual + NUMBERS.hidden)
    bad, good = NUMBERS.misfit
    share = np.clip((bad - ratio) / (bad - good), 0, 1)
    return np.asarray((share * share * (3 - 2 * share))[..., None], np.float32)


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
    detail = _detail(picture, hole)
    ring = grow(hole, NUMBERS.detail_ring * unit) & ~grow(hole, 3)
    if not ring.any():
        return 0.0
    return float(np.percentile(detail[ring], NUMBERS.detail_percentile))


def _detail(picture: Float32, hole: Mask) -> Float32:
    """How much each pixel differs from its neighbourhood outside the hole: (h, w), Lab units."""
    blur = NUMBERS.detail_blur
    lab = to_lab(picture)
    clear = (~hole).astype(np.float32)
    weight = np.maximum(cv2.GaussianBlur(clear, (0, 0), blur), 1e-3)[..., None]
    mean = cv2.GaussianBlur(lab * clear[..., None], (0, 0), blur) / weight
    return np.asarray(np.linalg.norm(lab - mean, axis=-1), np.float32)
