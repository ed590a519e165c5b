"""The OpenAPI document, generated from the types that the routes read and write.

Operations that Kling's API does not have are tagged `ours` and carry `x-understudy: true`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from understudy import __version__
from understudy.service.openapi.operations import OPERATIONS, Answer, Operation, Parameter

# How pydantic spells a name that several modules share.
_QUALIFIED = re.compile(r"understudy__service__api__(\w+?)__(?:bodies|responses)__(\w+)")
_REFERENCES = "#/components/schemas/{model}"
_REQUEST_ID = {"type": "string", "format": "uuid"}
_ERRORS = {
    400: "The request, a key or a value is invalid",
    401: "Authentication is missing or invalid",
    403: "Not allowed for this account, or the link has expired",
    404: "Unknown resource or method",
    429: "Too many requests or tasks, or the units are used up",
    500: "Internal error",
    503: "Temporarily unavailable",
    504: "Timeout",
}

DESCRIPTION = """\
A self-hosted Motion Control API: send one picture of a character and one clip of a person, and
get a video of the character performing the person's motion. Every response has the envelope
`{"code", "message", "request_id", "data"}`; success is HTTP 200 with code 0. An optional field
(marked `x-empty-is-absent`) that is `""` or `null` counts as missing.
"""


def describe_api(server_url: str) -> dict[str, Any]:
    """The OpenAPI document, for a server of this base URL."""
    return {**_document(), "servers": [{"url": server_url}]}


@cache
def _document() -> dict[str, Any]:
    """The document but for its server."""
    types = dict(_types())
    schemas, components = _schemas(types)
    components["Error"] = {
        "type": "object",
        "properties": {
            "code": {"type": "integer", "minimum": 1000, "maximum": 5999},
            "message": {"type": "string"},
            "request_id": _REQUEST_ID,
        },
        "required": ["code", "message", "request_id"],
        "additionalProperties": False,
    }
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = paths.setdefault(operation.path.replace(":path}", "}"), {})
        path[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Understudy", "version": __version__, "description": DESCRIPTION},
        "servers": [],
        "tags": [
            {"name": "legacy", "description": "Kling's legacy design: the body names the model"},
            {"name": "tasks", "description": "Kling's tasks design: the path names the model"},
            {"name": "elements", "description": "Characters in the library"},
            {"name": "account", "description": "Units"},
            {"name": "ours", "description": "Additions to Kling's API"},
        ],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key (`api-key-…`) or, on the legacy paths, a JWT (HS256)"
                    " with the claims `iss` (the access key), `exp` and `nbf`, signed with the"
                    " secret key.",
                }
            },
        },
    }


def _types() -> Iterator[tuple[str, Any]]:
    for operation in OPERATIONS:
        if operation.body is not None:
            yield f"{operation.name} body", operation.body
        if operation.answer.data is not None:
            yield f"{operation.name} answer", operation.answer.data


def _schemas(types: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of `types` by the same names, and the components that they refer to."""
    inputs: list[tuple[str, Literal["validation"], TypeAdapter[Any]]] = [
        (key, "validation", TypeAdapter(kind)) for key, kind in types.items()
    ]
    found, document = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCES)
    schemas = {key: _tidy(schema) for (key, _), schema in found.items()}
    return schemas, _tidy(document["$defs"])


def _tidy(value: Any, *, properties: bool = False) -> Any:
    """A schema without what adds nothing: titles, null defaults, module names in names."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if isinstance(value, str):
        return _QUALIFIED.sub(lambda found: found[1].title().replace("_", "") + found[2], value)
    if not isinstance(value, dict):
        return value
    return {
        _tidy(key): _tidy(item, properties=key == "properties")
        for key, item in value.items()
        if properties or not (key == "title" or (key == "default" and item is None))
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {
            "200": _answer(operation, schemas),
            **{str(status): _error(status) for status in operation.errors},
        },
    }
    if operation.tag == "ours":
        described["x-understudy"] = True
    if operation.signed_in:
        described["security"] = [{"key": []}]
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {"application/json": {"schema": schemas[f"{operation.name} body"]}},
        }
    if operation.upload:
        described["requestBody"] = {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {operation.upload: {"type": "string", "format": "binary"}},
                        "required": [operation.upload],
                    }
                }
            },
        }
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "schema": parameter.schema,
        "description": parameter.description,
    }


def _answer(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    answer: Answer = operation.answer
    if answer.data is None:
        schema: dict[str, Any] = {"type": "string"}
        if answer.binary:
            schema["format"] = "binary"
        return {
            "description": answer.description,
            "content": {kind: {"schema": schema} for kind in answer.content_types},
        }
    schema = {
        "type": "object",
        "properties": {
            "code": {"const": 0},
            "message": {"const": "SUCCEED"},
            "request_id": _REQUEST_ID,
            "data": schemas[f"{operation.name} answer"],
        },
        "required": ["code", "message", "request_id", "data"],
        "additionalProperties": False,
    }
    return {
        "description": answer.description,
        "content": {"application/json": {"schema": schema}},
    }


def _error(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": _ERRORS[status],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    if status in (429, 503):
        described["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait before retrying",
                "schema": {"type": "string", "pattern": "^[0-9]+$"},
            }
        }
    return described
