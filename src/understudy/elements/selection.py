"""Selecting which of an element's views serves which purpose in a take, and saying why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from understudy.geometry.framing import EXTENT, Framing

if TYPE_CHECKING:
    from understudy.elements.views import View


@dataclass(frozen=True, slots=True)
class SelectionWeights:
    """What makes one view better than another. All but the last are factors of one product,
    without a unit, and were set by eye; only the order that they give matters.

    framing: by the view's framing, then the driver's. What the driver shows should be there to
        move; what the driver does not show only makes the face smaller.
    facing: how well a view serves as the primary one.
    own_picture: the take's own picture shows the clothes and the light that are wanted, so it wins
        unless neither of its arms can move.
    frontal: the first picture of an element, which its maker put first.
    arms, per_arm: without a free arm, and more for each.
    face_wider: a face is taken from another view if it is so many times wider there.
    face_turn: the most that two faces may be turned apart to be of one view, in radians.
    """

    framing: dict[Framing, dict[Framing, float]] = field(
        default_factory=lambda: {
            "whole_body": {"whole_body": 1.0, "knees": 0.95, "upper_body": 0.70, "head": 0.60},
            "knees": {"whole_body": 0.60, "knees": 1.0, "upper_body": 0.85, "head": 0.75},
            "upper_body": {"whole_body": 0.40, "knees": 0.55, "upper_body": 1.0, "head": 0.95},
            "head": {"whole_body": 0.10, "knees": 0.15, "upper_body": 0.35, "head": 1.0},
        }
    )
    facing: dict[str, float] = field(
        default_factory=lambda: {
            "front": 1.0,
            "three_quarter": 0.75,
            "sideways": 0.2,
            "left": 0.2,
            "right": 0.2,
            "back": 0.1,
        }
    )
    own_picture: float = 2.0
    frontal: float = 1.1
    arms: float = 0.4
    per_arm: float = 0.3
    neutral: float = 0.1  # share of the merit that a neutral face decides
    sharp: float = 0.15  # share that sharpness decides, relative to the sharpest view
    side_arm: float = 0.6  # share of a side view's merit that its free arm decides
    side_straight: float = 0.6  # share that its straight posture decides
    face_wider: float = 1.5
    face_turn: float = 0.30


_WEIGHTS = SelectionWeights()
_ARMS = ("no arm", "one arm", "both arms")
_SHOWN: dict[Framing, str] = {
    "whole_body": "the whole body",
    "knees": "the body to the knees",
    "upper_body": "the upper body",
    "head": "the head",
}


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The views selected; None where no view serves.

    primary: is animated. back, sides: replace it where the driver turns (left, right; one view may
    serve for both). face: is closer, and its pixels replace the primary view's face. notes:
    sentences for a person.
    """

    primary: View | None
    back: View | None
    sides: tuple[View | None, View | None]
    face: View | None
    notes: tuple[str, ...]


def select_views(
    views: Sequence[View], driver: Framing, *, picture_view: View | None = None
) -> Selection:
    """Select the views for a take.

    views: of the element. driver: how much of the driver the clip shows. picture_view: of the
    take's own picture; None if there is no picture or it shows no figure.
    """
    candidates = [view for view in views if view.movable]
    if picture_view is not None and picture_view.movable:
        candidates.insert(0, picture_view)
    if not candidates:
        return Selection(
            None, None, (None, None), None, ("The element shows no figure that can be animated.",)
        )
    sharpest = max(view.detail for view in candidates)
    # In the take's own picture no more of a figure can be shown than the picture shows.
    widest = "whole_body" if picture_view is None else picture_view.framing

    def merit(view: View) -> float:
        return _merit(view, driver, sharpest, widest)

    primary = max(candidates, key=merit)
    notes = [_reason(primary, picture_view, driver, many=len(views) > 1)]
    backs = [view for view in candidates if view.facing == "back" and _shows_all_of(view, primary)]
    back = max(backs, key=merit, default=None)
    if back is primary:
        back = None
    if back is not None:
        notes.append(
            f"Picture {back.index + 1} of the element is used where the driver's back is visible."
        )
    sides = _sides(views, primary, sharpest)
    numbers = sorted({view.index + 1 for view in sides if view is not None})
    if numbers:
        notes.append(f"{_pictures(numbers)} used where the driver is seen from the side.")
    return Selection(primary, back, sides, _closer_face(views, primary), tuple(notes))


def _shows_all_of(view: View, primary: View) -> bool:
    return EXTENT[view.framing] >= EXTENT[primary.framing]


def _merit(view: View, driver: Framing, sharpest: float, widest: Framing) -> float:
    by = _WEIGHTS
    framing = min(view.framing, widest, key=EXTENT.__getitem__)
    sharp = (1 - by.sharp) + by.sharp * min(1.0, view.detail / max(sharpest, 1e-6))
    arms = by.arms + by.per_arm * view.free_arms
    bonus = {-1: by.own_picture, 0: by.frontal}.get(view.index, 1.0)
    neutral = (1 - by.neutral) + by.neutral * view.neutral
    return by.framing[framing][driver] * by.facing[view.facing] * arms * neutral * sharp * bonus


def _sides(
    views: Sequence[View], primary: View, sharpest: float
) -> tuple[View | None, View | None]:
    """The views of the left and the right side. If there is only one, it is mirrored later."""
    by = _WEIGHTS

    def merit(view: View) -> float:
        arm = (1 - by.side_arm) + by.side_arm * view.free_arms
        straight = (1 - by.side_straight) + by.side_straight * view.neutral
        sharp = (1 - by.sharp) + by.sharp * min(1.0, view.detail / sharpest)
        return arm * straight * sharp

    best = []
    for facing in ("left", "right"):
        fitting = [view for view in views if view.facing == facing and _shows_all_of(view, primary)]
        best.append(max(fitting, key=merit, default=None))
    left, right = best
    return left or right, right or left


def _closer_face(views: Sequence[View], primary: View) -> View | None:
    """The view whose face is much wider than the primary one's and turned the same way."""

    def turned_apart(view: View) -> float:
        return float(np.abs(np.subtract(view.head_pose, primary.head_pose)).max())

    faces = [
        view
        for view in views
        if view is not primary
        and 0 < primary.face < view.face / _WEIGHTS.face_wider
        and turned_apart(view) < _WEIGHTS.face_turn
    ]
    return max(faces, key=lambda view: view.face * (0.5 + 0.5 * view.neutral), default=None)


def _pictures(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Picture {numbers[0]} of the element is"
    return f"Pictures {' and '.join(map(str, numbers))} of the element are"


def _reason(primary: View, picture_view: View | None, driver: Framing, *, many: bool) -> str:
    shown = f"{_SHOWN[primary.framing]} with {_ARMS[primary.free_arms]} free"
    if primary is picture_view:
        return f"The picture's own figure is used: it shows {shown}."
    which = f"Picture {primary.index + 1} of the element" if many else "The element's picture"
    reason = f"{which} best suits a clip of {_SHOWN[driver]}: it shows {shown}."
    if picture_view is None:
        return reason
    return f"{reason} The picture's own figure can hardly be moved; only its background is used."
