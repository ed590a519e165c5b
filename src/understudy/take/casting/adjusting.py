"""Adjusting: what casting finds in a picture, and the picture with what somebody corrected."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.cache import user_cache
from understudy.character.carried_corrections import corrections_of, with_corrections
from understudy.character.cast import cast, on_canvas
from understudy.character.character import Character
from understudy.character.corrections import Corrections
from understudy.character.figure.placed_joints import joints_of
from understudy.character.image.png_files import encode_png
from understudy.character.learned import LearnedModels
from understudy.character.learned.clicked_piece import clicked_piece
from understudy.character.learned.segmenter import Prompt
from understudy.engines import load_engine
from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Float32
from understudy.media import limits
from understudy.media.picture import Picture, open_picture
from understudy.take.casting.character_finding import (
    CharacterFinding,
    CorrectionsGiven,
    PieceFinding,
    Place,
)
from understudy.take.casting.judging import judged
from understudy.take.casting.preview import write_test_poses
from understudy.weights import MOBILE_SAM


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture's file, what messages call it, and the limit on its bytes."""

    path: Path
    field: str = limits.PICTURE_FIELD
    max_bytes: int = limits.PICTURE_MAX_BYTES

    def open(self) -> Picture:
        """Open it at the size of a take. Raises InputRefused."""
        side = limits.OUTPUT_SHORT_SIDE["std"]
        return open_picture(self.path, short_side=side, field=self.field, max_bytes=self.max_bytes)


def find_character(file: PictureFile, corrections: Corrections | None) -> CharacterFinding:
    """Cast a picture at the size of a take. Raises InputRefused.

    corrections: None takes those in the file.
    """
    picture = file.open()
    given = corrections_of(picture) if corrections is None else corrections
    return _finding(picture, _judged(picture, given), given)


def write_poses(file: PictureFile, corrections: Corrections | None, target: Path) -> None:
    """Write a small video (MP4) of the character in test poses. Raises InputRefused, CannotWrite.

    corrections: None takes those in the file.
    """
    picture = file.open()
    given = corrections_of(picture) if corrections is None else corrections
    write_test_poses(load_engine(DEFAULT_ENGINE), _judged(picture, given), target)


def select_piece(file: PictureFile, on: Sequence[Place], off: Sequence[Place]) -> PieceFinding:
    """The part of a picture under a click.

    on, off: points on the part and on what is not the part, in pixels of the upright picture.
    Raises InputRefused, also where the model for it is not on this machine.
    """
    picture = file.open()
    size = limits.output_size(*picture.source_size, "std")
    rgb, _ = on_canvas(picture, size)
    x, y = size[0] / picture.source_size[0], size[1] / picture.source_size[1]
    marks = [np.array(places, float).reshape(-1, 2) * [x, y] for places in (on, off)]
    with LearnedModels(user_cache()) as models:
        found = models.piece(rgb, Prompt(*marks))
    if found is None:
        raise InputRefused(
            "on",
            found=f"the weights of {MOBILE_SAM.name} are not on this machine",
            allowed="use the brush, or fetch them: `understudy weights fetch`",
        )
    matte = clicked_piece(found.likely, marks[0])
    return PieceFinding(_matte_text(matte), round(found.confidence, 3))


def correct_picture(file: PictureFile, corrections: Corrections, target: Path) -> None:
    """Write the picture's file with these corrections in it. Raises InputRefused."""
    made = with_corrections(file.path, corrections, field=file.field, max_bytes=file.max_bytes)
    target.write_bytes(made)


def _judged(picture: Picture, corrections: Corrections) -> Character:
    """The character as a take has it: cast, and left at rest where it would come apart."""
    size = limits.output_size(*picture.source_size, "std")
    character = cast(picture, size, corrections=corrections, cache=user_cache())
    engine = load_engine(DEFAULT_ENGINE)
    return judged(engine, character, user_cache(), corrections.free_arms)


def _finding(picture: Picture, character: Character, given: Corrections) -> CharacterFinding:
    width, height = picture.source_size
    x, y = width / character.size[0], height / character.size[1]
    return CharacterFinding(
        width=width,
        height=height,
        joints={
            name: (round(place[0] * x, 1), round(place[1] * y, 1))
            for name, place in joints_of(character.landmarks).items()
        },
        matte=_matte_text(character.alpha),
        left_arm=character.traits.left_arm,
        right_arm=character.traits.right_arm,
        legs=character.traits.legs,
        corrections=CorrectionsGiven(**given.to_json()),
        warnings=character.warnings,
    )


def _matte_text(matte: Float32) -> str:
    """A matte (h, w) in 0..1 as a grey PNG in base 64."""
    return base64.b64encode(encode_png(np.round(matte * 255).astype(np.uint8))).decode("ascii")
