"""Casting a picture from the side, for where the driver is seen in profile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.arm_traits import arm_is_seen
from understudy.character.cast import on_canvas, picture_key
from understudy.character.character import Character, Traits
from understudy.character.figure.find import FIELD
from understudy.character.figure.profile import Profile, find_profile
from understudy.character.layers.below_edge import extend, pad_rows
from understudy.character.layers.profile import cut_profile
from understudy.character.matte.matte import find_matte, with_colours
from understudy.character.serialization import character_of, character_record
from understudy.character.traits import framing_of, head_is_cut, hem_of
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Float32
from understudy.geometry.limb_states import ArmState
from understudy.media.picture import Picture
from understudy.tracking.cached import PictureTracker


def cast_profile(
    picture: Picture, size: tuple[int, int], *, cache: Cache | None = None
) -> Character:
    """Make a picture from the side ready to move; its background is not taken out, since another
    view's is what it is drawn on.

    size: (w, h) of the canvas, as of `cast`. Raises InputRefused("image_url", ...) when the figure
    is not seen from the side, or shows both legs apart. Deterministic.
    """
    rgb, given = on_canvas(picture, size)
    key = picture_key(picture, rgb, given) | {"view": "profile"}
    record = None if cache is None else cache.load("character", key)
    if record is not None:
        return character_of(record)
    with PictureTracker(cache) as tracker:
        found = find_profile(rgb, given, tracker)
    if found is None:
        raise InputRefused(
            FIELD,
            found="no figure that is seen from the side",
            allowed="use one figure in profile that stands with its legs together",
        )
    character = _cast(rgb, given, found)
    if cache is not None:
        cache.store("character", key, character_record(character))
    return character


def _cast(rgb: NDArray[np.uint8], given: Float32 | None, found: Profile) -> Character:
    size = rgb.shape[1], rgb.shape[0]
    anatomy, near = found.anatomy, 0 if found.near == "left" else 1
    values = np.asarray(rgb / np.float32(255), np.float32)
    matte = (
        find_matte(values, found.mask, anatomy) if given is None else with_colours(values, given)
    )
    framing = framing_of(anatomy, matte.alpha)
    hem = hem_of(matte.alpha, anatomy, np.zeros(matte.alpha.shape, bool))
    layers = cut_profile(
        matte,
        anatomy,
        near,
        arm_moves=arm_is_seen(anatomy, near, size),
        legs_move=framing == "whole_body",
        hem=hem,
    )
    arms: ArmState = "free" if any(layer.name == "left_arm" for layer in layers) else "fixed"
    pad = pad_rows(matte.alpha, anatomy.torso)
    return Character(
        size=size,
        picture=rgb,
        alpha=matte.alpha,
        background=rgb,
        layers=tuple(extend(layer, pad, anatomy) for layer in layers),
        landmarks=found.landmarks,
        traits=Traits(
            framing=framing,
            left_arm=arms,
            right_arm=arms,
            hem_y=hem,
            head_cut=head_is_cut(matte.alpha, anatomy),
            pad=pad,
            near=found.near,
        ),
    )
