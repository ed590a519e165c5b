"""Casting: a picture made ready to move.

What casts loads numba and SciPy. It is imported when it is needed: a known character does not need
it, and of a new one the net that cuts it out is opened meanwhile.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.carried_corrections import corrections_of
from understudy.character.casting_processes import CastingProcesses
from understudy.character.character import Character
from understudy.character.corrections import ROOT, Corrections
from understudy.character.image.png_files import matte_from_png
from understudy.character.learned import learned_version
from understudy.character.serialization import casting_version, character_of, character_record
from understudy.geometry.landmarks import Float32
from understudy.media.picture import Picture
from understudy.tracking.cached import picture_versions
from understudy.weights import ISNET

if TYPE_CHECKING:
    from understudy.character.figure.find import Track


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
        from understudy.character.making import make_character
        from understudy.character.observe import Learned, found_by

        figure = found_by(track, rgb, shape, drawn, (joints, point))
        return make_character(picture, rgb, given, figure, Learned(), corrections)
    key = picture_key(picture, rgb, given) | {"corrections": corrections.digest}
    record = None if cache is None else cache.load("character", key)
    if record is not None:
        return character_of(record)
    look = CastingProcesses() if processes is None else processes
    with look.models(cache) as models:
        if shape is None and point is None:
            models.expect_salient(rgb)
        from understudy.character.making import make_character
        from understudy.character.observe import observe

        figure, learned = observe(look, models, rgb, shape, drawn, (joints, point), cache)
    character = make_character(picture, rgb, given, figure, learned, corrections)
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
