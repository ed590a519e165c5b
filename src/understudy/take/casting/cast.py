"""Casting by itself: a picture, or an open character, to a character and its files."""

from __future__ import annotations

from pathlib import Path

from understudy import __version__
from understudy.cache import user_cache
from understudy.character.carried_corrections import corrections_of
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.character.corrections import Corrections
from understudy.character.folder import (
    cast_open_character,
    is_open_character,
    open_character,
    write_folder,
    write_psd,
)
from understudy.character.folder.layered_psd import SUFFIX, check_new_psd
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
    """Cast at the size of a take in `mode`, and write the character's files to `target`, if given.

    source: a picture's path or bytes, or an open character, which brings corrections of its own.
    target: a folder, or a PSD by its ending. Raises InputRefused.
    """
    as_psd = target is not None and target.suffix.lower() == SUFFIX
    if target is not None:
        check_new_psd(target) if as_psd else check_new_folder(target)
    if isinstance(source, Path) and is_open_character(source):
        if corrections:
            raise InputRefused(
                limits.PICTURE_FIELD,
                found="corrections were given together with a character's folder or PSD",
                allowed="edit its files, or give a picture",
            )
        folder = open_character(source)
        picture, given = folder.picture, folder.corrections
        character = cast_open_character(
            folder, limits.output_size(*picture.source_size, mode), cache=user_cache()
        )
    else:
        picture = open_picture(source)
        given = corrections_of(picture) if corrections is None else corrections
        size = limits.output_size(*picture.source_size, mode)
        character = cast(picture, size, corrections=given, cache=user_cache())
    if target is not None and as_psd:
        write_psd(target, character)
    elif target is not None:
        write_folder(target, picture, character, given, version=__version__)
    return character
