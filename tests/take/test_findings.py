"""What inspecting finds, in its JSON form, and together with what was found before."""

from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter

from understudy.errors import InputRefused
from understudy.take.findings import (
    ClipFinding,
    DriverFinding,
    Findings,
    PersonFinding,
    PictureFinding,
    Problem,
    Used,
    collecting,
)


def problem_of(field: str) -> Problem:
    return Problem.of(InputRefused(field, found="wrong", allowed="right"))


def findings_of(*fields: str) -> Findings:
    outline = (((0.1, 0.2), (0.3, 0.4), (0.5, 0.1)),)
    driver = DriverFinding(1.5, outline, ((0.0, 0.1, 0.1, 0.2, 0.3),))
    person = PersonFinding(1, True, 0.0, 4.0, 0.1, 0.1, 0.2, 0.3, 0.06, driver.path)
    return Findings(
        usable=False,
        plan=None,
        problems=tuple(map(problem_of, fields)),
        picture=PictureFinding(300, 400, None, ()),
        clip=ClipFinding(640, 480, 30.0, 4.0, 1, (person,), Used(0.0, 4.0), (), (), driver),
    )


def test_every_problem_names_its_field_and_is_a_sentence_as_well() -> None:
    told = findings_of("image_url", "video_url").to_json()
    assert [problem["field"] for problem in told["problems"]] == ["image_url", "video_url"]
    assert told["problems"][0]["message"] == "image_url: wrong; right"
    assert told["picture"] == {"width": 300, "height": 400, "outline": None, "warnings": ()}


def test_findings_come_back_from_their_json_as_they_were() -> None:
    found = findings_of("image_url")
    text = json.dumps(found.to_json())
    assert TypeAdapter(Findings).validate_json(text) == found


def test_an_input_that_could_not_be_fetched_is_not_missing_as_well() -> None:
    found = findings_of("image_url", "video_url").after([problem_of("video_url")])
    assert [problem.field for problem in found.problems] == ["video_url", "image_url"]


def test_a_picture_that_an_unusable_element_stands_in_for_is_not_missing() -> None:
    found = findings_of("image_url").after([problem_of("element_list")])
    assert [problem.field for problem in found.problems] == ["element_list"]


def test_an_earlier_problem_makes_findings_unusable() -> None:
    found = findings_of().after([problem_of("prompt")])
    assert (found.usable, found.plan) == (False, None)


def test_refusals_are_collected_and_faults_are_not() -> None:
    problems: list[Problem] = []
    with collecting(problems):
        raise InputRefused("mode", found="x", allowed="y")
    assert [problem.field for problem in problems] == ["mode"]
    with pytest.raises(ZeroDivisionError), collecting(problems):
        _ = 1 / 0
