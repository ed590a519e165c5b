"""Who plays in a take: the picture's figure, an element's, or both.

An element is a character kept as several pictures, or as a clip of it. Its pictures are judged
while the clip's scene is analyzed; then the parts are given out (`character.choice`) and cast. The
picture of the take, where there is one, is the scene and the reference: its background stays, and
its own figure leads unless it can hardly be moved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from understudy.cache import Cache
from understudy.character.cast import cast
from understudy.character.cast_profile import cast_profile
from understudy.character.character import Character, Framing
from understudy.elements.placement import mirrored, place, scene_for
from understudy.elements.selection import Choice, choose
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Aspect
from understudy.media import file_types, limits
from understudy.media.clip import Clip, open_clip
from understudy.media.limits import Mode, Size
from understudy.media.picture import Picture, PictureSource, open_picture
from understudy.tracking.cached import PictureTracker

if TYPE_CHECKING:  # It loads much that a take without an element does not need at once.
    from understudy.elements.views import View

FIELD = "element_list"

# Further pictures are cast at the size at which their figure is as large as the leading one.
_LARGEST_SIDE, _LEAST_SIDE = 2600, 128


@dataclass(frozen=True, slots=True)
class ElementSource:
    """What an element is made of: its pictures, the frontal one first, or a clip of 3 to 8 s."""

    pictures: tuple[PictureSource, ...] = ()
    clip: Path | None = None


def element_of(files: Sequence[PictureSource]) -> ElementSource | None:
    """The element that files make: pictures, or one clip, told by content; None of no files.

    Raises InputRefused naming `element_list`.
    """
    if not files:
        return None
    clips = [file for file in files if isinstance(file, Path) and _is_clip(file)]
    if not clips:
        return ElementSource(pictures=tuple(files))
    if len(files) > 1:
        raise InputRefused(
            FIELD,
            found=f"{len(files)} files, a clip among them",
            allowed="allowed are pictures, or one clip",
        )
    return ElementSource(clip=clips[0])


def _is_clip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(file_types.HEAD_BYTES)
    except OSError:
        return False
    return file_types.name_format(head) in limits.CLIP_FORMATS


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element opened."""

    pictures: tuple[Picture, ...]
    clip: Clip | None


@dataclass(frozen=True, slots=True, eq=False)
class Audition:
    """What the pictures were judged to be: those of the element, and the one of the take."""

    views: tuple[View, ...]
    given: View | None


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """The parts as they are given out.

    picture: the take's, which the output has its size and background from. stays: it came with the
    take, and is not the element's own.
    """

    picture: Picture
    stays: bool
    choice: Choice

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for a person."""
        return self.choice.notes


def open_element(source: ElementSource, mode: Mode) -> Element:
    """Open an element's files. Raises InputRefused naming `element_list`."""
    side = limits.OUTPUT_SHORT_SIDE[mode]
    if not source.pictures and source.clip is None:
        raise InputRefused(
            FIELD, found="an element of nothing", allowed="allowed are pictures or a clip"
        )
    return Element(
        pictures=tuple(
            open_picture(picture, short_side=side, field=FIELD) for picture in source.pictures
        ),
        clip=None
        if source.clip is None
        else open_clip(
            source.clip, orientation="video", field=FIELD, bounds=limits.ELEMENT_CLIP_LIMITS
        ),
    )


def audition(element: Element, picture: Picture | None, cache: Cache | None) -> Audition:
    """Judge every picture of an element, a clip's best frames among them, and the take's own."""
    from understudy.elements.clip_frames import best_frames
    from understudy.elements.views import judge, told_by_faces

    with PictureTracker(cache) as track:
        pictures = element.pictures
        if element.clip is not None:
            pictures += best_frames(element.clip, track, cache)
        given = None if picture is None else judge(picture, -1, track)
        # Beside a picture that shows the face, the first of the element may well be its back.
        known = given is not None and given.movable and given.face > 0
        judged = [
            judge(each, place, track, frontal=place == 0 and not known)
            for place, each in enumerate(pictures)
        ]
        return Audition(
            views=told_by_faces([view for view in judged if view is not None]), given=given
        )


def give_out(heard: Audition, picture: Picture | None, driver: Framing) -> Roles:
    """Give the parts out. driver: how much of the driver the clip shows.

    Raises InputRefused where neither the picture nor the element shows a figure that can be moved.
    """
    views, given = heard.views, heard.given
    notes: tuple[str, ...] = ()
    if given is not None and not given.movable:
        # A face alone is neither a scene nor a figure, but it may lend itself.
        views, given, picture = (*views, given), None, None
        notes = ("The picture shows a face alone: a picture of the element stands for it.",)
    elif picture is not None and given is None:
        notes = ("The picture shows no figure: the element's is put into it.",)
    if not heard.views:
        notes = (*notes, "The element shows no figure: it is left out.")
    choice = choose(views, driver, given=given)
    lead = choice.lead
    if lead is None:
        raise InputRefused(
            FIELD,
            found="no figure on two legs was found in the element"
            + ("" if picture is None else ", nor in the picture"),
            allowed="allowed is one figure, drawn or real, that stands on two legs and whose head, "
            "trunk and arms can be told apart",
        )
    choice = replace(choice, notes=(*notes, *choice.notes))
    return Roles(
        picture=lead.picture if picture is None else picture,
        stays=picture is not None,
        choice=choice,
    )


def cast_lead(roles: Roles, size: Size, cache: Cache | None) -> Character:
    """Cast whoever leads, with the face of a closer picture where that helps.

    size: (w, h) of the output. Raises InputRefused.
    """
    lead, face = roles.choice.lead, roles.choice.face
    assert lead is not None
    if lead.picture is roles.picture:
        character = cast(roles.picture, size, cache=cache)
    else:
        character = _onto_the_picture(lead, roles.picture, size, cache)
    if face is None:
        return character
    from understudy.elements.closer_face import with_closer_face

    with PictureTracker(cache) as track:
        closer = with_closer_face(character, face.picture, track)
    return character if closer is None else closer


def cast_views(
    roles: Roles, character: Character, aspects: Collection[Aspect], cache: Cache | None
) -> Character:
    """The character with its back and sides, those of `aspects` that the element shows."""
    views: dict[Aspect, Character] = {}
    for aspect, view in shown_by(roles.choice).items():
        if aspect in aspects:
            seen = _cast_view(aspect, view, character, cache)
            if seen is not None:
                views[aspect] = place(seen, onto=character)
    return replace(character, views=views)


def shown_by(choice: Choice) -> dict[Aspect, View]:
    """Which pictures show the character from elsewhere than the front."""
    shown: dict[Aspect, View | None] = {
        "left": choice.sides[0],
        "back": choice.back,
        "right": choice.sides[1],
    }
    return {aspect: view for aspect, view in shown.items() if view is not None}


def _cast_view(
    aspect: Aspect, view: View, onto: Character, cache: Cache | None
) -> Character | None:
    size = _size_for(view, onto)
    try:
        if aspect == "back":
            return cast(view.picture, size, cache=cache)
        side = cast_profile(view.picture, size, cache=cache)
    except InputRefused:
        return None
    if side.traits.left_arm != "free" and "free" in (onto.traits.left_arm, onto.traits.right_arm):
        # Arms that move from the front and hang still from the side look broken.
        return None
    return side if side.traits.near == aspect else mirrored(side)


def _onto_the_picture(lead: View, picture: Picture, size: Size, cache: Cache | None) -> Character:
    """A figure of the element in the place of the picture's own, or in an empty scene."""
    try:
        host = cast(picture, size, cache=cache)
    except InputRefused:
        own = limits.output_size(*lead.picture.source_size, "std")
        character = cast(lead.picture, own, cache=cache)
        rgb = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA)
        return place(character, onto=scene_for(character, np.asarray(rgb, np.uint8)))
    return place(cast(lead.picture, _size_for(lead, host), cache=cache), onto=host)


def _size_for(view: View, like: Character) -> Size:
    """The canvas (w, h) on which a view's trunk is as long as another character's."""
    body = like.landmarks.body[:, :2].astype(np.float64)
    torso = float(np.linalg.norm((body[11] + body[12] - body[23] - body[24]) / 2))
    width, height = view.picture.source_size
    factor = torso / max(1.0, view.torso)
    factor = min(factor, _LARGEST_SIDE / max(width, height))
    factor = max(factor, _LEAST_SIDE / min(width, height))
    return 2 * round(factor * width / 2), 2 * round(factor * height / 2)
