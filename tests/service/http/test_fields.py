"""Every field of a create: missing, empty, null, of a wrong type, wrong, at its limit, over it."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.service.api import elements, motion_control, tasks
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.models import Catalogue
from understudy.settings import ExtraModel

ABSENT = object()
CATALOGUE = Catalogue.of({})
LONG_URL = "https://example.com/" + "x" * (4096 - 20)

GOOD: dict[str, Any] = {
    "model_name": "kling-v3",
    "prompt": "a prompt",
    "image_url": "https://example.com/a.png",
    "video_url": "https://example.com/a.mp4",
    "keep_original_sound": "yes",
    "character_orientation": "video",
    "mode": "std",
    "watermark_info": {"enabled": True},
    "callback_url": "https://example.com/cb",
    "external_task_id": "mine",
}

A_STRING = "a string is expected"
AN_URL = "an http or https URL is expected"
AN_OBJECT = "an object is expected"


def with_field(good: dict[str, Any], field: str, value: object) -> dict[str, Any]:
    body = {**good, field: value}
    if value is ABSENT:
        del body[field]
    return body


def told(body: dict[str, Any]) -> str:
    with pytest.raises(ParameterInvalid) as caught:
        motion_control.read_create(body, CATALOGUE)
    assert (caught.value.status, caught.value.code) == (400, 1201)
    return caught.value.message


REFUSED = [
    ("model_name", "x", "model_name value 'x' is invalid"),
    ("model_name", "KLING-V3", "model_name value 'KLING-V3' is invalid"),
    ("model_name", " kling-v3", "model_name value ' kling-v3' is invalid"),
    ("model_name", 5, "model_name value '5' is invalid"),
    ("model_name", [], "model_name value '[]' is invalid"),
    ("model_name", {"a": 1}, "model_name value '{\"a\": 1}' is invalid"),
    ("prompt", "x" * 2501, "prompt: 2501 characters; at most 2500 are allowed"),
    ("prompt", "😀" * 2501, "prompt: 2501 characters; at most 2500 are allowed"),
    ("prompt", 5, f"prompt value '5' is invalid: {A_STRING}"),
    ("prompt", ["x"], f"prompt value '[\"x\"]' is invalid: {A_STRING}"),
    ("prompt", "a\0b", r"prompt value 'a\0b' is invalid: text without NUL characters is expected"),
    ("prompt", "\ud800", "prompt value '?' is invalid: valid Unicode is expected"),
    ("image_url", ABSENT, "imageUrl: must not be blank"),
    ("image_url", None, "imageUrl: must not be blank"),
    ("image_url", "", "imageUrl: must not be blank"),
    ("image_url", "  ", "imageUrl: must not be blank"),
    ("image_url", 5, f"image_url value '5' is invalid: {A_STRING}"),
    ("image_url", {}, f"image_url value '{{}}' is invalid: {A_STRING}"),
    ("video_url", ABSENT, "videoUrl: must not be blank"),
    ("video_url", None, "videoUrl: must not be blank"),
    ("video_url", "", "videoUrl: must not be blank"),
    ("video_url", 5, f"video_url value '5' is invalid: {A_STRING}"),
    ("video_url", "aGVsbG8=", f"video_url value 'aGVsbG8=' is invalid: {AN_URL}"),
    ("video_url", "ftp://a/b", f"video_url value 'ftp://a/b' is invalid: {AN_URL}"),
    ("video_url", "http://", f"video_url value 'http://' is invalid: {AN_URL}"),
    ("video_url", "http://a:0/", f"video_url value 'http://a:0/' is invalid: {AN_URL}"),
    ("video_url", "http://[::1/", f"video_url value 'http://[::1/' is invalid: {AN_URL}"),
    (
        "video_url",
        LONG_URL + "x",
        f"video_url value '{LONG_URL[:64]}…' is invalid: {AN_URL}",
    ),
    ("element_list", "x", "element_list value 'x' is invalid: an array is expected"),
    ("element_list", {}, "element_list value '{}' is invalid: an array is expected"),
    (
        "element_list",
        [{"element_id": 1}, {"element_id": 2}],
        "element_list: 2 given; at most 1 allowed",
    ),
    ("element_list", [5], f"element_list[0] value '5' is invalid: {AN_OBJECT}"),
    ("element_list", [{}], "element_list[0].element_id: must not be blank"),
    ("element_list", [{"element_id": None}], "element_list[0].element_id value 'null' is invalid"),
    ("element_list", [{"element_id": "x"}], "element_list[0].element_id value 'x' is invalid"),
    ("element_list", [{"element_id": 1.5}], "element_list[0].element_id value '1.5' is invalid"),
    ("element_list", [{"element_id": True}], "element_list[0].element_id value 'true' is invalid"),
    ("element_list", [{"element_id": -1}], "element_list[0].element_id value '-1' is invalid"),
    (
        "element_list",
        [{"element_id": 2**53}],
        "element_list[0].element_id value '9007199254740992' is invalid",
    ),
    ("keep_original_sound", "maybe", "keep_original_sound value 'maybe' is invalid"),
    ("keep_original_sound", True, "keep_original_sound value 'true' is invalid"),
    ("keep_original_sound", "Yes", "keep_original_sound value 'Yes' is invalid"),
    ("character_orientation", ABSENT, "character orientation must be specified"),
    ("character_orientation", None, "character orientation must be specified"),
    ("character_orientation", "", "character orientation must be specified"),
    ("character_orientation", "left", "character_orientation value 'left' is invalid"),
    ("character_orientation", 5, "character_orientation value '5' is invalid"),
    ("mode", ABSENT, "video mode must be specified"),
    ("mode", None, "video mode must be specified"),
    ("mode", "", "video mode must be specified"),
    ("mode", "x", "mode value 'x' is invalid"),
    ("mode", ["std"], "mode value '[\"std\"]' is invalid"),
    ("watermark_info", True, f"watermark_info value 'true' is invalid: {AN_OBJECT}"),
    ("watermark_info", [], f"watermark_info value '[]' is invalid: {AN_OBJECT}"),
    (
        "watermark_info",
        {"enabled": "true"},
        "watermark_info.enabled value 'true' is invalid: true or false is expected",
    ),
    (
        "watermark_info",
        {"enabled": 1},
        "watermark_info.enabled value '1' is invalid: true or false is expected",
    ),
    ("callback_url", "example.com", f"callback_url value 'example.com' is invalid: {AN_URL}"),
    ("callback_url", 5, f"callback_url value '5' is invalid: {A_STRING}"),
    ("external_task_id", 5, f"external_task_id value '5' is invalid: {A_STRING}"),
    (
        "external_task_id",
        "x" * 513,
        "external_task_id: 513 characters; at most 512 are allowed",
    ),
]


@pytest.mark.parametrize(("field", "value", "message"), REFUSED)
def test_what_cannot_be_is_told_in_exact_words(field: str, value: object, message: str) -> None:
    assert told(with_field(GOOD, field, value)) == message


TAKEN: list[tuple[str, object, str, object]] = [
    *(("model_name", value, "model", "kling-v2-6") for value in (ABSENT, None, "")),
    ("model_name", "kling-v2-6", "model", "kling-v2-6"),
    *(("prompt", value, "prompt", "") for value in (ABSENT, None, "")),
    ("prompt", "x" * 2500, "prompt", "x" * 2500),
    ("prompt", "😀" * 2500, "prompt", "😀" * 2500),
    ("image_url", "aGVsbG8=", "picture", "aGVsbG8="),
    ("video_url", "HTTPS://EXAMPLE.com/a", "clip", "HTTPS://EXAMPLE.com/a"),
    ("video_url", LONG_URL, "clip", LONG_URL),
    *(("element_list", value, "element_id", None) for value in (ABSENT, None, "", [])),
    ("element_list", [{"element_id": 7}], "element_id", 7),
    ("element_list", [{"element_id": "7"}], "element_id", 7),
    ("element_list", [{"element_id": 2**53 - 1}], "element_id", 2**53 - 1),
    *(("keep_original_sound", value, "sound", True) for value in (ABSENT, None, "", "yes")),
    ("keep_original_sound", "no", "sound", False),
    ("character_orientation", "image", "orientation", "image"),
    ("mode", "pro", "mode", "pro"),
    *(("watermark_info", value, "watermark", False) for value in (ABSENT, None, "", {})),
    ("watermark_info", {"enabled": None}, "watermark", False),
    ("watermark_info", {"enabled": False}, "watermark", False),
    *(("callback_url", value, "callback_url", None) for value in (ABSENT, None, "")),
    *(("external_task_id", value, "external_id", None) for value in (ABSENT, None, "")),
    ("external_task_id", "x" * 512, "external_id", "x" * 512),
]


@pytest.mark.parametrize(("field", "value", "part", "found"), TAKEN)
def test_what_may_be_is_taken(field: str, value: object, part: str, found: object) -> None:
    body = with_field({**GOOD, "element_list": None}, field, value)
    draft = motion_control.read_create(body, CATALOGUE)
    assert (draft.model.name if part == "model" else getattr(draft, part)) == found


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
        f"prompt value '5' is invalid: {A_STRING}",
        "character_orientation value 'x' is invalid",
        "mode value 'x' is invalid",
        f"callback_url value '5' is invalid: {A_STRING}",
    ]
    motion_control.read_create(body, CATALOGUE)


def test_unknown_keys_are_ignored() -> None:
    more = {"model": "x", "duration": "5", "cfg_scale": 0.5, "negative_prompt": 5, "": None}
    assert motion_control.read_create({**GOOD, **more}, CATALOGUE) == motion_control.read_create(
        GOOD, CATALOGUE
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model_name": "kling-v2-6"},
            "element_list: model_name 'kling-v2-6' takes no element; 'kling-v3' does",
        ),
        (
            {"character_orientation": "image"},
            "element_list: character_orientation is 'image'; with an element only 'video' "
            "is allowed",
        ),
    ],
)
def test_an_element_goes_with_its_model_and_orientation_alone(
    changes: dict[str, Any], message: str
) -> None:
    assert told({**GOOD, "element_list": [{"element_id": 1}], **changes}) == message


def test_the_operators_models_are_taken_too() -> None:
    extra = ExtraModel(engine="sglang", std=1, pro=2, path="mine-1")  # type: ignore[arg-type]
    catalogue = Catalogue.of({"mine": extra})
    draft = motion_control.read_create({**GOOD, "model_name": "mine"}, catalogue)
    assert (draft.model.engine, draft.model.units["pro"]) == ("sglang", 2)
    assert catalogue.by_path["mine-1"] == draft.model


IMAGE = {"type": "image", "url": "https://example.com/a.png"}
VIDEO = {"type": "video", "url": "https://example.com/a.mp4"}
PROMPT = {"type": "prompt", "text": "a prompt"}
ELEMENT = {"type": "element", "element_id": 7, "id": "her"}
MODEL = CATALOGUE.by_path["kling-3.0"]


def tasks_body(*contents: object, **changes: Any) -> dict[str, Any]:
    return {
        "contents": list(contents) or [PROMPT, IMAGE, VIDEO],
        "settings": {"character_orientation": "video"},
        **changes,
    }


TASKS_REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "imageUrl: must not be blank"),
    (tasks_body(VIDEO), "imageUrl: must not be blank"),
    (tasks_body({"type": "image"}, VIDEO), "imageUrl: must not be blank"),
    (tasks_body({"type": "image", "url": ""}, VIDEO), "imageUrl: must not be blank"),
    (tasks_body({"type": "image", "url": ""}, ELEMENT, VIDEO), "imageUrl: must not be blank"),
    (tasks_body(IMAGE), "videoUrl: must not be blank"),
    (tasks_body(IMAGE, {"type": "video", "url": None}), "videoUrl: must not be blank"),
    (tasks_body(settings=None), "character orientation must be specified"),
    (tasks_body(settings={}), "character orientation must be specified"),
    (
        tasks_body(settings={"character_orientation": ""}),
        "character orientation must be specified",
    ),
    (
        tasks_body(settings={"character_orientation": "x"}),
        "settings.character_orientation value 'x' is invalid",
    ),
    (
        tasks_body(settings={"character_orientation": "video", "resolution": "480p"}),
        "settings.resolution value '480p' is invalid",
    ),
    (
        tasks_body(settings={"character_orientation": "video", "audio": "on"}),
        "settings.audio value 'on' is invalid",
    ),
    (tasks_body(settings=[1]), "settings value '[1]' is invalid: an object is expected"),
    (tasks_body(contents="x"), "contents value 'x' is invalid: an array is expected"),
    (tasks_body(IMAGE, VIDEO, {"type": "x"}), "contents[2].type value 'x' is invalid"),
    (tasks_body(IMAGE, VIDEO, {}), "contents[2].type value 'null' is invalid"),
    (tasks_body(IMAGE, VIDEO, 5), f"contents[2] value '5' is invalid: {AN_OBJECT}"),
    (
        tasks_body(IMAGE, VIDEO, {"type": "prompt", "text": "x" * 2501}),
        "contents[2].text: 2501 characters; at most 2500 are allowed",
    ),
    (
        tasks_body(IMAGE, {"type": "video", "url": "x"}),
        f"contents[1].url value 'x' is invalid: {AN_URL}",
    ),
    (
        tasks_body(IMAGE, IMAGE, VIDEO),
        "contents: 2 of type 'image' given; at most 1 allowed",
    ),
    (
        tasks_body(ELEMENT, ELEMENT, VIDEO),
        "contents: 2 of type 'element' given; at most 1 allowed",
    ),
    (
        tasks_body(ELEMENT, VIDEO, settings={"character_orientation": "image"}),
        "contents: character_orientation is 'image'; with an element only 'video' is allowed",
    ),
    (
        tasks_body(options={"callback_url": "x"}),
        f"options.callback_url value 'x' is invalid: {AN_URL}",
    ),
    (
        tasks_body(options={"watermark_info": {"enabled": "yes"}}),
        "options.watermark_info.enabled value 'yes' is invalid: true or false is expected",
    ),
]


@pytest.mark.parametrize(("body", "message"), TASKS_REFUSED)
def test_the_tasks_design_tells_faults_in_exact_words(body: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterInvalid) as caught:
        tasks.read_create(body, MODEL)
    assert caught.value.message == message


def test_the_tasks_design_has_its_defaults() -> None:
    draft = tasks.read_create(tasks_body(), MODEL)
    assert (draft.mode, draft.sound, draft.watermark, draft.prompt) == (
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
    assert (draft.mode, draft.sound, draft.watermark) == ("pro", False, True)
    assert (draft.picture, draft.element_id, draft.external_id) == (None, 7, "mine")
    assert draft.callback_url == "https://example.com/cb"


def test_the_older_model_takes_no_element_in_the_tasks_design() -> None:
    with pytest.raises(ParameterInvalid, match=r"model 'kling-2\.6' takes no element"):
        tasks.read_create(tasks_body(ELEMENT, VIDEO), CATALOGUE.by_path["kling-2.6"])


ELEMENT_BODY: dict[str, Any] = {
    "element_name": "Mira",
    "element_description": "A dancer",
    "reference_type": "image_refer",
    "element_image_list": {
        "frontal_image": "https://example.com/front.png",
        "refer_images": [{"image_url": "https://example.com/side.png"}],
    },
    "tag_list": [{"tag_id": "o_102"}],
}

ELEMENTS_REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"element_name": None}, "element_name: must not be blank"),
    ({"element_name": "x" * 21}, "element_name: 21 characters; at most 20 are allowed"),
    ({"element_description": ""}, "element_description: must not be blank"),
    (
        {"element_description": "x" * 101},
        "element_description: 101 characters; at most 100 are allowed",
    ),
    ({"reference_type": ""}, "reference_type: must not be blank"),
    ({"reference_type": "x"}, "reference_type value 'x' is invalid"),
    ({"element_image_list": None}, "Missing element frontal image"),
    ({"element_image_list": {"refer_images": []}}, "Missing element frontal image"),
    (
        {"element_image_list": {"frontal_image": "http://a/b"}},
        "element_image_list.refer_images: 0 given; 1 to 3 allowed",
    ),
    (
        {
            "element_image_list": {
                "frontal_image": "http://a/b",
                "refer_images": [{"image_url": "http://a/b"}] * 4,
            }
        },
        "element_image_list.refer_images: 4 given; at most 3 allowed",
    ),
    (
        {"element_image_list": {"frontal_image": "http://a/b", "refer_images": [{}]}},
        "element_image_list.refer_images[0].image_url: must not be blank",
    ),
    ({"reference_type": "video_refer"}, "The number of element videos must be 1"),
    (
        {
            "reference_type": "video_refer",
            "element_video_list": {"refer_videos": [{"video_url": "http://a/b"}] * 2},
        },
        "The number of element videos must be 1",
    ),
    ({"tag_list": [{"tag_id": "o_109"}]}, "tag_list[0].tag_id value 'o_109' is invalid"),
    ({"tag_list": "x"}, "tag_list value 'x' is invalid: an array is expected"),
]


@pytest.mark.parametrize(("changes", "message"), ELEMENTS_REFUSED)
def test_the_library_tells_faults_in_exact_words(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterInvalid) as caught:
        elements.read_create({**ELEMENT_BODY, **changes})
    assert caught.value.message == message


def test_the_library_takes_names_and_pictures_at_their_limits() -> None:
    images = {
        "frontal_image": "http://a/0",
        "refer_images": [{"image_url": f"http://a/{n}"} for n in (1, 2, 3)],
    }
    draft = elements.read_create(
        {
            **ELEMENT_BODY,
            "element_name": "x" * 20,
            "element_description": "x" * 100,
            "element_image_list": images,
            "tag_list": [{"tag_id": f"o_10{n}"} for n in range(1, 9)],
        }
    )
    assert draft.images == ("http://a/0", "http://a/1", "http://a/2", "http://a/3")
    assert len(draft.tags) == 8
