"""The open character: files that a person can edit, and what else is read as one."""

from understudy.character.folder.layered_psd import write_psd
from understudy.character.folder.open import (
    OpenCharacter,
    cast_open_character,
    is_open_character,
    open_character,
)
from understudy.character.folder.write import write_folder

__all__ = [
    "OpenCharacter",
    "cast_open_character",
    "is_open_character",
    "open_character",
    "write_folder",
    "write_psd",
]
