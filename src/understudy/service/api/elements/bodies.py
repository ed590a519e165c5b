"""Request bodies of the element library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

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
    is_blank,
    read_body,
)

MAX_NAME = 20
MAX_DESCRIPTION = 100
MAX_REFERENCES = 3


class ReferenceImage(RequestBody):
    """One more picture of the element: an http(s) URL or base64."""

    model_config = ConfigDict(json_schema_extra={"required": ["image_url"]})

    image_url: Annotated[Text | None, REQUIRED_TEXT] = None


class ImageList(RequestBody):
    """The pictures of an element."""

    model_config = ConfigDict(json_schema_extra={"required": ["frontal_image", "refer_images"]})

    frontal_image: Annotated[Text | None, REQUIRED_TEXT] = None
    refer_images: Annotated[
        Annotated[list[ReferenceImage], Field(max_length=MAX_REFERENCES)] | None, EmptyIsAbsent
    ] = Field(default=None, json_schema_extra={"minItems": 1})


class ReferenceVideo(RequestBody):
    """A clip of the element: an http(s) URL of an mp4 or mov of 3 to 8 s."""

    model_config = ConfigDict(json_schema_extra={"required": ["video_url"]})

    video_url: Annotated[WebUrl | None, EmptyIsAbsent, REQUIRED_WEB_URL] = None


class VideoList(RequestBody):
    """The clip of an element."""

    model_config = ConfigDict(json_schema_extra={"required": ["refer_videos"]})

    refer_videos: Annotated[list[ReferenceVideo] | None, EmptyIsAbsent] = Field(
        default=None, json_schema_extra={"minItems": 1, "maxItems": 1}
    )


class Tag(RequestBody):
    """A kind of element."""

    tag_id: Literal["o_101", "o_102", "o_103", "o_104", "o_105", "o_106", "o_107", "o_108"]


class Create(RequestBody):
    """`POST /v1/general/advanced-custom-elements`."""

    model_config = ConfigDict(
        json_schema_extra={
            "required": ["element_name", "element_description", "reference_type"],
            "examples": [
                {
                    "element_name": "Mira",
                    "element_description": "A dancer in a red coat",
                    "reference_type": "image_refer",
                    "element_image_list": {
                        "frontal_image": "https://example.com/front.png",
                        "refer_images": [{"image_url": "https://example.com/side.png"}],
                    },
                    "tag_list": [{"tag_id": "o_102"}],
                }
            ],
        }
    )

    element_name: Annotated[
        Annotated[Text, Field(max_length=MAX_NAME)] | None,
        WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": r"\S"}),
    ] = None
    element_description: Annotated[
        Annotated[Text, Field(max_length=MAX_DESCRIPTION)] | None,
        WithJsonSchema(
            {"type": "string", "minLength": 1, "maxLength": MAX_DESCRIPTION, "pattern": r"\S"}
        ),
    ] = None
    reference_type: Annotated[
        Literal["image_refer", "video_refer"] | None,
        EmptyIsAbsent,
        WithJsonSchema({"type": "string", "enum": ["image_refer", "video_refer"]}),
    ] = None
    element_image_list: Annotated[ImageList | None, EmptyIsAbsent] = None
    element_video_list: Annotated[VideoList | None, EmptyIsAbsent] = None
    tag_list: Annotated[Annotated[list[Tag], Field(max_length=8)] | None, EmptyIsAbsent] = None
    callback_url: Annotated[WebUrl | None, EmptyIsAbsent] = None
    external_task_id: Annotated[ExternalId | None, EmptyIsAbsent] = None


class Delete(RequestBody):
    """`POST /v1/general/delete-elements`."""

    element_id: ElementNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementDraft:
    """A create of an element before its media are checked; the frontal image comes first."""

    name: str
    description: str
    reference_type: Literal["image_refer", "video_refer"]
    images: tuple[str, ...]
    videos: tuple[str, ...]
    tags: tuple[str, ...]
    callback_url: str | None
    external_id: str | None


def read_create(body: Mapping[str, Any]) -> ElementDraft:
    """A create body as a draft. Raises ParameterInvalid."""
    missing = [
        RequestFault(rank, f"{field}: must not be blank")
        for rank, field in enumerate(("element_name", "element_description", "reference_type"))
        if is_blank(body.get(field))
    ]
    read = read_body(Create, body, ranks={}, more=missing)
    assert read.element_name is not None
    assert read.element_description is not None
    assert read.reference_type is not None
    by_images = read.reference_type == "image_refer"
    return ElementDraft(
        name=read.element_name,
        description=read.element_description,
        reference_type=read.reference_type,
        images=_images(read.element_image_list) if by_images else (),
        videos=() if by_images else _videos(read.element_video_list),
        tags=tuple(dict.fromkeys(tag.tag_id for tag in read.tag_list or [])),
        callback_url=read.callback_url,
        external_id=read.external_task_id,
    )


def _images(given: ImageList | None) -> tuple[str, ...]:
    if given is None or given.frontal_image is None or is_blank(given.frontal_image):
        raise ParameterInvalid("Missing element frontal image")
    references = given.refer_images or []
    if not references:
        raise ParameterInvalid(
            f"element_image_list.refer_images: 0 given; 1 to {MAX_REFERENCES} allowed"
        )
    urls = []
    for place, reference in enumerate(references):
        if reference.image_url is None or is_blank(reference.image_url):
            raise ParameterInvalid(
                f"element_image_list.refer_images[{place}].image_url: must not be blank"
            )
        urls.append(reference.image_url)
    return (given.frontal_image, *urls)


def _videos(given: VideoList | None) -> tuple[str, ...]:
    videos = [] if given is None else given.refer_videos or []
    if len(videos) != 1:
        raise ParameterInvalid("The number of element videos must be 1")
    if videos[0].video_url is None:
        raise ParameterInvalid("element_video_list.refer_videos[0].video_url: must not be blank")
    return (videos[0].video_url,)
