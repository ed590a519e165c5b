"""Deciding which of a take's pictures is used for what.

The views of an element are judged while the clip is analyzed; then they are assigned
(`elements.selection`) and cast. If the take has a picture of its own, that picture is the scene and
the reference: its background stays, and its figure is used unless it can hardly be moved.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from understudy.cache import Cache
from understudy.character.character import Character
from understudy.elements.element import FIELD, Element
from understudy.elements.placement import mirrored, place, scene_for
from understudy.elements.selection import Selection, select_views
from understudy.errors import InputRefused
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Aspect
from understudy.media import limits
from understudy.media.limits import Size
from understudy.media.picture import Picture
from understudy.tracking.cached import PictureTracker

# What loads much is imported where it is used, in casting's own thread.
if TYPE_CHECKING:
    from understudy.elements.views import View

# Further pictures are cast at the size at which their figure is as large as the primary one, within
# these bounds in pixels: of the longer side (memory) and of the shorter one (detail).
_LARGEST_SIDE, _LEAST_SIDE = 2600, 128


@dataclass(frozen=True, slots=True, eq=False)
class JudgedViews:
    """The views judged: those of the element, and the one of the take's own picture."""

    views: tuple[View, ...]
    picture_view: View | None


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which picture does what in a take.

    picture: gives the output its size and background. selection: of the views.
    """

    picture: Picture
    selection: Selection

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for a person."""
        return self.selection.notes


def judge_views(element: Element, picture: Picture | None, cache: Cache | None) -> JudgedViews:
    """Judge every picture of an element, a clip's best frames among them, and the take's own."""
    from understudy.elements.clip_frames import best_frames
    from understudy.elements.views import judge, with_faceless_backs

    with PictureTracker(cache) as track:
        pictures = element.pictures
        if element.clip is not None:
            pictures += best_frames(element.clip, track, cache)
        picture_view = None if picture is None else judge(picture, -1, track)
        # If the take's picture shows the face, the element's first picture may well be the back.
        known = picture_view is not None and picture_view.movable and picture_view.face > 0
        judged = [
            judge(each, index, track, frontal=index == 0 and not known)
            for index, each in enumerate(pictures)
        ]
        views = with_faceless_backs([view for view in judged if view is not None])
        return JudgedViews(views, picture_view)


def assign_views(judged: JudgedViews, picture: Picture | None, driver: Framing) -> Assignment:
    """Assign the views. driver: how much of the driver the clip shows.

    Raises InputRefused where neither the picture nor the element shows a figure that can be moved.
    """
    views, picture_view = judged.views, judged.picture_view
    notes: tuple[str, ...] = ()
    if picture_view is not None and not picture_view.movable:
        # A face alone is neither a scene nor a figure, but its pixels may serve another view.
        views, picture_view, picture = (*views, picture_view), None, None
        notes = ("The picture shows only a face; a picture of the element is used instead.",)
    elif picture is not None and picture_view is None:
        notes = ("The picture shows no figure; the element's figure is placed in it.",)
    if not judged.views:
        notes = (*notes, "The element shows no figure and is not used.")
    selection = select_views(views, driver, picture_view=picture_view)
    primary = selection.primary
    if primary is None:
        raise InputRefused(
            FIELD,
            found="no figure on two legs was found in the element"
            + ("" if picture is None else ", nor in the picture"),
            allowed="use a picture of one figure, drawn or real, that stands on two legs and whose "
            "head, trunk and arms are clearly separate",
            contract=limits.CHARACTER_MESSAGE,
        )
    selection = replace(selection, notes=(*notes, *selection.notes))
    return Assignment(primary.picture if picture is None else picture, selection)


def cast_primary(assignment: Assignment, size: Size, cache: Cache | None) -> Character:
    """Cast the primary view, with the face of a closer picture where that helps.

    size: (w, h) of the output. Raises InputRefused.
    """
    from understudy.character.cast import cast

    primary, face = assignment.selection.primary, assignment.selection.face
    assert primary is not None
    if primary.picture is assignment.picture:
        character = cast(assignment.picture, size, cache=cache)
    else:
        character = _placed_in_picture(primary, assignment.picture, size, cache)
    if face is None:
        return character
    from understudy.elements.closer_face import with_closer_face

    with PictureTracker(cache) as track:
        closer = with_closer_face(character, face.picture, track)
    return character if closer is None else closer


def cast_views(
    assignment: Assignment, character: Character, aspects: Collection[Aspect], cache: Cache | None
) -> Character:
    """The character with its back and sides, those of `aspects` that the element shows."""
    views: dict[Aspect, Character] = {}
    for aspect, view in other_views(assignment.selection).items():
        if aspect in aspects:
            seen = _cast_view(aspect, view, character, cache)
            if seen is not None:
                views[aspect] = place(seen, onto=character)
    return replace(character, views=views)


def other_views(selection: Selection) -> dict[Aspect, View]:
    """The views that show the character from the back or a side, by aspect."""
    shown: dict[Aspect, View | None] = {
        "left": selection.sides[0],
        "back": selection.back,
        "right": selection.sides[1],
    }
    return {aspect: view for aspect, view in shown.items() if view is not None}


def _cast_view(
    aspect: Aspect, view: View, onto: Character, cache: Cache | None
) -> Character | None:
    from understudy.character.cast import cast
    from understudy.character.cast_profile import cast_profile

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


def _placed_in_picture(
    primary: View, picture: Picture, size: Size, cache: Cache | None
) -> Character:
    """The element's figure where the picture's own stands, or in an empty scene."""
    from understudy.character.cast import cast

    try:
        host = cast(picture, size, cache=cache)
    except InputRefused:
        own = limits.output_size(*primary.picture.source_size, "std")
        character = cast(primary.picture, own, cache=cache)
        rgb = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA)
        return place(character, onto=scene_for(character, np.asarray(rgb, np.uint8)))
    return place(cast(primary.picture, _size_for(primary, host), cache=cache), onto=host)


def _size_for(view: View, like: Character) -> Size:
    """The canvas (w, h) on which a view's torso is as long as another character's."""
    body = like.landmarks.body[:, :2].astype(np.float64)
    torso = float(np.linalg.norm((body[11] + body[12] - body[23] - body[24]) / 2))
    width, height = view.picture.source_size
    factor = torso / max(1.0, view.torso)
    factor = min(factor, _LARGEST_SIDE / max(width, height))
    factor = max(factor, _LEAST_SIDE / min(width, height))
    return 2 * round(factor * width / 2), 2 * round(factor * height / 2)
