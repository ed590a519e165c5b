"""Converting rows to records and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from understudy.errors import InputRefused
from understudy.take.options import TakeRequest
from understudy.tasks.records import (
    CallbackEvent,
    Design,
    Result,
    Source,
    Status,
    StoredElement,
    Task,
    TaskRequest,
    Try,
    Upload,
)

Row = sa.Row[Any]


def pack(value: TaskRequest | Result | Source | None) -> dict[str, Any] | None:
    """A record as JSON values, without what is absent; a take's options lie beside its media."""
    if value is None:
        return None
    packed: dict[str, Any] = {}
    for name in value.__slots__:
        part = getattr(value, name)
        if isinstance(part, TakeRequest):
            packed.update(_pack_options(part))
        elif isinstance(part, Source):
            packed[name] = pack(part)
        elif isinstance(part, tuple) and part:
            packed[name] = [each if isinstance(each, str) else pack(each) for each in part]
        elif part is not None and part != ():
            packed[name] = part
    return packed


_OPTIONS_IF_ABSENT = TakeRequest().to_json()
_OPTIONS_ALWAYS_WRITTEN = frozenset(("model", "engine", "orientation", "mode"))
"""What the capability map decides, so that another version may decide it differently."""


def _pack_options(take: TakeRequest) -> dict[str, Any]:
    """The options that say something: a task without a new one can be read by older code, which
    does not know it, as long as servers of both versions run.
    """
    return {
        name: option
        for name, option in take.to_json().items()
        if name in _OPTIONS_ALWAYS_WRITTEN or option != _OPTIONS_IF_ABSENT[name]
    }


def _unpack_options(values: dict[str, Any]) -> tuple[TakeRequest, tuple[str, ...]]:
    """A take's options, and the names of those that only newer code understands."""
    unknown: list[str] = []
    while True:
        try:
            return TakeRequest.from_json(values), tuple(unknown)
        except InputRefused as refusal:
            if refusal.field not in values:
                raise
            unknown.append(refusal.field)
            values = {name: values[name] for name in values if name != refusal.field}


def unpack_request(values: dict[str, Any]) -> TaskRequest:
    """The inverse of `pack`; what newer code stored is read as far as this code understands it."""
    own = {name: value for name, value in values.items() if name in _REQUEST_FIELDS}
    take, unknown = _unpack_options(
        {name: value for name, value in values.items() if name not in own}
    )
    own["clip"] = Source(**own["clip"])
    for name in ("picture", "behind"):
        if own.get(name) is not None:
            own[name] = Source(**own[name])
    for name in ("element_images", "element_videos"):
        if name in own:
            own[name] = tuple(Source(**source) for source in own[name])
    if "notes" in own:
        own["notes"] = tuple(own["notes"])
    return TaskRequest(take=take, unknown=unknown, **own)


_REQUEST_FIELDS = frozenset(field.name for field in fields(TaskRequest)) - {"take", "unknown"}
_RESULT_FIELDS = frozenset(field.name for field in fields(Result))


def to_task(row: Row) -> Task:
    """A row of `tasks`, all columns."""
    values = dict(row._mapping)
    values["design"] = Design(values["design"])
    values["status"] = Status(values["status"])
    values["request"] = unpack_request(values["request"])
    if values["result"] is not None:
        known = {name: value for name, value in values["result"].items() if name in _RESULT_FIELDS}
        values["result"] = Result(**known)
    return Task(**values)


def to_element(row: Row) -> StoredElement:
    """A row of `elements`, all columns."""
    values = dict(row._mapping)
    return StoredElement(
        **{
            **values,
            "status": Status(values["status"]),
            "images": tuple(Source(**source) for source in values["images"]),
            "videos": tuple(Source(**source) for source in values["videos"]),
            "tags": tuple(values["tags"]),
        }
    )


def to_upload(row: Row) -> Upload:
    """A row of `uploads`, all columns."""
    return Upload(**row._mapping)


def to_event(row: Row) -> CallbackEvent:
    """A row of `callback_events`, the columns of the record."""
    values = dict(row._mapping)
    return CallbackEvent(**{**values, "log": tuple(Try(**entry) for entry in values["log"])})
