"""Request bodies of the legacy design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from understudy.media import limits
from understudy.service.drafts.draft import Draft
from understudy.service.drafts.take_fields import TakeFields, background_url, take_request
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.fields import (
    REQUIRED_TEXT,
    REQUIRED_WEB_URL,
    ElementNumber,
    EmptyIsAbsent,
    ExternalId,
    Flag,
    RequestBody,
    RequestFault,
    Text,
    WebUrl,
    invalid,
    is_blank,
    read_body,
)
from understudy.service.models import DEFAULT_MODEL, Catalogue

_MEDIA = ("image_url", "video_url")
_REQUIRED = (*_MEDIA, "character_orientation", "mode")


def _choice(*values: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(values)})


def _optional_choice(default: str, *values: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(values), "default": default})


class ElementReference(RequestBody):
    """An element of the library."""

    element_id: ElementNumber


class WatermarkInfo(RequestBody):
    """Whether to make a second video, with a watermark."""

    enabled: Annotated[Flag | None, EmptyIsAbsent] = None


class Create(TakeFields):
    """`POST /v1/videos/motion-control`."""

    model_config = ConfigDict(
        json_schema_extra={
            "required": list(_REQUIRED),
            "examples": [
                {
                    "model_name": "kling-v2-6",
                    "image_url": "https://example.com/character.png",
                    "video_url": "https://example.com/dance.mp4",
                    "character_orientation": "video",
                    "mode": "std",
                    "keep_original_sound": "yes",
                    "prompt": "slowly zoom in",
                }
            ],
        }
    )

    model_name: Annotated[Text | None, EmptyIsAbsent] = Field(
        default=None, description=f"The model; default: `{DEFAULT_MODEL}`."
    )
    prompt: Annotated[
        Annotated[Text, Field(max_length=limits.PROMPT_MAX_CHARACTERS)] | None, EmptyIsAbsent
    ] = Field(
        default=None, description="Camera movements; an engine that generates video uses all of it."
    )
    image_url: Annotated[Text | None, REQUIRED_TEXT] = Field(
        default=None, description="An http(s) URL, or base64 without a `data:` prefix."
    )
    video_url: Annotated[
        WebUrl | None,
        EmptyIsAbsent,
        REQUIRED_WEB_URL,
    ] = Field(default=None, description="An http(s) URL of an mp4 or mov.")
    element_list: Annotated[
        Annotated[list[ElementReference], Field(max_length=1)] | None, EmptyIsAbsent
    ] = Field(
        default=None,
        description="At most one, with `kling-v3` only. The character then turns with the person in"
        " the clip, whatever `character_orientation` says.",
    )
    keep_original_sound: Annotated[
        Literal["yes", "no"] | None, _optional_choice("yes", "yes", "no"), EmptyIsAbsent
    ] = None
    character_orientation: Annotated[
        Literal["image", "video"] | None, EmptyIsAbsent, _choice("image", "video")
    ] = Field(
        default=None,
        description="`video`: the character turns with the person in the clip; `image`: it keeps"
        " facing as in the picture.",
    )
    mode: Annotated[Literal["std", "pro"] | None, EmptyIsAbsent, _choice("std", "pro")] = Field(
        default=None, description="`std` is 720p, `pro` is 1080p."
    )
    watermark_info: Annotated[WatermarkInfo | None, EmptyIsAbsent] = None
    callback_url: Annotated[WebUrl | None, EmptyIsAbsent] = Field(
        default=None, description="Receives every change of status."
    )
    external_task_id: Annotated[ExternalId | None, EmptyIsAbsent] = Field(
        default=None, description="Your own id, unique within the account."
    )


class Inspect(Create):
    """`POST /v1/videos/motion-control/inspect`: a create whose media may be missing."""

    model_config = ConfigDict(
        json_schema_extra={
            "required": [name for name in _REQUIRED if name not in _MEDIA],
            "examples": [
                {
                    "video_url": "https://example.com/dance.mp4",
                    "character_orientation": "video",
                    "mode": "std",
                }
            ],
        }
    )

    image_url: Annotated[Text | None, EmptyIsAbsent] = Field(
        default=None,
        description="As in a create. If it is missing, the rest is inspected without it.",
    )
    video_url: Annotated[WebUrl | None, EmptyIsAbsent] = Field(
        default=None,
        description="As in a create. If it is missing, the rest is inspected without it.",
    )


def read_create(body: Mapping[str, Any], catalogue: Catalogue) -> Draft:
    """A create body as a draft. Raises ParameterInvalid with the contract's words, in its order."""
    return _read(Create, body, catalogue)


def read_inspect(body: Mapping[str, Any], catalogue: Catalogue) -> Draft:
    """As `read_create`, but the picture, the clip or both may be missing."""
    return _read(Inspect, body, catalogue)


def _read(design: type[Create], body: Mapping[str, Any], catalogue: Catalogue) -> Draft:
    problems = []
    name = body.get("model_name")
    name = DEFAULT_MODEL if name in (None, "") else name
    model = catalogue.by_name.get(name) if isinstance(name, str) else None
    if model is None:
        problems.append(RequestFault(0, invalid("model_name", name)))
    for rank, field, message in (
        (1, "image_url", "imageUrl: must not be blank"),
        (2, "video_url", "videoUrl: must not be blank"),
        (3, "mode", "video mode must be specified"),
        (4, "character_orientation", "character orientation must be specified"),
    ):
        if is_blank(body.get(field)) and (design is Create or field not in _MEDIA):
            problems.append(RequestFault(rank, message))
    read = read_body(design, body, ranks={"model_name": 0.5}, more=problems)
    assert model is not None
    assert read.character_orientation is not None
    assert read.mode is not None
    if read.mode not in model.units:
        raise ParameterInvalid(
            f"mode: model_name '{name}' is not offered in '{read.mode}'; "
            f"{catalogue.with_mode(read.mode)} can be used"
        )
    elements = read.element_list or []
    if elements and not model.elements:
        raise ParameterInvalid(
            f"element_list: model_name '{name}' does not support elements; use 'kling-v3'"
        )
    return Draft(
        model=model,
        take=take_request(
            read,
            model=model.name,
            engine=model.engines[read.mode],
            orientation=read.character_orientation,
            mode=read.mode,
            prompt=read.prompt or "",
            sound=read.keep_original_sound != "no",
            watermark=bool(read.watermark_info and read.watermark_info.enabled),
        ),
        clip=read.video_url,
        picture=None if is_blank(read.image_url) else read.image_url,
        background=background_url(read),
        picture_max_bytes=limits.PICTURE_MAX_BYTES,
        picture_field="image_url",
        clip_field="video_url",
        element_id=elements[0].element_id if elements else None,
        callback_url=read.callback_url,
        external_id=read.external_task_id,
    )
