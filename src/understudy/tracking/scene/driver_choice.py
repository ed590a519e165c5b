"""Choosing the driver among several people: by their number or by a point of the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.errors import InputRefused

if TYPE_CHECKING:  # It loads numpy, which the service reads options without.
    from understudy.tracking.scene.people import PersonTrack

FIELD = "driver"

_NUMBER = re.compile(r"[1-9]\d{0,3}")
_POINT = re.compile(r"\s*(\d*\.?\d+)\s*,\s*(\d*\.?\d+)\s*")


@dataclass(frozen=True, slots=True)
class DriverChoice:
    """Who is the driver: the person of that number, or who is at a point for longest.

    number: from 1, as `people.rank_people` orders them. point: (x, y) in shares of the picture's
    width and height, from its upper left. One of the two is given.
    """

    number: int | None = None
    point: tuple[float, float] | None = None


def read_choice(text: str) -> DriverChoice | None:
    """The choice that a text makes: `2`, or `0.7,0.4` for a point; none where it is empty.

    Raises InputRefused.
    """
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return DriverChoice(number=int(text))
    point = _POINT.fullmatch(text)
    if point is not None:
        x, y = float(point[1]), float(point[2])
        if x <= 1 and y <= 1:
            return DriverChoice(point=(x, y))
    raise InputRefused(
        FIELD,
        found=f"the value is {text!r}",
        allowed="give a person's number, 1 for the first, or a point such as '0.7,0.4': shares of "
        "the clip's width and height from the upper left",
    )


def choose_person(
    choice: DriverChoice, people: Sequence[PersonTrack], size: tuple[int, int]
) -> PersonTrack:
    """Who is chosen of `people` (in their order) in a clip of that (width, height).

    Raises InputRefused, naming who is there.
    """
    if choice.number is not None:
        if choice.number <= len(people):
            return people[choice.number - 1]
        raise _refused(f"there is no person {choice.number}", people, size)
    assert choice.point is not None
    x, y = choice.point[0] * size[0], choice.point[1] * size[1]
    held = []
    for person in people:
        left, top, right, bottom = person.boxes(size).T
        inside = (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
        held.append(int(inside.sum()))
    if not any(held):
        place = f"{choice.point[0]:g},{choice.point[1]:g}"
        raise _refused(f"nobody is at {place}", people, size)
    return people[held.index(max(held))]


def _refused(found: str, people: Sequence[PersonTrack], size: tuple[int, int]) -> InputRefused:
    places = (
        f"{number} at {x:.2f},{y:.2f}"
        for number, (x, y) in enumerate((middle(person, size) for person in people), start=1)
    )
    return InputRefused(FIELD, found=found, allowed=f"choose one of {'; '.join(places)}")


def middle(person: PersonTrack, size: tuple[int, int]) -> tuple[float, float]:
    """The middle of a person's box over the time, in shares of width and height."""
    import numpy as np

    left, top, right, bottom = np.median(person.boxes(size), axis=0)
    return float(left + right) / 2 / size[0], float(top + bottom) / 2 / size[1]
