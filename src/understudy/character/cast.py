"""Casting: a picture made ready to move."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.carried_corrections import corrections_of
from understudy.character.casting_processes import CastingProcesses
from understudy.character.character import Character, Traits
from understudy.character.corrections import ROOT, Corrections
from understudy.character.cutting import cut_figure, outline_drawing, warnings_of
from understudy.character.figure.anatomy import Anatomy, measure
from understudy.character.figure.drawn_mouth import with_drawn_mouth
from understudy.character.figure.find import Figure, Track
from understudy.character.figure.long_legs import with_long_legs
from understudy.character.figure.placed import search_placed
from understudy.character.figure.unrecognized.find import find_unrecognized
from understudy.character.image.png_files import matte_from_png
from understudy.character.inpaint.background import ClearedBackground, make_background
from understudy.character.inpaint.glow_and_shadow import glow_layer
from understudy.character.layers.below_edge import extend, pad_rows
from understudy.character.layers.masked_arm import is_believed
from understudy.character.learned import learned_version
from understudy.character.matte.matte import Matte, find_matte, with_colours
from understudy.character.observe import Learned, corrected, observe
from understudy.character.serialization import casting_version, character_of, character_record
from understudy.character.traits import (
    framing_of,
    head_is_cut,
)
from understudy.geometry.landmarks import Float32
from understudy.media.picture import Picture
from understudy.tracking.cached import picture_versions
from understudy.weights import ISNET


def cast(  # noqa: PLR0913 - independent keyword options
    picture: Picture,
    size: tuple[int, int],
    *,
    corrections: Corrections | None = None,
    cache: Cache | None = None,
    track: Track | None = None,
    processes: CastingProcesses | None = None,
) -> Character:
    """Make the picture ready to move at the output's size.

    size: (w, h) of the canvas, both even, in the picture's aspect to a pixel. corrections: what a
    person says of the picture, taken as it is; None takes those that travel in the picture's file.
    cache: where the character, or else the picture's landmarks, are looked up first. track: what
    finds landmarks; without it a tracker's process is used. processes: that look at the picture;
    without them some are started for this call. Raises InputRefused("image_url", ...) when the
    picture holds no character that can be moved, and one that names a correction that cannot be
    used. Deterministic.
    """
    rgb, given = on_canvas(picture, size)
    if corrections is None:
        corrections = corrections_of(picture)
    drawn = None
    if corrections.matte is not None:
        drawn = matte_from_png(corrections.matte, size, f"{ROOT}.matte")
    shape = given if drawn is None else drawn
    joints, point = corrections.on_canvas(picture.source_size, size)
    if track is not None:
        figure = search_placed(rgb, shape, joints, track, point)
        if figure is None:
            figure = find_unrecognized(rgb, shape, None, track)
        figure = corrected(figure, joints, drawn, size)
        return _cast(picture, rgb, given, figure, Learned(), corrections)
    key = picture_key(picture, rgb, given) | {"corrections": corrections.digest}
    record = None if cache is None else cache.load("character", key)
    if record is not None:
        return character_of(record)
    look = CastingProcesses() if processes is None else processes
    figure, learned = observe(look, rgb, shape, drawn, (joints, point), cache)
    character = _cast(picture, rgb, given, figure, learned, corrections)
    if shape is None and learned.salient is None:
        character = replace(character, warnings=(*character.warnings, _without_weights()))
    if cache is not None:
        cache.store("character", key, character_record(character))
    return character


def picture_key(
    picture: Picture, rgb: NDArray[np.uint8], given: Float32 | None
) -> dict[str, object]:
    """What a character is made of and by, for the cache."""
    digest = hashlib.sha256(np.ascontiguousarray(rgb).data)
    if given is not None:
        digest.update(np.ascontiguousarray(given).data)
    return {
        "versions": [casting_version(), *picture_versions(), *learned_version()],
        "size": [rgb.shape[1], rgb.shape[0]],
        "canvas": digest.hexdigest(),
        "backdrop": picture.backdrop,
    }


def _cast(  # noqa: PLR0913 - what was found and what was given
    picture: Picture,
    rgb: NDArray[np.uint8],
    given: Float32 | None,
    figure: Figure,
    learned: Learned,
    corrections: Corrections,
) -> Character:
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
        sways_only=figure.limbless,
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


def on_canvas(picture: Picture, size: tuple[int, int]) -> tuple[NDArray[np.uint8], Float32 | None]:
    rgb = picture.rgb
    way = cv2.INTER_AREA if rgb.shape[1] > size[0] else cv2.INTER_LANCZOS4
    canvas = np.asarray(cv2.resize(rgb, size, interpolation=way), np.uint8)
    if picture.alpha is None:
        return canvas, None
    alpha = cv2.resize(picture.alpha.astype(np.float32) / 255, size, interpolation=way)
    return canvas, np.clip(alpha, 0, 1).astype(np.float32)


def _without_weights() -> str:
    return (
        f"The weights of {ISNET.name} are not on this machine: {ISNET.lost}. "
        "`understudy weights fetch` gets them."
    )
