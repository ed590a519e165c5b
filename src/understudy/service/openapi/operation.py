"""The description of an operation, and parts that several operations share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from understudy.service.api import listing
from understudy.service.http.fields import EXTERNAL_ID_SCHEMA

Tag = Literal["legacy", "tasks", "elements", "account", "ours"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the path or the query."""

    name: str
    place: Literal["path", "query"]
    schema: dict[str, Any]
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response: `data` in the envelope, or else content of one of the types."""

    description: str
    data: Any = None
    content_types: tuple[str, ...] = ()
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path. upload: the name of the part that holds the file."""

    method: str
    path: str
    name: str
    summary: str
    tag: Tag
    answer: Answer
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    body_required: bool = True
    upload: str = ""
    signed_in: bool = True
    errors: tuple[int, ...] = field(default=(400, 401, 429, 500, 503))


REFERENCE = Parameter(
    "reference",
    "path",
    EXTERNAL_ID_SCHEMA,
    "The task's id, or your own",
    required=True,
)
PAGE = (
    Parameter(
        "pageNum",
        "query",
        {"type": "integer", "minimum": 1, "maximum": listing.MAX_PAGE_NUMBER, "default": 1},
        "The number of the page",
    ),
    Parameter(
        "pageSize",
        "query",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": listing.MAX_PAGE_SIZE,
            "default": listing.DEFAULT_PAGE_SIZE,
        },
        "Records per page",
    ),
)
OPEN_ERRORS = (500, 503)
SIGNED_IN_ERRORS = (401, 429, 500, 503)


def named(name: str, description: str) -> Parameter:
    """A part of a path that names something."""
    schema = {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"}
    return Parameter(name, "path", schema, description, required=True)
