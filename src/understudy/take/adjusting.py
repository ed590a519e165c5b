"""Adjusting: what casting finds in a picture, and the picture with what somebody corrected."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.cache import user_cache
from understudy.character.carried_corrections import corrections_of, with_corrections
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.character.corrections import Corrections
from understudy.character.figure.placed_joints import joints_of
from understudy.character.image.png_files import encode_png
from understudy.engines import load_engine
from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.media import limits
from understudy.media.picture import Picture, open_picture
from understudy.take.character_finding import CharacterFinding, CorrectionsGiven
from understudy.take.judging import judged
from understudy.take.preview import write_test_poses


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
    matte = encode_png(np.round(character.alpha * 255).astype(np.uint8))
    return CharacterFinding(
        width=width,
        height=height,
        joints={
            name: (round(place[0] * x, 1), round(place[1] * y, 1))
            for name, place in joints_of(character.landmarks).items()
        },
        matte=base64.b64encode(matte).decode("ascii"),
        left_arm=character.traits.left_arm,
        right_arm=character.traits.right_arm,
        corrections=CorrectionsGiven(**given.to_json()),
        warnings=character.warnings,
    )
