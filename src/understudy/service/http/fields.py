"""Fields of requests: their types, and the sentence for each way in which one can be wrong.

Pydantic judges a body as a whole; the contract names one error, by an order of its own. So every
fault gets a rank, and only the fault with the lowest rank is reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictBool,
    StrictStr,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema

from understudy.service.http.contract_errors import ParameterInvalid

MAX_URL_CHARACTERS = 4096
MAX_EXTERNAL_ID_CHARACTERS = 512
_SHOWN_CHARACTERS = 64
_WEB_URL = re.compile(r"^[Hh][Tt][Tt][Pp][Ss]?://[^\x00-\x20\x7f/?#][^\x00-\x20\x7f]*$")
_INNER = r"[^/,\x00-\x1f\x7f-\x9f]"
_OUTER = r"[^\s/,\x00-\x1f\x7f-\x9f]"
_EXTERNAL_ID = re.compile(f"{_OUTER}(?:{_INNER}*{_OUTER})?")


class RequestBody(BaseModel):
    """A request's body: unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


EMPTY_IS_ABSENT = "x-empty-is-absent"
"""Marks a field of the API's description that may be sent as `""` or `null`."""


@dataclass(frozen=True, slots=True)
class _EmptyIsAbsent:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_absent_if_empty, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # Generators of clients stumble over `null` and `""` as kinds of their own; that both count
        # as left out is told in prose, and to programs by a mark that generators pass over.
        described = {**handler(schema), EMPTY_IS_ABSENT: True}
        kinds = [kind for kind in described.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del described["anyOf"]
            alone: JsonSchemaValue = kinds[0] | described
            return alone
        if kinds:
            described["anyOf"] = kinds
        return described


def _absent_if_empty(value: object) -> object:
    return None if value == "" else value


EmptyIsAbsent = _EmptyIsAbsent()
"""An optional field: sent as `""` or `null` it counts as absent."""


def _check_text(value: str) -> str:
    # Neither goes into every database or every answer.
    if "\0" in value:
        raise PydanticCustomError("expected", "text without NUL characters is expected")
    # Base64 of many megabytes is told to be ASCII at once.
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("expected", "valid Unicode is expected") from None
    return value


def check_web_url(value: str) -> str:
    """Let an http or https URL through; for validators."""
    try:
        parts = urlsplit(value)
        fits = bool(_WEB_URL.match(value)) and bool(parts.hostname)
        fits = fits and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or len(value) > MAX_URL_CHARACTERS:
        raise PydanticCustomError("expected", "an http or https URL is expected")
    return value


def is_url(value: str) -> bool:
    """Whether a text is an http or https URL."""
    try:
        check_web_url(value)
    except PydanticCustomError:
        return False
    return True


def is_element_number(value: object) -> bool:
    """Whether a value is an element's id, as a number or as text."""
    try:
        _check_element_number(_element_number(value))
    except PydanticCustomError:
        return False
    return True


def _check_external_id(value: str) -> str:
    # A path or a list parted by commas could not carry it, so nobody could read the task by it.
    if value in (".", "..") or not _EXTERNAL_ID.fullmatch(value):
        raise PydanticCustomError(
            "expected",
            "neither '/' nor ',' nor control characters nor a space at either end are allowed",
        )
    return value


def _element_number(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 16:
        return int(value)
    return value


def _check_element_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise PydanticCustomError("invalid", "")
    return value


Text = Annotated[StrictStr, AfterValidator(_check_text)]
Flag = StrictBool
REQUIRED_WEB_URL = WithJsonSchema(
    {
        "type": "string",
        "pattern": _WEB_URL.pattern,
        "maxLength": MAX_URL_CHARACTERS,
    }
)
REQUIRED_TEXT = WithJsonSchema({"type": "string", "minLength": 1, "pattern": r"\S"})
WebUrl = Annotated[Text, AfterValidator(check_web_url), REQUIRED_WEB_URL]
EXTERNAL_ID_SCHEMA = {
    "type": "string",
    "pattern": r"^(?!\.{1,2}$)" + _EXTERNAL_ID.pattern + "$",
    "maxLength": MAX_EXTERNAL_ID_CHARACTERS,
}
ExternalId = Annotated[
    Text,
    Field(max_length=MAX_EXTERNAL_ID_CHARACTERS),
    AfterValidator(_check_external_id),
    WithJsonSchema(EXTERNAL_ID_SCHEMA),
]
ElementNumber = Annotated[
    Any,
    BeforeValidator(_element_number),
    AfterValidator(_check_element_number),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
                {"type": "string", "pattern": "^[0-9]{1,15}$"},
            ]
        }
    ),
]

BodyT = TypeVar("BodyT", bound=RequestBody)


@dataclass(frozen=True, slots=True)
class RequestFault:
    """One fault of a request; of several, the one with the lowest rank is reported."""

    rank: float
    message: str


def read_body(
    model: type[BodyT],
    body: Mapping[str, Any],
    *,
    ranks: Mapping[str, float],
    more: Iterable[RequestFault] = (),
) -> BodyT:
    """A request's fields, checked. Raises ParameterInvalid.

    ranks: of the faults in a top-level field; those not named here come after, in the order of the
    model's fields. more: problems found elsewhere.
    """
    problems = list(more)
    try:
        read = model.model_validate(body)
    except ValidationError as error:
        order = list(model.model_fields)
        for detail in error.errors(include_url=False):
            top = str(detail["loc"][0]) if detail["loc"] else ""
            rank = ranks.get(top, 100.0 + (order.index(top) if top in order else 0))
            problems.append(RequestFault(rank, describe(detail)))
    else:
        if not problems:
            return read
    raise ParameterInvalid(min(problems, key=lambda problem: problem.rank).message)


def is_blank(value: object) -> bool:
    """Whether a required field was left out: absent, null or nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def invalid(field: str, value: object, expected: str = "") -> str:
    """The sentence for a value that cannot be."""
    return f"{field} value '{show(value)}' is invalid" + (f": {expected}" if expected else "")


def show(value: object) -> str:
    """A value as it stands in a sentence, shortened."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "replace").decode().replace("\0", "\\0")
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


_EXPECTED = {
    "string_type": "a string is expected",
    "bool_type": "true or false is expected",
    "list_type": "an array is expected",
    "int_type": "a whole number is expected",
    "float_type": "a number is expected",
    "model_attributes_type": "an object is expected",
}


def describe(detail: ErrorDetails) -> str:  # noqa: PLR0911 - one sentence for each kind of fault
    """The sentence for one of pydantic's errors."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    field = _name(detail["loc"])
    if kind == "too_long" and isinstance(value, str):
        most = context["max_length"]
        return f"{field}: {len(value)} characters; at most {most} characters are allowed"
    if kind == "too_long":
        return f"{field}: {len(value)} given; at most {context['max_length']} allowed"
    if kind == "greater_than_equal":
        return invalid(field, value, f"at least {context['ge']} is allowed")
    if kind == "less_than_equal":
        return invalid(field, value, f"at most {context['le']} is allowed")
    if kind == "missing":
        return f"{field}: must not be blank"
    if kind.startswith("union_tag_"):
        given = value.get("type") if isinstance(value, dict) else value
        return invalid(f"{field}.type", given)
    if kind == "expected":
        return invalid(field, value, detail["msg"])
    if kind.startswith(("model_", "dict_")):
        return invalid(field, value, "an object is expected")
    return invalid(field, value, _EXPECTED.get(kind, ""))


def _name(location: tuple[int | str, ...]) -> str:
    """The field as the client wrote it: `contents[1].url`."""
    name, before = "", None
    for place, part in enumerate(location):
        # Of an array's entry that may be of several types, pydantic names the type as well.
        after = location[place + 1 : place + 2]
        is_type = isinstance(before, int) and any(isinstance(each, str) for each in after)
        if isinstance(part, int):
            name += f"[{part}]"
        elif not is_type:
            name += f".{part}" if name else part
        before = part
    return name
