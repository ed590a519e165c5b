"""Which of an element's views serves which purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from understudy.elements.selection import select_views
from understudy.elements.views import View, with_faceless_backs
from understudy.media.picture import Picture

PICTURE = Picture(np.zeros((2, 2, 3), np.uint8), None, (2, 2), "")


def view(index: int = 0, **changes: Any) -> View:
    """A good frontal picture of the whole body, but for the changes."""
    values: dict[str, Any] = {
        "picture": PICTURE,
        "index": index,
        "facing": "front",
        "framing": "whole_body",
        "movable": True,
        "free_arms": 2,
        "torso": 200.0,
        "face": 60.0,
        "head_pose": (0.0, 0.0),
        "neutral": 1.0,
        "detail": 4.0,
    }
    values.update(changes)
    return View(**values)


def test_the_picture_that_shows_what_the_driver_shows_is_primary() -> None:
    whole, upper = view(0), view(1, framing="upper_body", face=200.0)
    assert select_views([whole, upper], "whole_body").primary is whole
    assert select_views([whole, upper], "upper_body").primary is upper


@pytest.mark.parametrize(
    "worse",
    [
        {"free_arms": 0},
        {"facing": "back"},
        {"facing": "sideways"},
        {"detail": 1.0},
        {"neutral": 0.0},
    ],
)
def test_of_two_alike_the_better_one_is_primary(worse: dict[str, Any]) -> None:
    good = view(2)
    assert select_views([view(1, **worse), good], "whole_body").primary is good


def test_of_equals_the_frontal_one_is_primary() -> None:
    frontal = view(0)
    assert select_views([view(1), view(2), frontal], "whole_body").primary is frontal


def test_the_takes_own_picture_is_primary_unless_it_can_hardly_be_moved() -> None:
    picture_view = view(-1, free_arms=1, detail=3.0)
    assert select_views([view(0)], "whole_body", picture_view=picture_view).primary is picture_view
    stuck = view(-1, free_arms=0)
    better = select_views([view(0)], "whole_body", picture_view=stuck)
    assert better.primary is not stuck
    assert "only its background is used" in better.notes[0]


def test_a_picture_of_less_is_not_replaced_for_what_it_could_not_show() -> None:
    picture_view = view(-1, framing="upper_body")
    assert select_views([view(0)], "whole_body", picture_view=picture_view).primary is picture_view


def test_a_back_must_show_as_much_as_the_primary() -> None:
    primary = view(0)
    cut = view(1, facing="back", framing="upper_body")
    whole = view(2, facing="back", detail=2.0)
    assert select_views([primary, cut], "whole_body").back is None
    chosen = select_views([primary, cut, whole], "whole_body")
    assert chosen.back is whole
    assert any("Picture 3" in note and "back" in note for note in chosen.notes)


def side(index: int, facing: str, **changes: Any) -> View:
    """A good picture from the side, which cannot be moved by itself."""
    usual: dict[str, Any] = {"movable": False, "face": 0.0, "free_arms": 1}
    return view(index, facing=facing, **(usual | changes))


def test_sides_show_as_much_as_the_primary_and_one_stands_for_both() -> None:
    primary, right = view(0), side(2, "right")
    assert select_views([primary, right], "whole_body").sides == (right, right)
    left = side(3, "left")
    chosen = select_views([primary, right, left], "whole_body")
    assert chosen.sides == (left, right)
    assert chosen.primary is primary
    assert any("Pictures 3 and 4" in note and "side" in note for note in chosen.notes)
    cut = side(1, "left", framing="knees")
    assert select_views([primary, cut], "whole_body").sides == (None, None)
    stuck = side(1, "right", free_arms=0)
    assert select_views([primary, stuck, right], "whole_body").sides == (right, right)


def test_a_face_is_lent_by_a_much_nearer_picture_of_the_same_view() -> None:
    primary, near = view(0), view(1, framing="head", movable=False, face=300.0)
    assert select_views([primary, near], "whole_body").face is near
    for other in (view(1, face=80.0), view(1, face=300.0, head_pose=(0.6, 0.0))):
        assert select_views([primary, other], "whole_body").face is None
    nobody = select_views([view(0, face=0.0), near], "whole_body")
    assert nobody.face is None


def test_a_picture_without_a_face_beside_one_with_a_plain_face_is_a_back() -> None:
    frontal, faceless = view(0), view(1, face=0.0)
    assert [v.facing for v in with_faceless_backs([frontal, faceless])] == ["front", "back"]
    tiny = view(0, face=12.0)
    assert with_faceless_backs([tiny, faceless]) == (tiny, faceless)
    sideways = view(1, face=0.0, facing="sideways")
    assert with_faceless_backs([frontal, sideways]) == (frontal, sideways)
    masked = view(0, face=0.0)
    assert with_faceless_backs([masked, faceless]) == (masked, faceless)


def test_nobody_to_be_moved_gives_no_primary_and_says_so() -> None:
    nobody = select_views([view(0, movable=False)], "head")
    assert nobody.primary is None
    assert "no figure" in nobody.notes[0]


def test_no_note_speaks_of_what_is_not_there() -> None:
    (only,) = select_views([view(0)], "whole_body").notes
    assert only.startswith("The element's picture")
