"""Every field of every body, each with a value of every kind, at its limit and over it.

A rule says for each kind of value whether it is accepted (None) or in which exact words it is
refused; then come particular values, what is made of those accepted, and the order of the faults.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest

from understudy.service.api import elements, motion_control, tasks
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.models import Catalogue
from understudy.settings import ExtraModel
from understudy.take.options import ELEMENT_TURNS

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
NO_CONTENTS = "contents cannot be empty"
NO_ARRAY = "contents value type is invalid, expected array"
NOT_AN_OWN_ID = "neither '/' nor ',' nor control characters nor a space at either end are allowed"
ELEMENT_ID_IN_CONTENTS: Rule = {
    **dict.fromkeys(VALUES, "Invalid element id: {shown}"),
    **dict.fromkeys(BLANK, "Invalid element id: "),
    "number": None,
}
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
    (
        "contents",
        dict.fromkeys(VALUES, NO_ARRAY) | dict.fromkeys((*BLANK, "array"), NO_CONTENTS),
    ),
    (
        "contents.0.type",
        rule(
            CHOICE,
            missing="{name} value 'null' is invalid",
            empty="{name} value '' is invalid",
            null="{name} value 'null' is invalid",
        ),
    ),
    ("contents.0.text", rule(A_STRING, "word", blank=NOT_BLANK)),
    ("contents.1.url", rule(A_STRING, "word", blank=NO_IMAGE)),
    (
        "contents.2.url",
        rule(
            A_STRING,
            blank=NO_VIDEO,
            word="Video URL is invalid. {name} value 'x' is invalid" + AN_URL,
        ),
    ),
    ("contents.3.element_id", ELEMENT_ID_IN_CONTENTS),
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


FIELDS = [
    pytest.param(read, body, path, each, id=f"{read.__name__}-{path}")
    for read, body, rules in BODIES
    for path, each in rules
]


@pytest.mark.parametrize(("read", "body", "path", "each"), FIELDS)
def test_a_field_takes_its_kind_and_refuses_others_in_exact_words(
    read: Read, body: dict[str, Any], path: str, each: Rule
) -> None:
    wanted = {
        kind: None if said is None else said.format(name=name_of(path), shown=VALUES[kind][1])
        for kind, said in each.items()
    }
    given = without_element(path, body)
    said = {
        kind: outcome(read, with_value(given, path, value)) for kind, (value, _) in VALUES.items()
    }
    assert said == wanted


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
        for read, body, path in ((read_legacy, LEGACY, "element_list.0.element_id"),)
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


LONG_URL = url_of(4096)
IMAGE = {"type": "image", "url": "https://example.com/a.png"}
VIDEO = {"type": "video", "url": "https://example.com/a.mp4"}
PROMPT = {"type": "prompt", "text": "a prompt"}
ELEMENT = {"type": "element", "element_id": 7, "id": "her"}

PARTICULAR: list[tuple[Read, dict[str, Any], str, object, str]] = [
    *(
        (read_legacy, {**LEGACY, "element_list": None}, field, value, message)
        for field, value, message in (
            ("model_name", "KLING-V3", "model_name value 'KLING-V3' is invalid"),
            ("model_name", " kling-v3", "model_name value ' kling-v3' is invalid"),
            ("model_name", {"a": 1}, "model_name value '{\"a\": 1}' is invalid"),
            ("prompt", "😀" * 2501, "prompt: 2501 characters; at most 2500 characters are allowed"),
            (
                "prompt",
                "a\0b",
                r"prompt value 'a\0b' is invalid: text without NUL characters is expected",
            ),
            ("prompt", "\ud800", "prompt value '?' is invalid: valid Unicode is expected"),
            ("image_url", "  ", NO_IMAGE),
            *(
                ("video_url", url, f"video_url value '{url}' is invalid{AN_URL}")
                for url in ("aGVsbG8=", "ftp://a/b", "http://", "http://a:0/", "http://[::1/")
            ),
            (
                "video_url",
                LONG_URL + "x",
                f"video_url value '{LONG_URL[:64]}…' is invalid{AN_URL}",
            ),
            ("keep_original_sound", "Yes", "keep_original_sound value 'Yes' is invalid"),
            (
                "watermark_info.enabled",
                "true",
                f"watermark_info.enabled value 'true' is invalid{A_FLAG}",
            ),
        )
    ),
    (
        read_legacy,
        LEGACY,
        "element_list.0.element_id",
        -1,
        "element_list[0].element_id value '-1' is invalid",
    ),
    (
        read_legacy,
        LEGACY,
        "model_name",
        "kling-v2-6",
        "element_list: model_name 'kling-v2-6' does not support elements; use 'kling-v3'",
    ),
    *(
        (read, body, path, value, f"{path} value '{shown}' is invalid: {NOT_AN_OWN_ID}")
        for read, body, path in (
            (read_legacy, LEGACY, "external_task_id"),
            (read_tasks, TASKS, "options.external_task_id"),
            (elements.read_create, OF_IMAGES, "external_task_id"),
        )
        for value, shown in (
            ("a/b", "a/b"),
            ("a,b", "a,b"),
            (" a", " a"),
            ("a\u00a0", "a\u00a0"),
            ("a\tb", "a\tb"),
            ("a\x85b", "a\x85b"),
            ("a\n", "a\n"),
            (".", "."),
            ("..", ".."),
        )
    ),
    (
        read_tasks,
        TASKS,
        "contents.3.element_id",
        2**53,
        "Invalid element id: 9007199254740992",
    ),
    (
        read_tasks,
        TASKS,
        "contents.2.url",
        url_of(4097),
        f"Video URL is invalid. contents[2].url value '{url_of(4097)[:64]}…' is invalid{AN_URL}",
    ),
    *(
        (read_tasks, TASKS, "contents", contents, message)
        for contents, message in (
            ([VIDEO], NO_IMAGE),
            ([], NO_CONTENTS),
            ([{"type": "x"}], "contents[0].type value 'x' is invalid"),
            ([{"type": "image", "url": ""}, ELEMENT, VIDEO], NO_IMAGE),
            ([IMAGE], NO_VIDEO),
            ([IMAGE, VIDEO, 5], f"contents[2] value '5' is invalid{AN_OBJECT}"),
            ([IMAGE, IMAGE, VIDEO], "contents: 2 of type 'image' given; at most 1 allowed"),
            ([ELEMENT, ELEMENT, VIDEO], "contents: 2 of type 'element' given; at most 1 allowed"),
        )
    ),
    (elements.read_create, OF_IMAGES, "reference_type", "video_refer", ONE_VIDEO),
    (
        elements.read_create,
        OF_IMAGES,
        "tag_list.0.tag_id",
        "o_109",
        "tag_list[0].tag_id value 'o_109' is invalid",
    ),
    (
        elements.read_create,
        OF_A_VIDEO,
        "element_video_list.refer_videos",
        [{"video_url": "http://a/b"}] * 2,
        ONE_VIDEO,
    ),
]


@pytest.mark.parametrize(("read", "body", "path", "value", "message"), PARTICULAR)
def test_a_particular_value_is_refused_in_exact_words(
    read: Read, body: dict[str, Any], path: str, value: object, message: str
) -> None:
    assert outcome(read, with_value(body, path, value)) == message


def told(body: dict[str, Any]) -> str:
    with pytest.raises(ParameterInvalid) as caught:
        motion_control.read_create(body, CATALOGUE)
    assert (caught.value.status, caught.value.code) == (400, 1201)
    return caught.value.message


TAKEN: list[tuple[str, object, str, object]] = [
    *(("model_name", value, "model.name", "kling-v2-6") for value in (ABSENT, None, "")),
    ("model_name", "kling-v2-6", "model.name", "kling-v2-6"),
    *(("prompt", value, "take.prompt", "") for value in (ABSENT, None, "")),
    ("prompt", "x" * 2500, "take.prompt", "x" * 2500),
    ("prompt", "😀" * 2500, "take.prompt", "😀" * 2500),
    ("image_url", "aGVsbG8=", "picture", "aGVsbG8="),
    ("video_url", "HTTPS://EXAMPLE.com/a", "clip", "HTTPS://EXAMPLE.com/a"),
    ("video_url", LONG_URL, "clip", LONG_URL),
    *(("element_list", value, "element_id", None) for value in (ABSENT, None, "", [])),
    ("element_list", [{"element_id": 7}], "element_id", 7),
    ("element_list", [{"element_id": "7"}], "element_id", 7),
    ("element_list", [{"element_id": 2**53 - 1}], "element_id", 2**53 - 1),
    *(("keep_original_sound", value, "take.sound", True) for value in (ABSENT, None, "", "yes")),
    ("keep_original_sound", "no", "take.sound", False),
    ("character_orientation", "image", "take.orientation", "image"),
    ("mode", "pro", "take.mode", "pro"),
    *(("watermark_info", value, "take.watermark", False) for value in (ABSENT, None, "", {})),
    ("watermark_info", {"enabled": None}, "take.watermark", False),
    ("watermark_info", {"enabled": False}, "take.watermark", False),
    *(("callback_url", value, "callback_url", None) for value in (ABSENT, None, "")),
    *(("external_task_id", value, "external_id", None) for value in (ABSENT, None, "")),
    ("external_task_id", "x" * 512, "external_id", "x" * 512),
]


@pytest.mark.parametrize(("field", "value", "part", "found"), TAKEN)
def test_what_may_be_is_taken(field: str, value: object, part: str, found: object) -> None:
    body = with_value({**LEGACY, "element_list": None}, field, value)
    draft = motion_control.read_create(body, CATALOGUE)
    assert attrgetter(part)(draft) == found


def test_faults_are_told_in_the_order_of_the_contract() -> None:
    body: dict[str, Any] = {"model_name": "x", "prompt": 5, "callback_url": 5}
    order = []
    for fix in (
        {"model_name": "kling-v3"},
        {"image_url": "aGVsbG8="},
        {"video_url": "http://a/b"},
        {"mode": "x"},
        {"character_orientation": "x"},
        {"prompt": ""},
        {"character_orientation": "video"},
        {"mode": "std"},
        {"callback_url": ""},
    ):
        order.append(told(body))
        body |= fix
    assert order == [
        "model_name value 'x' is invalid",
        "imageUrl: must not be blank",
        "videoUrl: must not be blank",
        "video mode must be specified",
        "character orientation must be specified",
        f"prompt value '5' is invalid{A_STRING}",
        "character_orientation value 'x' is invalid",
        "mode value 'x' is invalid",
        f"callback_url value '5' is invalid{A_STRING}",
    ]
    motion_control.read_create(body, CATALOGUE)


def test_unknown_keys_are_ignored() -> None:
    more = {"model": "x", "duration": "5", "cfg_scale": 0.5, "negative_prompt": 5, "": None}
    assert motion_control.read_create({**LEGACY, **more}, CATALOGUE) == motion_control.read_create(
        LEGACY, CATALOGUE
    )


def test_the_operators_models_are_taken_too() -> None:
    extra = ExtraModel(engine="sglang", std=1, pro=2, path="mine-1")  # type: ignore[arg-type]
    catalogue = Catalogue.of({"mine": extra})
    draft = motion_control.read_create(
        {**LEGACY, "model_name": "mine", "element_list": None}, catalogue
    )
    assert (draft.take.engine, draft.model.units["pro"]) == ("sglang", 2)
    assert catalogue.by_path["mine-1"] == draft.model


def test_each_mode_may_have_an_engine_of_its_own_or_none() -> None:
    given = {"engine": {"std": "puppet", "pro": "sglang"}, "std": 1, "pro": 2, "path": "two"}
    catalogue = Catalogue.of({"two": ExtraModel.model_validate(given)})
    body = {**LEGACY, "model_name": "two", "element_list": None}
    engines = [
        motion_control.read_create({**body, "mode": mode}, catalogue).take.engine
        for mode in ("std", "pro")
    ]
    assert engines == ["puppet", "sglang"]

    alone = ExtraModel.model_validate({"engine": "puppet", "std": 1, "path": "one"})
    catalogue = Catalogue.of({"one": alone})
    with pytest.raises(ParameterInvalid, match=r"mode: model_name 'one' .* 'kling-v3' can be used"):
        motion_control.read_create({**body, "model_name": "one", "mode": "pro"}, catalogue)
    with pytest.raises(ParameterInvalid, match=r"resolution: model 'one' .*; use '720p'"):
        tasks.read_create(
            tasks_body(settings={"character_orientation": "video", "resolution": "1080p"}),
            catalogue.by_path["one"],
        )


MODEL = CATALOGUE.by_path["kling-3.0"]


def tasks_body(*contents: object, **changes: Any) -> dict[str, Any]:
    return {
        "contents": list(contents) or [PROMPT, IMAGE, VIDEO],
        "settings": {"character_orientation": "video"},
        **changes,
    }


def test_the_tasks_design_has_its_defaults() -> None:
    draft = tasks.read_create(tasks_body(), MODEL)
    assert (draft.take.mode, draft.take.sound, draft.take.watermark, draft.take.prompt) == (
        "std",
        True,
        False,
        "a prompt",
    )
    assert draft.picture_max_bytes == 50 * 1024 * 1024


def test_the_tasks_design_takes_every_field() -> None:
    draft = tasks.read_create(
        tasks_body(
            VIDEO,
            ELEMENT,
            settings={
                "character_orientation": "video",
                "audio": "off",
                "resolution": "1080p",
            },
            options={
                "callback_url": "https://example.com/cb",
                "external_task_id": "mine",
                "watermark_info": {"enabled": True},
            },
        ),
        MODEL,
    )
    assert (draft.take.mode, draft.take.sound, draft.take.watermark) == ("pro", False, True)
    assert (draft.picture, draft.element_id, draft.external_id) == (None, 7, "mine")
    assert draft.callback_url == "https://example.com/cb"


def test_an_element_brings_the_videos_orientation_and_the_draft_says_so() -> None:
    given = (
        motion_control.read_create({**LEGACY, "character_orientation": "image"}, CATALOGUE),
        tasks.read_create(
            tasks_body(VIDEO, ELEMENT, settings={"character_orientation": "image"}), MODEL
        ),
    )
    for draft in given:
        assert (draft.take.orientation, draft.orientation) == ("image", "video")
        assert draft.notes == (ELEMENT_TURNS,)
    assert motion_control.read_create(LEGACY, CATALOGUE).notes == ()
    alone = {**LEGACY, "element_list": None, "character_orientation": "image"}
    draft = motion_control.read_create(alone, CATALOGUE)
    assert (draft.orientation, draft.notes) == ("image", ())


def test_own_ids_that_a_path_and_a_list_carry_are_taken() -> None:
    for own in ("scene 12", "a.b", "...", "20%", "a?b#c", "ключ", "a\\b", "470642778503979987"):
        body = {**LEGACY, "external_task_id": own}
        assert motion_control.read_create(body, CATALOGUE).external_id == own


def test_a_model_has_the_legacy_spelling_in_the_path_as_well() -> None:
    assert CATALOGUE.by_path["kling-v3"] is CATALOGUE.by_path["kling-3.0"]
    assert CATALOGUE.by_path["kling-v2-6"] is CATALOGUE.by_path["kling-2.6"]
    hidden = ExtraModel(engine="sglang", std=1, pro=2)  # type: ignore[arg-type]
    assert "mine" not in Catalogue.of({"mine": hidden}).by_path


def test_the_older_model_takes_no_element_in_the_tasks_design() -> None:
    with pytest.raises(ParameterInvalid, match=r"model 'kling-2\.6' does not support elements"):
        tasks.read_create(tasks_body(ELEMENT, VIDEO), CATALOGUE.by_path["kling-2.6"])


def test_the_library_takes_names_and_pictures_at_their_limits() -> None:
    images = {
        "frontal_image": "http://a/0",
        "refer_images": [{"image_url": f"http://a/{n}"} for n in (1, 2, 3)],
    }
    draft = elements.read_create(
        {
            **OF_IMAGES,
            "element_name": "x" * 20,
            "element_description": "x" * 100,
            "element_image_list": images,
            "tag_list": [{"tag_id": f"o_10{n}"} for n in range(1, 9)],
        }
    )
    assert draft.images == ("http://a/0", "http://a/1", "http://a/2", "http://a/3")
    assert len(draft.tags) == 8
