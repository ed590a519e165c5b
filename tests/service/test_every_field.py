"""Every field of every body, each with a value of every kind, at its limit and over it.

A rule says of each kind of value whether it is taken (None) or in which exact words it is refused.
`test_fields` has the order of the faults and what is made of the values that are taken.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from understudy.service.api import elements, motion_control, tasks
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.models import Catalogue

ABSENT = object()
VALUES: dict[str, tuple[object, str]] = {
    "missing": (ABSENT, ""),
    "empty": ("", ""),
    "null": (None, "null"),
    "number": (5, "5"),
    "fraction": (1.5, "1.5"),
    "flag": (True, "true"),
    "array": ([], "[]"),
    "object": ({}, "{}"),
    "word": ("x", "x"),
}
BLANK = ("missing", "empty", "null")
Rule = dict[str, str | None]

A_STRING = ": a string is expected"
AN_URL = ": an http or https URL is expected"
AN_OBJECT = ": an object is expected"
AN_ARRAY = ": an array is expected"
A_FLAG = ": true or false is expected"
NUMBER = ""
CHOICE = ""


def rule(expected: str, *taken: str, blank: str | None = None, **others: str | None) -> Rule:
    """What becomes of each kind: refused as not `expected`, unless `taken` or told otherwise.

    blank: what is said of a value left out, which otherwise is taken.
    """
    made: Rule = dict.fromkeys(VALUES, "{name} value '{shown}' is invalid" + expected)
    made |= dict.fromkeys(BLANK, blank)
    made |= dict.fromkeys(taken)
    return made | others


TEXT = rule(A_STRING, "word")
URL = rule(A_STRING, word="{name} value '{shown}' is invalid" + AN_URL)
OBJECT = rule(AN_OBJECT, "object")
FLAG = rule(A_FLAG, "flag")
ELEMENT_ID = rule(
    NUMBER,
    "number",
    missing="{name}: must not be blank",
    empty="{name} value '' is invalid",
    null="{name} value 'null' is invalid",
)
NO_IMAGE = "imageUrl: must not be blank"
NO_VIDEO = "videoUrl: must not be blank"
NO_ORIENTATION = "character orientation must be specified"
NO_FRONT = "Missing element frontal image"
NO_REFERENCES = "element_image_list.refer_images: 0 given; 1 to 3 allowed"
ONE_VIDEO = "The number of element videos must be 1"
NOT_BLANK = "{name}: must not be blank"
ENTRY = rule(
    AN_OBJECT,
    empty="{name} value '' is invalid" + AN_OBJECT,
    null="{name} value 'null' is invalid" + AN_OBJECT,
)

CATALOGUE = Catalogue.of({})

LEGACY = {
    "model_name": "kling-v3",
    "prompt": "a prompt",
    "image_url": "https://example.com/a.png",
    "video_url": "https://example.com/a.mp4",
    "element_list": [{"element_id": 7}],
    "keep_original_sound": "yes",
    "character_orientation": "video",
    "mode": "std",
    "watermark_info": {"enabled": True},
    "callback_url": "https://example.com/cb",
    "external_task_id": "mine",
}
LEGACY_RULES: list[tuple[str, Rule]] = [
    # Left out, it is the default model, which takes no element: see `without`.
    ("model_name", rule(CHOICE)),
    ("prompt", TEXT),
    ("image_url", rule(A_STRING, "word", blank=NO_IMAGE)),
    (
        "video_url",
        rule(A_STRING, blank=NO_VIDEO, word="{name} value 'x' is invalid" + AN_URL),
    ),
    ("element_list", rule(AN_ARRAY, "array")),
    ("element_list.0", {**ENTRY, "object": "element_list[0].element_id: must not be blank"}),
    ("element_list.0.element_id", ELEMENT_ID),
    ("keep_original_sound", rule(CHOICE)),
    ("character_orientation", rule(CHOICE, blank=NO_ORIENTATION)),
    ("mode", rule(CHOICE, blank="video mode must be specified")),
    ("watermark_info", OBJECT),
    ("watermark_info.enabled", FLAG),
    ("callback_url", URL),
    ("external_task_id", TEXT),
]

TASKS = {
    "contents": [
        {"type": "prompt", "text": "a prompt"},
        {"type": "image", "url": "https://example.com/a.png"},
        {"type": "video", "url": "https://example.com/a.mp4"},
        {"type": "element", "element_id": 7, "id": "her"},
    ],
    "settings": {"character_orientation": "video", "audio": "off", "resolution": "1080p"},
    "options": {
        "callback_url": "https://example.com/cb",
        "external_task_id": "mine",
        "watermark_info": {"enabled": True},
    },
}
TASKS_RULES: list[tuple[str, Rule]] = [
    ("contents", rule(AN_ARRAY, blank=NO_IMAGE, array=NO_IMAGE)),
    (
        "contents.0.type",
        rule(
            CHOICE,
            missing="{name} value 'null' is invalid",
            empty="{name} value '' is invalid",
            null="{name} value 'null' is invalid",
        ),
    ),
    ("contents.0.text", TEXT),
    ("contents.1.url", rule(A_STRING, "word", blank=NO_IMAGE)),
    (
        "contents.2.url",
        rule(A_STRING, blank=NO_VIDEO, word="{name} value 'x' is invalid" + AN_URL),
    ),
    ("contents.3.element_id", ELEMENT_ID),
    ("contents.3.id", TEXT),
    ("settings", rule(AN_OBJECT, blank=NO_ORIENTATION, object=NO_ORIENTATION)),
    ("settings.character_orientation", rule(CHOICE, blank=NO_ORIENTATION)),
    ("settings.audio", rule(CHOICE)),
    ("settings.resolution", rule(CHOICE)),
    ("options", OBJECT),
    ("options.callback_url", URL),
    ("options.external_task_id", TEXT),
    ("options.watermark_info", OBJECT),
    ("options.watermark_info.enabled", FLAG),
]

OF_IMAGES = {
    "element_name": "Mira",
    "element_description": "A dancer",
    "reference_type": "image_refer",
    "element_image_list": {
        "frontal_image": "https://example.com/front.png",
        "refer_images": [{"image_url": "https://example.com/side.png"}],
    },
    "tag_list": [{"tag_id": "o_102"}],
    "callback_url": "https://example.com/cb",
    "external_task_id": "mine",
}
OF_IMAGES_RULES: list[tuple[str, Rule]] = [
    ("element_name", rule(A_STRING, "word", blank=NOT_BLANK)),
    ("element_description", rule(A_STRING, "word", blank=NOT_BLANK)),
    ("reference_type", rule(CHOICE, blank=NOT_BLANK)),
    ("element_image_list", rule(AN_OBJECT, blank=NO_FRONT, object=NO_FRONT)),
    ("element_image_list.frontal_image", rule(A_STRING, "word", blank=NO_FRONT)),
    ("element_image_list.refer_images", rule(AN_ARRAY, blank=NO_REFERENCES, array=NO_REFERENCES)),
    (
        "element_image_list.refer_images.0",
        {**ENTRY, "missing": NO_REFERENCES, "object": "{name}.image_url: must not be blank"},
    ),
    (
        "element_image_list.refer_images.0.image_url",
        rule(A_STRING, "word", blank=NOT_BLANK),
    ),
    ("tag_list", rule(AN_ARRAY, "array")),
    ("tag_list.0", {**ENTRY, "object": "{name}.tag_id: must not be blank"}),
    (
        "tag_list.0.tag_id",
        rule(
            CHOICE,
            missing=NOT_BLANK,
            empty="{name} value '' is invalid",
            null="{name} value 'null' is invalid",
        ),
    ),
    ("callback_url", URL),
    ("external_task_id", TEXT),
]

OF_A_VIDEO = {
    "element_name": "Mira",
    "element_description": "A dancer",
    "reference_type": "video_refer",
    "element_video_list": {"refer_videos": [{"video_url": "https://example.com/a.mp4"}]},
}
OF_A_VIDEO_RULES: list[tuple[str, Rule]] = [
    ("element_video_list", rule(AN_OBJECT, blank=ONE_VIDEO, object=ONE_VIDEO)),
    ("element_video_list.refer_videos", rule(AN_ARRAY, blank=ONE_VIDEO, array=ONE_VIDEO)),
    (
        "element_video_list.refer_videos.0",
        {**ENTRY, "missing": ONE_VIDEO, "object": "{name}.video_url: must not be blank"},
    ),
    (
        "element_video_list.refer_videos.0.video_url",
        rule(A_STRING, blank=NOT_BLANK, word="{name} value 'x' is invalid" + AN_URL),
    ),
]

Read = Callable[[dict[str, Any]], object]


def read_legacy(body: dict[str, Any]) -> object:
    return motion_control.read_create(body, CATALOGUE)


def read_tasks(body: dict[str, Any]) -> object:
    return tasks.read_create(body, CATALOGUE.by_path["kling-3.0"])


BODIES: list[tuple[Read, dict[str, Any], list[tuple[str, Rule]]]] = [
    (read_legacy, LEGACY, LEGACY_RULES),
    (read_tasks, TASKS, TASKS_RULES),
    (elements.read_create, OF_IMAGES, OF_IMAGES_RULES),
    (elements.read_create, OF_A_VIDEO, OF_A_VIDEO_RULES),
]


def with_value(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The body with another value at a path such as `element_list.0.element_id`."""
    changed = copy.deepcopy(body)
    *way, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    place: Any = changed
    for part in way:
        place = place[part]
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return changed


def name_of(path: str) -> str:
    return "".join(
        f"[{part}]" if part.isdecimal() else f".{part}" if place else part
        for place, part in enumerate(path.split("."))
    )


def outcome(read: Read, body: dict[str, Any]) -> str | None:
    """None when the body is taken, else what is said of it."""
    try:
        read(body)
    except ParameterInvalid as error:
        return error.message
    return None


def without_element(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body without its element where the default model would not take it."""
    return {**body, "element_list": None} if path == "model_name" else body


def cases() -> Iterator[Any]:
    for read, body, rules in BODIES:
        for path, each in rules:
            for kind, (value, shown) in VALUES.items():
                wanted = each[kind]
                if wanted is not None:
                    wanted = wanted.format(name=name_of(path), shown=shown)
                changed = with_value(without_element(path, body), path, value)
                yield pytest.param(read, changed, wanted, id=f"{read.__name__}-{path}-{kind}")


@pytest.mark.parametrize(("read", "body", "wanted"), list(cases()))
def test_a_field_takes_its_kind_and_refuses_others_in_exact_words(
    read: Read, body: dict[str, Any], wanted: str | None
) -> None:
    assert outcome(read, body) == wanted


def url_of(length: int) -> str:
    return "https://example.com/".ljust(length, "x")


LIMITS: list[tuple[Read, dict[str, Any], str, object, object, str]] = [
    *(
        (read, body, path, "x" * most, "x" * (most + 1), f"{most + 1} characters; at most {most}")
        for read, body, path, most in (
            (read_legacy, LEGACY, "prompt", 2500),
            (read_legacy, LEGACY, "external_task_id", 512),
            (read_tasks, TASKS, "contents.0.text", 2500),
            (read_tasks, TASKS, "options.external_task_id", 512),
            (elements.read_create, OF_IMAGES, "element_name", 20),
            (elements.read_create, OF_IMAGES, "element_description", 100),
            (elements.read_create, OF_IMAGES, "external_task_id", 512),
        )
    ),
    *(
        (read, body, path, url_of(4096), url_of(4097), "an http or https URL is expected")
        for read, body, path in (
            (read_legacy, LEGACY, "video_url"),
            (read_legacy, LEGACY, "callback_url"),
            (read_tasks, TASKS, "contents.2.url"),
            (read_tasks, TASKS, "options.callback_url"),
            (elements.read_create, OF_IMAGES, "callback_url"),
            (
                elements.read_create,
                OF_A_VIDEO,
                "element_video_list.refer_videos.0.video_url",
            ),
        )
    ),
    *(
        (read, body, path, 2**53 - 1, 2**53, "value '9007199254740992' is invalid")
        for read, body, path in (
            (read_legacy, LEGACY, "element_list.0.element_id"),
            (read_tasks, TASKS, "contents.3.element_id"),
        )
    ),
    (
        elements.read_create,
        OF_IMAGES,
        "element_image_list.refer_images",
        [{"image_url": "http://a/b"}] * 3,
        [{"image_url": "http://a/b"}] * 4,
        "4 given; at most 3 allowed",
    ),
    (
        read_legacy,
        LEGACY,
        "element_list",
        [{"element_id": 1}],
        [{"element_id": 1}, {"element_id": 2}],
        "2 given; at most 1 allowed",
    ),
]


@pytest.mark.parametrize(("read", "body", "path", "most", "more", "words"), LIMITS)
def test_limits_are_inclusive(
    read: Read, body: dict[str, Any], path: str, most: object, more: object, words: str
) -> None:
    assert outcome(read, with_value(body, path, most)) is None
    told = outcome(read, with_value(body, path, more))
    assert told is not None
    assert told.startswith(name_of(path))
    assert words in told
