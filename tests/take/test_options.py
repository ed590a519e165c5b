"""A request and its files travel as JSON and are checked where they arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.take.options import TakeMedia, TakeOptions, TakeRequest


def test_a_request_comes_back_from_its_json_as_it_was() -> None:
    request = TakeRequest(
        model="kling-v3",
        engine="other",
        orientation="image",
        mode="pro",
        prompt="zoom in",
        sound=False,
        watermark=True,
    )
    assert TakeRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_an_option_that_is_absent_takes_its_default() -> None:
    assert TakeRequest.from_json({}) == TakeRequest()


def test_the_library_takes_every_option_that_no_other_argument_of_its_gives() -> None:
    given_otherwise = {"model", "background", "format"}
    assert set(get_type_hints(TakeOptions)) == set(TakeRequest().to_json()) - given_otherwise


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"mode": "4k"}, "mode", "'std' or 'pro'"),
        ({"mode": ["std"]}, "mode", "'std' or 'pro'"),
        ({"orientation": None}, "orientation", "'video' or 'image'"),
        ({"sound": 1}, "sound", "true or false"),
        ({"prompt": None}, "prompt", "text"),
        ({"engine": 7}, "engine", "text"),
        ({"sounds": True}, "sounds", "sound"),
        ({"prompt": "x" * 2501}, "prompt", "2500"),
    ],
)
def test_an_option_that_is_unknown_or_not_allowed_is_named(
    values: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InputRefused) as refusal:
        TakeRequest.from_json(values)
    assert refusal.value.field == field
    assert words in refusal.value.allowed


def test_a_prompt_may_have_2500_characters() -> None:
    assert len(TakeRequest(prompt="x" * 2500).prompt) == 2500


def test_files_come_back_from_their_json_as_they_were() -> None:
    media = TakeMedia(
        picture=Path("a/p.png"),
        clip=Path("a/c.mp4"),
        element=(Path("1.png"), Path("2.png")),
        picture_max_bytes=limits.PICTURE_MAX_BYTES_TASKS_DESIGN,
        clip_max_seconds=600,
    )
    assert TakeMedia.from_json(json.loads(json.dumps(media.to_json()))) == media
    assert TakeMedia.from_json({}) == TakeMedia()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"picture": 3}, "picture"),
        ({"clip": ["c.mp4"]}, "clip"),
        ({"element": "1.png"}, "element"),
        ({"element": [1]}, "element"),
        ({"element": [None]}, "element"),
        ({"picture_max_bytes": True}, "picture_max_bytes"),
        ({"clip_max_seconds": "600"}, "clip_max_seconds"),
        ({"video": "c.mp4"}, "video"),
    ],
)
def test_files_of_a_wrong_kind_are_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        TakeMedia.from_json(values)
    assert refusal.value.field == field


def test_a_picture_in_memory_has_no_json_form() -> None:
    with pytest.raises(TypeError, match="bytes"):
        TakeMedia(picture=b"...").to_json()


@pytest.mark.parametrize(
    ("name", "value"), [("strength", 151), ("strength", -1), ("smoothing", 0.6), ("smoothing", -1)]
)
def test_how_much_of_the_motion_is_taken_has_bounds(name: str, value: float) -> None:
    with pytest.raises(InputRefused) as refusal:
        TakeRequest(**{name: value})  # type: ignore[arg-type]
    assert refusal.value.field == name
