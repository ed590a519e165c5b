"""Which of an element's pictures plays which part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from understudy.elements.selection import choose
from understudy.elements.views import View, told_by_faces
from understudy.media.picture import Picture

PICTURE = Picture(np.zeros((2, 2, 3), np.uint8), None, (2, 2), "")


def view(place: int = 0, **changes: Any) -> View:
    """A good frontal picture of the whole body, but for the changes."""
    values: dict[str, Any] = {
        "picture": PICTURE,
        "place": place,
        "facing": "front",
        "framing": "whole_body",
        "movable": True,
        "free_arms": 2,
        "torso": 200.0,
        "face": 60.0,
        "gaze": (0.0, 0.0),
        "calm": 1.0,
        "detail": 4.0,
    }
    values.update(changes)
    return View(**values)


def test_the_picture_that_shows_what_the_driver_shows_leads() -> None:
    whole, upper = view(0), view(1, framing="upper_body", face=200.0)
    assert choose([whole, upper], "whole_body").lead is whole
    assert choose([whole, upper], "upper_body").lead is upper


@pytest.mark.parametrize(
    "worse",
    [
        {"free_arms": 0},
        {"facing": "back"},
        {"facing": "aside"},
        {"detail": 1.0},
        {"calm": 0.0},
    ],
)
def test_of_two_alike_the_better_one_leads(worse: dict[str, Any]) -> None:
    good = view(2)
    assert choose([view(1, **worse), good], "whole_body").lead is good


def test_of_equals_the_frontal_one_leads() -> None:
    frontal = view(0)
    assert choose([view(1), view(2), frontal], "whole_body").lead is frontal


def test_the_takes_own_picture_leads_unless_it_can_hardly_be_moved() -> None:
    given = view(-1, free_arms=1, detail=3.0)
    assert choose([view(0)], "whole_body", given=given).lead is given
    stuck = view(-1, free_arms=0)
    better = choose([view(0)], "whole_body", given=stuck)
    assert better.lead is not stuck
    assert "its background stays" in better.notes[0]


def test_a_picture_of_less_is_not_replaced_for_what_it_could_not_show() -> None:
    given = view(-1, framing="upper_body")
    assert choose([view(0)], "whole_body", given=given).lead is given


def test_a_back_must_show_as_much_as_the_lead() -> None:
    lead = view(0)
    cut = view(1, facing="back", framing="upper_body")
    whole = view(2, facing="back", detail=2.0)
    assert choose([lead, cut], "whole_body").back is None
    chosen = choose([lead, cut, whole], "whole_body")
    assert chosen.back is whole
    assert any("Picture 3" in note and "back" in note for note in chosen.notes)


def side(place: int, facing: str, **changes: Any) -> View:
    """A good picture from the side, which cannot be moved by itself."""
    usual: dict[str, Any] = {"movable": False, "face": 0.0, "free_arms": 1}
    return view(place, facing=facing, **(usual | changes))


def test_sides_show_as_much_as_the_lead_and_one_stands_for_both() -> None:
    lead, right = view(0), side(2, "right")
    assert choose([lead, right], "whole_body").sides == (right, right)
    left = side(3, "left")
    chosen = choose([lead, right, left], "whole_body")
    assert chosen.sides == (left, right)
    assert chosen.lead is lead
    assert any("Pictures 3 and 4" in note and "side" in note for note in chosen.notes)
    cut = side(1, "left", framing="knees")
    assert choose([lead, cut], "whole_body").sides == (None, None)
    stuck = side(1, "right", free_arms=0)
    assert choose([lead, stuck, right], "whole_body").sides == (right, right)


def test_a_face_is_lent_by_a_much_nearer_picture_of_the_same_view() -> None:
    lead, near = view(0), view(1, framing="head", movable=False, face=300.0)
    assert choose([lead, near], "whole_body").face is near
    for other in (view(1, face=80.0), view(1, face=300.0, gaze=(0.6, 0.0))):
        assert choose([lead, other], "whole_body").face is None
    nobody = choose([view(0, face=0.0), near], "whole_body")
    assert nobody.face is None


def test_a_picture_without_a_face_beside_one_with_a_plain_face_is_a_back() -> None:
    frontal, faceless = view(0), view(1, face=0.0)
    assert [v.facing for v in told_by_faces([frontal, faceless])] == ["front", "back"]
    tiny = view(0, face=12.0)
    assert told_by_faces([tiny, faceless]) == (tiny, faceless)
    aside = view(1, face=0.0, facing="aside")
    assert told_by_faces([frontal, aside]) == (frontal, aside)
    masked = view(0, face=0.0)
    assert told_by_faces([masked, faceless]) == (masked, faceless)


def test_nobody_to_be_moved_gives_no_lead_and_says_so() -> None:
    nobody = choose([view(0, movable=False)], "head")
    assert nobody.lead is None
    assert "no figure" in nobody.notes[0]


def test_no_note_speaks_of_what_is_not_there() -> None:
    (only,) = choose([view(0)], "whole_body").notes
    assert only.startswith("The element's picture")
