"""Request bodies of the tasks design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from understudy.media import limits
from understudy.media.limits import Mode
from understudy.service.api.motion_control import WatermarkInfo
from understudy.service.drafts.draft import Draft
from understudy.service.drafts.take_fields import TakeFields, background_url, take_request
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.fields import (
    REQUIRED_TEXT,
    REQUIRED_WEB_URL,
    ElementNumber,
    EmptyIsAbsent,
    ExternalId,
    RequestBody,
    RequestFault,
    Text,
    WebUrl,
    invalid,
    is_blank,
    is_element_number,
    is_url,
    read_body,
    show,
)
from understudy.service.models import Model

_MODES: dict[str, Mode] = {"720p": "std", "1080p": "pro"}
_MAX_CONTENTS = 16
_TYPES = ("prompt", "image", "video", "element")


class PromptContent(RequestBody):
    """Camera movements; an engine that generates video uses all of the text."""

    model_config = ConfigDict(json_schema_extra={"required": ["type", "text"]})

    type: Literal["prompt"]
    text: Annotated[
        Annotated[Text, Field(max_length=limits.PROMPT_MAX_CHARACTERS)] | None,
        WithJsonSchema(
            {
                "type": "string",
                "minLength": 1,
                "maxLength": limits.PROMPT_MAX_CHARACTERS,
                "pattern": r"\S",
            }
        ),
    ] = None


class ImageContent(RequestBody):
    """The character: an http(s) URL, or base64 without a `data:` prefix."""

    model_config = ConfigDict(json_schema_extra={"required": ["type", "url"]})

    type: Literal["image"]
    url: Annotated[Text | None, REQUIRED_TEXT] = None


class VideoContent(RequestBody):
    """The motion: an http(s) URL of an mp4 or mov."""

    model_config = ConfigDict(json_schema_extra={"required": ["type", "url"]})

    type: Literal["video"]
    url: Annotated[
        WebUrl | None,
        EmptyIsAbsent,
        REQUIRED_WEB_URL,
    ] = None


class ElementContent(RequestBody):
    """An element of the library; `@<id>` in the prompt refers to it."""

    type: Literal["element"]
    element_id: ElementNumber
    id: Annotated[Text | None, EmptyIsAbsent] = None


Content = Annotated[
    PromptContent | ImageContent | VideoContent | ElementContent, Field(discriminator="type")
]


class Settings(TakeFields):
    """Settings of the take."""

    model_config = ConfigDict(json_schema_extra={"required": ["character_orientation"]})

    character_orientation: Annotated[
        Literal["image", "video"] | None,
        EmptyIsAbsent,
        WithJsonSchema({"type": "string", "enum": ["image", "video"]}),
    ] = Field(
        default=None,
        description="`video`: the character turns with the person in the clip; `image`: it keeps"
        " facing as in the picture.",
    )
    audio: Annotated[
        Literal["original", "off"] | None,
        WithJsonSchema({"type": "string", "enum": ["original", "off"], "default": "original"}),
        EmptyIsAbsent,
    ] = None
    resolution: Annotated[
        Literal["720p", "1080p"] | None,
        WithJsonSchema({"type": "string", "enum": ["720p", "1080p"], "default": "720p"}),
        EmptyIsAbsent,
    ] = None


class Options(RequestBody):
    """Callback, your own id and watermark."""

    callback_url: Annotated[WebUrl | None, EmptyIsAbsent] = None
    external_task_id: Annotated[ExternalId | None, EmptyIsAbsent] = None
    watermark_info: Annotated[WatermarkInfo | None, EmptyIsAbsent] = None


class Create(RequestBody):
    """`POST /motion-control/{model}`."""

    model_config = ConfigDict(
        json_schema_extra={
            "required": ["contents", "settings"],
            "examples": [
                {
                    "contents": [
                        {"type": "prompt", "text": "slowly zoom in"},
                        {"type": "image", "url": "https://example.com/character.png"},
                        {"type": "video", "url": "https://example.com/dance.mp4"},
                    ],
                    "settings": {
                        "character_orientation": "video",
                        "audio": "original",
                        "resolution": "720p",
                    },
                    "options": {"external_task_id": "my-task-1"},
                }
            ],
        }
    )

    contents: Annotated[
        Annotated[list[Content], Field(max_length=_MAX_CONTENTS)] | None, EmptyIsAbsent
    ] = None
    settings: Annotated[Settings | None, EmptyIsAbsent] = None
    options: Annotated[Options | None, EmptyIsAbsent] = None


def read_create(body: Mapping[str, Any], model: Model) -> Draft:
    """A create body as a draft. Raises ParameterInvalid."""
    read = read_body(Create, body, ranks={}, more=_missing(body))
    parts = _by_type(read)
    video, image = parts.get("video"), parts.get("image")
    prompt, element = parts.get("prompt"), parts.get("element")
    options = read.options or Options()
    assert isinstance(video, VideoContent)
    assert video.url is not None
    assert read.settings is not None
    orientation = read.settings.character_orientation
    assert orientation is not None
    if element is not None and not model.elements:
        raise ParameterInvalid(
            f"contents: model '{model.path}' does not support elements; use 'kling-3.0'"
        )
    resolution = read.settings.resolution or "720p"
    mode = _MODES[resolution]
    if mode not in model.units:
        offered = " and ".join(f"'{name}'" for name, each in _MODES.items() if each in model.units)
        raise ParameterInvalid(
            f"resolution: model '{model.path}' is not offered in '{resolution}'; use {offered}"
        )
    return Draft(
        model=model,
        take=take_request(
            read.settings,
            model=model.name,
            engine=model.engines[mode],
            orientation=orientation,
            mode=mode,
            prompt=(prompt.text or "") if isinstance(prompt, PromptContent) else "",
            sound=read.settings.audio != "off",
            watermark=bool(options.watermark_info and options.watermark_info.enabled),
        ),
        clip=video.url,
        picture=image.url if isinstance(image, ImageContent) else None,
        background=background_url(read.settings),
        picture_max_bytes=limits.PICTURE_MAX_BYTES_TASKS_DESIGN,
        picture_field="image url",
        clip_field="video url",
        element_id=element.element_id if isinstance(element, ElementContent) else None,
        callback_url=options.callback_url,
        external_id=options.external_task_id,
    )


def _missing(body: Mapping[str, Any]) -> list[RequestFault]:
    """Missing required fields, and faults for which the contract has messages."""
    contents, settings = body.get("contents"), body.get("settings")
    problems = []
    if is_blank(contents) or contents == []:
        problems.append(RequestFault(0, "contents cannot be empty"))
    elif not isinstance(contents, list):
        problems.append(RequestFault(0, "contents value type is invalid, expected array"))
    else:
        parts = [part for part in contents if isinstance(part, dict)]
        problems += _of_entries(contents)
        pictured = any(part.get("type") == "element" for part in parts)
        image = _blank_part(parts, "image")
        if image if image is not None else not pictured:
            problems.append(RequestFault(1, "imageUrl: must not be blank"))
        if _blank_part(parts, "video") is not False:
            problems.append(RequestFault(2, "videoUrl: must not be blank"))
    if is_blank(settings) or (
        isinstance(settings, dict) and is_blank(settings.get("character_orientation"))
    ):
        problems.append(RequestFault(4, "character orientation must be specified"))
    return problems


def _of_entries(contents: list[Any]) -> list[RequestFault]:
    """Faults of single entries, in the contract's words."""
    problems = []
    for place, part in enumerate(contents):
        if not isinstance(part, dict):
            continue
        name, kind, url = f"contents[{place}]", part.get("type"), part.get("url")
        if kind not in _TYPES:
            problems.append(RequestFault(0.5, invalid(f"{name}.type", kind)))
        elif kind == "prompt" and is_blank(part.get("text")):
            problems.append(RequestFault(5, f"{name}.text: must not be blank"))
        elif kind == "video" and isinstance(url, str) and not is_blank(url) and not is_url(url):
            told = invalid(f"{name}.url", url, "an http or https URL is expected")
            problems.append(RequestFault(5, f"Video URL is invalid. {told}"))
        elif kind == "element" and not is_element_number(part.get("element_id")):
            given = part.get("element_id")
            told = "" if given is None else show(given)
            problems.append(RequestFault(5, f"Invalid element id: {told}"))
    return problems


def _blank_part(parts: list[dict[str, Any]], kind: str) -> bool | None:
    """Whether the first part of a kind lacks its URL; None if there is no such part."""
    return next((is_blank(part.get("url")) for part in parts if part.get("type") == kind), None)


def _by_type(read: Create) -> dict[str, RequestBody]:
    contents = read.contents or []
    for kind, count in Counter(part.type for part in contents).items():
        if count > 1:
            raise ParameterInvalid(f"contents: {count} of type '{kind}' given; at most 1 allowed")
    return {part.type: part for part in contents}
