"""What a worker sends while it runs a job: plain data, because it decodes untrusted files.

A worker taken over by a hostile file can send anything here and nowhere else, so kinds, types and
sizes are all checked. Messages name no files.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from understudy.errors import InputRefused

MAX_LINE_BYTES = 2 * 1024 * 1024
MAX_PREVIEW_BYTES = 1024 * 1024


def _from_base64(value: object) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("a preview is base64 text")
    return base64.b64decode(value, validate=True)


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Progressed(_Message):
    """The job is at `fraction` (0..1) of the whole, in `stage`; preview: a JPEG."""

    kind: Literal["progress"] = "progress"
    stage: str = Field(max_length=16)
    fraction: float = Field(ge=0, le=1)
    preview: Annotated[bytes | None, BeforeValidator(_from_base64)] = Field(
        default=None, max_length=MAX_PREVIEW_BYTES
    )


class Done(_Message):
    """The job is done; value: what it returned, as JSON values."""

    kind: Literal["done"] = "done"
    value: dict[str, Any]


class Refused(_Message):
    """An input cannot be used; the fields are those of `errors.InputRefused`."""

    kind: Literal["refused"] = "refused"
    field: str = Field(max_length=200)
    found: str = Field(max_length=2000)
    allowed: str = Field(max_length=2000)
    code: int = Field(ge=1000, le=5999)
    message: str = Field(max_length=4000)


MAX_REASON_CHARACTERS = 20_000


class Crashed(_Message):
    """The job failed by no fault of its inputs; reason: for the log, never for a client.

    machine: what the machine lacked, in a few words, if that was why.
    """

    kind: Literal["crashed"] = "crashed"
    reason: str = Field(max_length=MAX_REASON_CHARACTERS)
    machine: str | None = Field(default=None, max_length=200)


class Ready(_Message):
    """The worker has started, and waits for jobs."""

    kind: Literal["ready"] = "ready"


class PieceAsked(_Message):
    """The job asks about a piece of a take that it shares; see `conversation.SharedTake`."""

    kind: Literal["asked"] = "asked"
    act: Literal["claim", "put", "get"]
    piece: str = Field(pattern=r"^[a-z]{1,16}(-[0-9]{1,9})?$")


Message = Annotated[
    Progressed | Done | Refused | Crashed | Ready | PieceAsked, Field(discriminator="kind")
]

_adapter: TypeAdapter[Progressed | Done | Refused | Crashed | Ready | PieceAsked] = TypeAdapter(
    Message
)


def parse(line: bytes) -> Progressed | Done | Refused | Crashed | Ready | PieceAsked:
    """Parse a line; one that is not a valid message counts as a crash."""
    try:
        return _adapter.validate_json(line)
    except ValidationError as error:
        return Crashed(reason=f"the worker sent an invalid message: {error.errors()[0]['type']}")


def line_of(message: Progressed | Done | Refused | Crashed) -> bytes:
    """The line that `parse` reads as this message."""
    values = message.model_dump()
    if isinstance(message, Progressed) and message.preview is not None:
        values["preview"] = base64.b64encode(message.preview).decode()
    return json.dumps(values).encode()


def as_refusal(message: Refused) -> InputRefused:
    """The error that a worker's job ended with."""
    return InputRefused(
        message.field,
        found=message.found,
        allowed=message.allowed,
        code=message.code,
        message=message.message,
    )
