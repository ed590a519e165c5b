"""Casting by itself: a picture, or a character's folder, to a character and its folder."""

from __future__ import annotations

from pathlib import Path

from understudy import __version__
from understudy.cache import user_cache
from understudy.character.carried_corrections import corrections_of
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.character.corrections import Corrections
from understudy.character.folder import cast_folder, open_folder, write_folder
from understudy.character.folder.write import check_new_folder
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.limits import Mode
from understudy.media.picture import open_picture


def cast_picture(
    source: Path | bytes,
    target: Path | None,
    *,
    mode: Mode = "std",
    corrections: Corrections | None = None,
) -> Character:
    """Cast at the size of a take in `mode`, and write the character's folder where there is one.

    source: a picture's path or bytes, or a character's folder, which brings corrections of its own.
    Raises InputRefused.
    """
    if target is not None:
        check_new_folder(target)
    if isinstance(source, Path) and source.is_dir():
        if corrections:
            raise InputRefused(
                limits.PICTURE_FIELD,
                found="corrections were given together with a character's folder",
                allowed="edit the folder's files, or give a picture",
            )
        folder = open_folder(source)
        picture, given = folder.picture, folder.corrections
        character = cast_folder(
            folder, limits.output_size(*picture.source_size, mode), cache=user_cache()
        )
    else:
        picture = open_picture(source)
        given = corrections_of(picture) if corrections is None else corrections
        size = limits.output_size(*picture.source_size, mode)
        character = cast(picture, size, corrections=given, cache=user_cache())
    if target is not None:
        write_folder(target, picture, character, given, version=__version__)
    return character
