"""Choosing the driver."""

from __future__ import annotations

import numpy as np
import pytest

from understudy.errors import InputRefused
from understudy.tracking.scene.driver_choice import DriverChoice, choose_person, read_choice
from understudy.tracking.scene.people import PersonTrack, rank_people

SIZE = (1000, 500)


def standing(x: float, side: float, seconds: float = 4.0) -> PersonTrack:
    times = np.arange(0, seconds, 0.25)
    return PersonTrack(times, np.tile([x, 250.0, side, 0.0], (len(times), 1)))


LARGE, SMALL, GLIMPSE = standing(250, 500), standing(700, 380), standing(900, 500, 0.3)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("", None),
        ("2", DriverChoice(number=2)),
        ("0.7,0.4", DriverChoice(point=(0.7, 0.4))),
        (" .5 , 1", DriverChoice(point=(0.5, 1.0))),
    ],
)
def test_a_number_or_a_point_is_read(text: str, choice: DriverChoice | None) -> None:
    assert read_choice(text) == choice


@pytest.mark.parametrize("text", ["0", "-1", "two", "0.7", "1.5,0.2", "0.1,0.2,0.3", "1,"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match=r"0\.7,0\.4") as refusal:
        read_choice(text)
    assert refusal.value.field == "driver"


def test_people_are_numbered_by_what_they_cover_and_glimpses_are_not() -> None:
    assert rank_people([SMALL, GLIMPSE, LARGE], SIZE) == [LARGE, SMALL]


def test_who_is_chosen_is_who_was_meant() -> None:
    people = [LARGE, SMALL]
    assert choose_person(DriverChoice(number=2), people, SIZE) is SMALL
    assert choose_person(DriverChoice(point=(0.69, 0.5)), people, SIZE) is SMALL
    assert choose_person(DriverChoice(point=(0.26, 0.3)), people, SIZE) is LARGE


@pytest.mark.parametrize("choice", [DriverChoice(number=3), DriverChoice(point=(0.5, 0.5))])
def test_a_choice_that_fits_nobody_says_who_is_there(choice: DriverChoice) -> None:
    with pytest.raises(InputRefused, match=r"1 at 0\.25,0\.50; 2 at 0\.70,0\.50"):
        choose_person(choice, [LARGE, SMALL], SIZE)
