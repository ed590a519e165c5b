"""The open character: a folder of files that a person can edit, and what else is read as one."""

from understudy.character.folder.open import CharacterFolder, cast_folder, open_folder
from understudy.character.folder.write import write_folder

__all__ = ["CharacterFolder", "cast_folder", "open_folder", "write_folder"]
