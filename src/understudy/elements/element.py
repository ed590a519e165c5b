"""An element's files: several pictures of one character, or a clip of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from understudy.errors import InputRefused
from understudy.media import file_types, limits
from understudy.media.clip import Clip, open_clip
from understudy.media.limits import Mode
from understudy.media.picture import Picture, PictureSource, open_picture

FIELD = limits.ELEMENT_FIELD


@dataclass(frozen=True, slots=True)
class ElementSource:
    """What an element is made of: its pictures, the frontal one first, or a clip of 3 to 8 s."""

    pictures: tuple[PictureSource, ...] = ()
    clip: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An opened element."""

    pictures: tuple[Picture, ...]
    clip: Clip | None


def element_from_files(files: Sequence[PictureSource]) -> ElementSource | None:
    """The element that the files make: pictures, or one clip. None if there are no files.

    Whether a file is a clip is decided by its content. Raises InputRefused naming `element_list`.
    """
    if not files:
        return None
    clips = [file for file in files if isinstance(file, Path) and _is_clip(file)]
    if not clips:
        return ElementSource(pictures=tuple(files))
    if len(files) > 1:
        raise InputRefused(
            FIELD,
            found=f"{len(files)} files, one of them a clip",
            allowed="use either pictures or one clip",
        )
    return ElementSource(clip=clips[0])


def open_element(source: ElementSource, mode: Mode) -> Element:
    """Open an element's files. Raises InputRefused naming `element_list`."""
    side = limits.OUTPUT_SHORT_SIDE[mode]
    if not source.pictures and source.clip is None:
        raise InputRefused(FIELD, found="an empty element", allowed="use pictures or one clip")
    clip = None
    if source.clip is not None:
        clip = open_clip(
            source.clip, orientation="video", field=FIELD, bounds=limits.ELEMENT_CLIP_LIMITS
        )
    pictures = tuple(
        open_picture(picture, short_side=side, field=FIELD) for picture in source.pictures
    )
    return Element(pictures, clip)


def _is_clip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(file_types.HEAD_BYTES)
    except OSError:
        return False
    return file_types.name_format(head) in limits.CLIP_FORMATS
