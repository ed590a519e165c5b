"""Opening a take's files: what cannot be used is refused before any work is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from understudy.character.folder import OpenCharacter, is_open_character, open_character
from understudy.elements.element import Element, element_from_files, open_element
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.clip import Clip, open_clip
from understudy.media.picture import Picture, open_picture
from understudy.take.options import TakeMedia, TakeRequest, orientation_taken
from understudy.tracking.formats.motion_file import MotionFile, open_motion

_NOT_GIVEN = "nothing is given"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A take's files, open: a picture, an element, or both; the clip, or motion in its place.

    folder: the open character that `picture` belongs to, where one was given.
    """

    picture: Picture | None
    element: Element | None
    clip: Clip | MotionFile
    folder: OpenCharacter | None = None


def open_media(media: TakeMedia, request: TakeRequest) -> Opened:
    """Open all files, the clip first. Raises InputRefused for the first that cannot be used."""
    check_character(media)
    clip = open_take_clip(media, request)
    folder = open_take_character(media)
    return Opened(
        clip=clip,
        picture=open_take_picture(media, request) if folder is None else folder.picture,
        element=open_take_element(media, request),
        folder=folder,
    )


def check_character(media: TakeMedia) -> None:
    """Refuse media without a character, and an element beside an open character.

    Raises InputRefused.
    """
    if media.picture is None and not media.element:
        raise InputRefused(
            limits.PICTURE_FIELD, found=_NOT_GIVEN, allowed="give a picture or an element"
        )
    if media.element and gives_open_character(media):
        raise InputRefused(
            limits.ELEMENT_FIELD,
            found="an element was given together with a character's folder or PSD",
            allowed="give the folder or PSD alone, or a picture",
        )


def gives_open_character(media: TakeMedia) -> bool:
    """Whether the picture is an open character: a folder or a PSD."""
    return isinstance(media.picture, Path) and is_open_character(media.picture)


def open_take_character(media: TakeMedia) -> OpenCharacter | None:
    """Open the character's folder or PSD, if one stands for the picture. Raises InputRefused."""
    if isinstance(media.picture, Path) and is_open_character(media.picture):
        return open_character(media.picture)
    return None


def open_take_picture(media: TakeMedia, request: TakeRequest) -> Picture | None:
    """Open the picture, if there is one, at the size that the output needs. Raises InputRefused."""
    if media.picture is None:
        return None
    side = limits.OUTPUT_SHORT_SIDE[request.mode]
    return open_picture(media.picture, short_side=side, max_bytes=media.picture_max_bytes)


def open_take_element(media: TakeMedia, request: TakeRequest) -> Element | None:
    """Open the element, if there is one. Raises InputRefused."""
    source = element_from_files(media.element)
    return None if source is None else open_element(source, request.mode)


def open_take_clip(media: TakeMedia, request: TakeRequest) -> Clip | MotionFile:
    """Open the clip, or the motion in its place. Raises InputRefused, also without either."""
    orientation = orientation_taken(request.orientation, element=bool(media.element))
    bounds = limits.clip_limits(orientation, media.clip_max_seconds)
    if media.motion is not None:
        return open_motion(media.motion, max_seconds=bounds.max_seconds)
    if media.clip is None:
        raise InputRefused(limits.CLIP_FIELD, found=_NOT_GIVEN, allowed="give a clip")
    return open_clip(media.clip, bounds=bounds)
