"""A character made of a picture, once it is known what that shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Traits
from understudy.character.corrections import Corrections
from understudy.character.cutting import cut_figure, outline_drawing, warnings_of
from understudy.character.figure.anatomy import Anatomy, measure
from understudy.character.figure.drawn_mouth import with_drawn_mouth
from understudy.character.figure.find import Figure
from understudy.character.figure.long_legs import with_long_legs
from understudy.character.inpaint.background import ClearedBackground, make_background
from understudy.character.inpaint.glow_and_shadow import glow_layer
from understudy.character.layers.below_edge import extend, pad_rows
from understudy.character.layers.masked_arm import is_believed
from understudy.character.matte.matte import Matte, find_matte, with_colours
from understudy.character.observe import Learned
from understudy.character.traits import framing_of, head_is_cut
from understudy.geometry.landmarks import Float32
from understudy.media.picture import Picture


def make_character(  # noqa: PLR0913 - what was found and what was given
    picture: Picture,
    rgb: NDArray[np.uint8],
    given: Float32 | None,
    figure: Figure,
    learned: Learned,
    corrections: Corrections,
) -> Character:
    """The figure cut out of the picture and into layers.

    rgb: (h, w, 3) uint8 sRGB, the canvas. given: (h, w) float32, the matte that came with the
    picture. figure, learned: what was found in it.
    """
    size = rgb.shape[1], rgb.shape[0]
    figure = replace(figure, landmarks=with_drawn_mouth(figure.landmarks, rgb))
    anatomy = measure(figure.landmarks)
    values = np.asarray(rgb / np.float32(255), np.float32)
    matte = _matte_of(values, given, figure, anatomy, learned)
    by_bones = figure.by_bones
    drawn = None if by_bones else outline_drawing(values, given, matte.alpha, anatomy.torso)
    if drawn is not None:
        by_bones = True
        if given is None and figure.alpha is None:
            matte = with_colours(values, drawn)
    if not corrections.joints:
        figure = replace(figure, landmarks=with_long_legs(figure.landmarks, matte.alpha))
        anatomy = measure(figure.landmarks)
    background: ClearedBackground | None = None
    if given is None:
        background = make_background(values, matte.alpha, anatomy)
        behind = background.image
    else:
        behind = np.empty_like(values)
        behind[:] = np.array(picture.backdrop or (236, 236, 236)) / 255
    alpha = matte.alpha
    light = None
    if background is not None and background.glow.any():
        light = glow_layer(values, background.image, alpha, background.glow, anatomy.torso)
        alpha = alpha + (1 - alpha) * light[..., 3]
    cut = cut_figure(matte, light, anatomy, learned.arms, corrections, by_bones=by_bones)
    framing = framing_of(anatomy, matte.alpha)
    plain = background.plain if background is not None else float(behind.mean()) > 0.35
    # Feet that touch the lower edge do not go on below it.
    pad = 0 if framing == "whole_body" else pad_rows(matte.alpha, anatomy.torso)
    traits = Traits(
        framing=framing,
        left_arm=cut.arms[0],
        right_arm=cut.arms[1],
        hem_y=cut.hem,
        head_cut=head_is_cut(matte.alpha, anatomy),
        casts_shadow=plain and framing == "whole_body",
        pad=pad,
        sways_only=figure.limbless or corrections.legs == "fixed",
    )
    return Character(
        size=size,
        picture=rgb,
        alpha=alpha,
        background=np.round(behind * 255).astype(np.uint8),
        layers=tuple(extend(layer, pad, anatomy) for layer in cut.layers),
        landmarks=figure.landmarks,
        traits=traits,
        warnings=(*figure.warnings, *(() if figure.limbless else warnings_of(cut))),
    )


def _matte_of(
    values: Float32, given: Float32 | None, figure: Figure, anatomy: Anatomy, learned: Learned
) -> Matte:
    """The matte that came with the picture or was drawn, else the one that is found."""
    alpha = given if figure.alpha is None else figure.alpha
    if alpha is not None:
        return with_colours(values, alpha)
    left, right = (
        mask.likely if mask is not None and is_believed(mask) else None for mask in learned.arms
    )
    return find_matte(values, figure.mask, anatomy, learned.salient, (left, right))
