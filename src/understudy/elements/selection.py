"""Which of an element's pictures plays which part in a take, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from understudy.character.character import Framing

if TYPE_CHECKING:
    from understudy.elements.views import View

WIDER: dict[Framing, int] = {"head": 0, "upper_body": 1, "knees": 2, "whole_body": 3}

# How well a picture's framing (down) suits a driver's (across): what the driver shows should be
# there to move; what he does not show makes the face smaller for nothing.
_FRAMING: dict[Framing, dict[Framing, float]] = {
    "whole_body": {"whole_body": 1.0, "knees": 0.95, "upper_body": 0.70, "head": 0.60},
    "knees": {"whole_body": 0.60, "knees": 1.0, "upper_body": 0.85, "head": 0.75},
    "upper_body": {"whole_body": 0.40, "knees": 0.55, "upper_body": 1.0, "head": 0.95},
    "head": {"whole_body": 0.10, "knees": 0.15, "upper_body": 0.35, "head": 1.0},
}
_FACING = {
    "front": 1.0,
    "three_quarter": 0.75,
    "aside": 0.2,
    "left": 0.2,
    "right": 0.2,
    "back": 0.1,
}
# The picture that goes with the take shows the clothes and the light that are wanted: it leads
# unless it can hardly be moved. The frontal picture of an element is its own makers' choice.
_GIVEN, _FRONTAL = 2.0, 1.1
# A face lends itself when it is this much wider than the leading picture's.
_NEARER = 1.5
# Radians by which two faces may be turned apart and still be of one view.
_SAME_GAZE = 0.30
_COUNT = ("no arm", "one arm", "both arms")
_SHOWN: dict[Framing, str] = {
    "whole_body": "the whole body",
    "knees": "the body to the knees",
    "upper_body": "the upper body",
    "head": "the head",
}


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The parts: who leads, who shows the back, who lends the face; None where nobody does.

    sides: who shows the left and the right side, the same one for both where there is but one.
    notes: sentences for a person.
    """

    lead: View | None
    back: View | None
    sides: tuple[View | None, View | None]
    face: View | None
    notes: tuple[str, ...]


def choose(views: Sequence[View], driver: Framing, *, given: View | None = None) -> Choice:
    """Give the parts out.

    views: of the element. driver: how much of the driver the clip shows. given: the picture that
    goes with the take, None where there is none or it shows no figure.
    """
    candidates = [view for view in views if view.movable]
    if given is not None and given.movable:
        candidates.insert(0, given)
    if not candidates:
        return Choice(
            None, None, (None, None), None, ("The element shows no figure that can be moved.",)
        )
    sharpest = max(view.detail for view in candidates)
    # Before the take's picture no more of a figure can be shown than that picture shows.
    most = "whole_body" if given is None else given.framing
    lead = max(candidates, key=lambda view: _merit(view, driver, sharpest, most))
    notes = [_why(lead, given, driver, many=len(views) > 1)]

    backs = [
        view
        for view in candidates
        if view.facing == "back" and WIDER[view.framing] >= WIDER[lead.framing]
    ]
    back = max(backs, key=lambda view: _merit(view, driver, sharpest, most), default=None)
    if back is lead:
        back = None
    if back is not None:
        notes.append(
            f"Picture {back.place + 1} of the element is for where the driver shows the back."
        )

    sides = _sides(views, lead, sharpest)
    places = sorted({view.place + 1 for view in sides if view is not None})
    if places:
        notes.append(f"{_pictures(places)} for where the driver is seen from the side.")

    faces = [
        view
        for view in views
        if view is not lead
        and 0 < lead.face < view.face / _NEARER
        and float(np.abs(np.subtract(view.gaze, lead.gaze)).max()) < _SAME_GAZE
    ]
    face = max(faces, key=lambda view: view.face * (0.5 + 0.5 * view.calm), default=None)
    return Choice(lead, back, sides, face, tuple(notes))


def _merit(view: View, driver: Framing, sharpest: float, most: Framing) -> float:
    framing = min(view.framing, most, key=WIDER.__getitem__)
    sharp = 0.85 + 0.15 * min(1.0, view.detail / max(sharpest, 1e-6))
    arms = 0.4 + 0.3 * view.free_arms
    bonus = {-1: _GIVEN, 0: _FRONTAL}.get(view.place, 1.0)
    calm = 0.9 + 0.1 * view.calm
    return _FRAMING[framing][driver] * _FACING[view.facing] * arms * calm * sharp * bonus


def _sides(views: Sequence[View], lead: View, sharpest: float) -> tuple[View | None, View | None]:
    """Who shows the left and the right side. One side alone is mirrored for the other."""

    def merit(view: View) -> float:
        stands = (0.4 + 0.6 * view.free_arms) * (0.4 + 0.6 * view.calm)
        return stands * (0.85 + 0.15 * min(1.0, view.detail / sharpest))

    best = []
    for facing in ("left", "right"):
        fitting = [
            view
            for view in views
            if view.facing == facing and WIDER[view.framing] >= WIDER[lead.framing]
        ]
        best.append(max(fitting, key=merit, default=None))
    left, right = best
    return left or right, right or left


def _pictures(places: Sequence[int]) -> str:
    if len(places) == 1:
        return f"Picture {places[0]} of the element is"
    return f"Pictures {' and '.join(map(str, places))} of the element are"


def _why(lead: View, given: View | None, driver: Framing, *, many: bool) -> str:
    shown = f"{_SHOWN[lead.framing]} with {_COUNT[lead.free_arms]} free"
    if lead is given:
        return f"The picture leads: it shows {shown}."
    which = f"Picture {lead.place + 1} of the element" if many else "The element's picture"
    suits = f"{which} suits a clip of {_SHOWN[driver]} best: it shows {shown}."
    if given is None:
        return suits
    return f"{suits} The picture's own figure could hardly be moved; its background stays."
