"""What clients send to have a character adjusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue

from understudy.geometry.joint_names import JointName
from understudy.geometry.limb_states import ArmChoice, LegsChoice
from understudy.media import limits
from understudy.service.characters import PictureAsked
from understudy.service.http.fields import (
    REQUIRED_TEXT,
    EmptyIsAbsent,
    RequestBody,
    RequestFault,
    Text,
    is_blank,
    read_body,
)

# Strict, or pydantic takes `false` for 0.
Number = Annotated[float, Field(strict=True)]
Place = tuple[Number, Number]

MAX_POINTS = 20
Coordinate = Annotated[float, Field(strict=True, ge=0, le=limits.PICTURE_MAX_SIDE)]
Points = Annotated[list[tuple[Coordinate, Coordinate]], Field(max_length=MAX_POINTS)]
MAX_MATTE_CHARACTERS = 4 * 1024 * 1024
Matte = Annotated[Text, Field(max_length=MAX_MATTE_CHARACTERS)]

_EXAMPLE: dict[str, JsonValue] = {
    "image_url": "https://example.com/character.png",
    "corrections": {"joints": {"left_wrist": [412.0, 640.5]}, "right_arm": "fixed"},
}


class CorrectionsBody(RequestBody):
    """What is known of a picture; the rest is found."""

    joints: Annotated[dict[JointName, Place] | None, EmptyIsAbsent] = Field(
        default=None,
        description="By their COCO names, in pixels of the upright picture; left and right are the "
        "figure's own.",
    )
    matte: Annotated[Matte | None, EmptyIsAbsent] = Field(
        default=None,
        description="A PNG in base 64, in the picture's aspect, white where the figure is.",
    )
    left_arm: ArmChoice = "auto"
    right_arm: ArmChoice = "auto"
    legs: LegsChoice = Field(
        default="auto", description="Fixed: the figure takes no steps and sways where it stands."
    )
    figure: Annotated[Place | None, EmptyIsAbsent] = Field(
        default=None, description="A point on the figure that is meant, where there are several."
    )


class Cast(RequestBody):
    """`POST /v1/characters/cast`."""

    model_config = ConfigDict(json_schema_extra={"required": ["image_url"], "examples": [_EXAMPLE]})

    image_url: Annotated[Text | None, REQUIRED_TEXT] = Field(
        default=None, description="An http(s) URL, or base64 without a `data:` prefix."
    )
    corrections: Annotated[CorrectionsBody | None, EmptyIsAbsent] = Field(
        default=None, description="In place of those in the picture's file, which count without."
    )


class Correct(Cast):
    """`POST /v1/characters`."""

    model_config = ConfigDict(
        json_schema_extra={"required": ["image_url", "corrections"], "examples": [_EXAMPLE]}
    )

    corrections: Annotated[CorrectionsBody | None, EmptyIsAbsent] = Field(
        default=None,
        description="What is put into the picture's file; `{}` takes out what is there.",
    )


class Select(RequestBody):
    """`POST /v1/characters/select`."""

    model_config = ConfigDict(
        json_schema_extra={
            "required": ["image_url", "on"],
            "examples": [{"image_url": "https://example.com/character.png", "on": [[412, 640]]}],
        }
    )

    image_url: Annotated[Text | None, REQUIRED_TEXT] = Field(
        default=None, description="An http(s) URL, or base64 without a `data:` prefix."
    )
    on: Points | None = Field(
        default=None, description="On the part, in pixels.", json_schema_extra={"minItems": 1}
    )
    off: Annotated[Points | None, EmptyIsAbsent] = Field(
        default=None, description="On what is not the part."
    )


@dataclass(frozen=True, slots=True)
class PieceAsked:
    """A part of a picture that is asked for by points."""

    picture: str
    on: tuple[Place, ...]
    off: tuple[Place, ...]


def read_select(body: Mapping[str, Any]) -> PieceAsked:
    """A part that is asked for. Raises ParameterInvalid."""
    problems = [
        RequestFault(rank, f"{field}: must not be blank")
        for rank, field in enumerate(("image_url", "on"))
        if is_blank(body.get(field)) or body.get(field) == []
    ]
    read = read_body(Select, body, ranks={}, more=problems)
    assert read.image_url is not None
    assert read.on is not None
    return PieceAsked(read.image_url, tuple(read.on), tuple(read.off or ()))


def read_cast(body: Mapping[str, Any]) -> PictureAsked:
    """A picture to be cast. Raises ParameterInvalid."""
    return _read(Cast, body, [])


def read_correct(body: Mapping[str, Any]) -> PictureAsked:
    """A picture to be stored with corrections. Raises ParameterInvalid."""
    missing = is_blank(body.get("corrections"))
    problems = [RequestFault(1, "corrections: must not be blank")] if missing else []
    return _read(Correct, body, problems)


def _read(
    design: type[Cast], body: Mapping[str, Any], problems: list[RequestFault]
) -> PictureAsked:
    if is_blank(body.get("image_url")):
        problems.append(RequestFault(0, "image_url: must not be blank"))
    read = read_body(design, body, ranks={}, more=problems)
    assert read.image_url is not None
    given = read.corrections
    if given is None:
        return PictureAsked(read.image_url, None)
    values = {name: value for name, value in given.model_dump().items() if value is not None}
    return PictureAsked(read.image_url, values)
