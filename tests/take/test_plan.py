"""The plan's arithmetic and its sentences."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from understudy.take.plan import Dropped, Plan, framing_warning, units_for


@pytest.mark.parametrize(
    ("seconds", "rate", "units"),
    [
        (9.066, "0.5", "4.5"),
        (3.0, "0.5", "1.5"),
        (3.499, "0.8", "2.4"),
        (3.5, "0.8", "3.2"),
        (4.5, "0.9", "4.5"),
        (30.02, "1.2", "36.0"),
        (0.2, "0.5", "0.5"),
    ],
)
def test_units_follow_the_output_rounded_to_whole_seconds(
    seconds: float, rate: str, units: str
) -> None:
    assert units_for(seconds, Decimal(rate)) == Decimal(units)


@pytest.mark.parametrize(
    ("picture", "driver", "warned"),
    [
        ("upper_body", "whole_body", True),
        ("whole_body", "upper_body", True),
        ("knees", "whole_body", False),
        ("whole_body", "whole_body", False),
        ("upper_body", "upper_body", False),
        ("head", "knees", True),
    ],
)
def test_a_picture_and_a_clip_of_different_framing_are_warned_of(
    picture: str, driver: str, warned: bool
) -> None:
    assert (framing_warning(picture, driver) is not None) is warned


def test_a_plan_becomes_json_with_its_length_and_its_reasons() -> None:
    plan = Plan(
        engine="puppet",
        orientation="video",
        mode="std",
        size=(720, 1056),
        fps=Fraction(24000, 1001),
        frames=240,
        start=0.5,
        end=10.51,
        clip_duration=12.0,
        dropped=(Dropped(0.0, 0.5, "a cut at 0.5 s"),),
        people=1,
        driver_framing="whole_body",
        picture_framing="whole_body",
        sound=True,
        units=Decimal("5.0"),
    )
    values = json.loads(json.dumps(plan.to_json()))
    assert values["duration"] == 10.01
    assert values["units"] == "5.0"
    assert values["dropped"] == [{"start": 0.0, "end": 0.5, "reason": "a cut at 0.5 s"}]
    assert values["size"] == [720, 1056]
