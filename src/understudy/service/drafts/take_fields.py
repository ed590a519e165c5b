"""Options of a take that Kling's API does not have, the same in both designs."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, Unpack, cast

from pydantic import BeforeValidator, Field, JsonValue, StrictFloat, StrictInt, WithJsonSchema
from typing_extensions import TypedDict

from understudy.errors import InputRefused
from understudy.media.limits import Mode, Orientation
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.fields import EmptyIsAbsent, Flag, RequestBody, Text, show
from understudy.service.media.checks import is_web_url
from understudy.take.backgrounds import CLIP, FIELD, FILE, KEEP, TRANSPARENT, read_colour
from understudy.take.options import MOST_SMOOTHING, MOST_STRENGTH, TakeRequest

FileFormat = Literal["mp4", "webm", "mov", "webp", "gif"]

_USUAL = TakeRequest()
_OURS: dict[str, JsonValue] = {"x-understudy": True}


def _as_text(value: Any) -> Any:
    """A person's number as text; anything else as it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class MotionParts(RequestBody):
    """Whether trunk and limbs, head, fingers, and mouth and eyes follow the driver, and whether the
    character goes where the driver goes."""

    body: Annotated[Flag | None, EmptyIsAbsent] = None
    head: Annotated[Flag | None, EmptyIsAbsent] = None
    hands: Annotated[Flag | None, EmptyIsAbsent] = None
    face: Annotated[Flag | None, EmptyIsAbsent] = None
    travel: Annotated[Flag | None, EmptyIsAbsent] = None


_ALL_PARTS = MotionParts()


class PartsAsked(TypedDict):
    """The parts of the motion that do not follow the driver: `false` each."""

    body: NotRequired[bool]
    head: NotRequired[bool]
    hands: NotRequired[bool]
    face: NotRequired[bool]
    travel: NotRequired[bool]


class FieldsAsked(TypedDict):
    """The options of ours that a take was asked for with, those that differ from the default."""

    background: NotRequired[str]
    output_format: NotRequired[FileFormat]
    loop: NotRequired[bool]
    driver: NotRequired[int | str]
    motion_strength: NotRequired[int]
    motion_parts: NotRequired[PartsAsked]
    motion_smoothing: NotRequired[float]
    motion_camera: NotRequired[bool]


class TakeFields(RequestBody):
    """The options, to be inherited by the body that holds them."""

    background: Annotated[Text | None, EmptyIsAbsent] = Field(
        default=None,
        description="What is behind the character: `keep` (the default), `transparent`, a colour"
        " such as `#00b140`, the URL of a picture or clip (an upload's, too), or `clip` for the"
        " clip's own scene, with a model whose `replace` is true.",
        json_schema_extra=_OURS,
    )
    output_format: Annotated[
        FileFormat | None,
        WithJsonSchema(
            {"type": "string", "enum": ["mp4", "webm", "mov", "webp", "gif"], "default": "mp4"}
        ),
        EmptyIsAbsent,
    ] = Field(
        default=None,
        description="The format of the result: H.264, VP9, ProRes 4444, WebP or GIF. All but `mp4`"
        " can be transparent.",
        json_schema_extra=_OURS,
    )
    loop: Annotated[Flag | None, EmptyIsAbsent] = Field(
        default=None,
        description="Close the motion: the end goes over into the beginning.",
        json_schema_extra=_OURS,
    )
    driver: Annotated[
        Text | None,
        BeforeValidator(_as_text),
        WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}),
        EmptyIsAbsent,
    ] = Field(
        default=None,
        description="Of several people in the video, the one to follow: a number of `clip.persons`"
        " of the inspection, or a point such as `0.7,0.4` in shares of width and height.",
        json_schema_extra=_OURS,
    )
    motion_strength: Annotated[StrictInt | None, EmptyIsAbsent] = Field(
        default=None,
        ge=0,
        le=MOST_STRENGTH,
        description="How strongly the motion is followed, in per cent; 100 is as the driver moves.",
        json_schema_extra=_OURS,
    )
    motion_parts: Annotated[MotionParts | None, EmptyIsAbsent] = Field(
        default=None,
        description="What follows the driver; all of it unless told otherwise.",
        json_schema_extra=_OURS,
    )
    motion_smoothing: Annotated[StrictFloat | StrictInt | None, EmptyIsAbsent] = Field(
        default=None,
        ge=0,
        le=MOST_SMOOTHING,
        description="Seconds over which the motion is averaged.",
        json_schema_extra=_OURS,
    )
    motion_camera: Annotated[Flag | None, EmptyIsAbsent] = Field(
        default=None,
        description="Move the camera as the clip's camera moves, as far as the picture has"
        " background for it.",
        json_schema_extra=_OURS,
    )


class ContractOptions(TypedDict):
    """The options of a take that Kling's API has; `TakeRequest` says what they mean."""

    model: str
    engine: str
    orientation: Orientation
    mode: Mode
    prompt: str
    sound: bool
    watermark: bool


def take_request(fields: TakeFields, **options: Unpack[ContractOptions]) -> TakeRequest:
    """A take's options, and those of our fields that were given. Raises ParameterInvalid."""
    background = fields.background or _USUAL.background
    parts = fields.motion_parts or _ALL_PARTS
    strength = fields.motion_strength
    try:
        if is_web_url(background):
            background = FILE
        else:
            _check_background(background)
        return TakeRequest(
            **options,
            background=background,
            format=fields.output_format or _USUAL.format,
            loop=bool(fields.loop),
            driver=fields.driver or "",
            strength=_USUAL.strength if strength is None else strength,
            body=parts.body is not False,
            head=parts.head is not False,
            hands=parts.hands is not False,
            face=parts.face is not False,
            travel=parts.travel is not False,
            smoothing=fields.motion_smoothing or 0.0,
            camera=bool(fields.motion_camera),
        )
    except InputRefused as refusal:
        raise ParameterInvalid(refusal.message) from refusal


def _check_background(background: str) -> None:
    """Refuse what is neither a word, a colour nor a URL. Raises InputRefused."""
    try:
        if background not in (KEEP, CLIP, TRANSPARENT):
            read_colour(background)
    except InputRefused as refusal:
        raise InputRefused(
            FIELD,
            found=f"the value is {show(background)!r}",
            allowed="use 'keep', 'clip', 'transparent', a colour such as '#00b140' or 'white', or "
            "the URL of a picture or clip",
        ) from refusal


def background_url(fields: TakeFields) -> str | None:
    """The URL of the picture or clip that is to be behind the character, where one is."""
    return fields.background if fields.background and is_web_url(fields.background) else None


def fields_asked(take: TakeRequest) -> FieldsAsked:
    """The inverse of `take_request`, but for the URL of a background."""
    asked: FieldsAsked = {}
    if take.background != _USUAL.background:
        asked["background"] = take.background
    if take.format not in ("mp4", "png"):
        asked["output_format"] = cast("FileFormat", take.format)
    if take.loop:
        asked["loop"] = True
    if take.driver:
        asked["driver"] = int(take.driver) if take.driver.isdecimal() else take.driver
    if take.strength != _USUAL.strength:
        asked["motion_strength"] = take.strength
    parts = {name: False for name in MotionParts.model_fields if not getattr(take, name)}
    if parts:
        asked["motion_parts"] = cast("PartsAsked", parts)
    if take.smoothing:
        asked["motion_smoothing"] = take.smoothing
    if take.camera:
        asked["motion_camera"] = True
    return asked
