"""What clients send to list deductions."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter

from understudy.service.api.account.costs import PACK_NAME
from understudy.service.api.listing import PRODUCT, Time, read_product_types
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.fields import (
    EmptyIsAbsent,
    RequestBody,
    RequestFault,
    Text,
    invalid,
    is_blank,
    read_body,
)
from understudy.tasks.ids import first_task_id

MAX_LIMIT = 500
_MAX_FILTERS = 20
_MAX_VALUES = 100
_MAX_CURSOR_CHARACTERS = 16_384

Values = Annotated[list[Text], Field(max_length=_MAX_VALUES)]

# The id before which to go on, since when (ms), how many, and the names of the keys that count.
_CURSOR = TypeAdapter(
    tuple[
        Annotated[int, Field(strict=True, ge=0, lt=2**63)],
        Annotated[int, Field(strict=True, ge=0, lt=2**44)],
        Annotated[int, Field(strict=True, ge=1, le=MAX_LIMIT)],
        list[Text] | None,
    ]
)


class KeyFilter(RequestBody):
    """Deductions of keys by their names."""

    key: Literal["api_key_name"]
    values: Values


class PackageFilter(RequestBody):
    """Deductions of which `key` has one of the values; no values: all."""

    key: Literal["api_key_name", "product_type", "package_name", "package_id"]
    values: Values


_Limit = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=MAX_LIMIT)] | None,
    EmptyIsAbsent,
]


class _Query(RequestBody):
    """Deductions of tasks made within two times; a cursor stands for all the rest."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"start_time": 1790000000000, "end_time": 1800000000000}]}
    )

    start_time: Time = Field(default=None, description="When the oldest task was made.")
    end_time: Time = Field(default=None, description="When the newest task was made.")
    limit: _Limit = Field(default=None, description=f"{MAX_LIMIT} when left out.")
    cursor: Annotated[
        Annotated[Text, Field(max_length=_MAX_CURSOR_CHARACTERS)] | None, EmptyIsAbsent
    ] = None


class BalanceQuery(_Query):
    """`POST /account/billing/balance`; a cursor that is not empty stands for all the rest."""

    filters: Annotated[
        Annotated[list[KeyFilter], Field(max_length=_MAX_FILTERS)] | None, EmptyIsAbsent
    ] = None


class PackageQuery(_Query):
    """`POST /account/billing/package`; a cursor that is not empty stands for all the rest."""

    filters: Annotated[
        Annotated[list[PackageFilter], Field(max_length=_MAX_FILTERS)] | None, EmptyIsAbsent
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductionQuery:
    """Deductions of tasks of ids under `before_id`, made at `since` (ms) or later.

    key_names: None for all. nothing: none can fit the filters.
    """

    before_id: int
    since: int
    limit: int
    key_names: tuple[str, ...] | None
    nothing: bool = False

    def cursor_after(self, task_id: int) -> str:
        """The cursor that goes on after a task's deduction."""
        values = [task_id, self.since, self.limit, self.key_names]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def read_balance_query(body: Mapping[str, Any]) -> None:
    """Check what `POST /account/billing/balance` asks for. Raises ParameterInvalid."""
    _read(BalanceQuery, body)


def read_package_query(body: Mapping[str, Any], package_id: str) -> DeductionQuery:
    """What `POST /account/billing/package` asks for. Raises ParameterInvalid."""
    read = _read(PackageQuery, body)
    if read.cursor is not None:
        return _read_cursor(read.cursor)
    assert read.start_time is not None
    assert read.end_time is not None
    values: dict[str, set[str]] = {}
    for given in read.filters or []:
        if given.values:
            values.setdefault(given.key, set()).update(given.values)
    if {"package_name", "package_id"} <= values.keys():
        raise ParameterInvalid("filters: only one of package_name and package_id is allowed")
    if "product_type" in values:
        values["product_type"] = read_product_types(values["product_type"])
    own = {"product_type": PRODUCT, "package_name": PACK_NAME, "package_id": package_id}
    names = values.get("api_key_name")
    return DeductionQuery(
        before_id=first_task_id(read.end_time + 1),
        since=read.start_time,
        limit=read.limit or MAX_LIMIT,
        key_names=None if names is None else tuple(sorted(names)),
        nothing=any(value not in values.get(key, {value}) for key, value in own.items()),
    )


QueryT = TypeVar("QueryT", bound=_Query)


def _read(design: type[QueryT], body: Mapping[str, Any]) -> QueryT:
    problems = []
    if is_blank(body.get("cursor")):
        problems = [
            RequestFault(rank, f"{name}: must not be blank")
            for rank, name in enumerate(("start_time", "end_time"))
            if is_blank(body.get(name))
        ]
    read = read_body(design, body, ranks={}, more=problems)
    if read.cursor is None and read.start_time >= read.end_time:
        expected = "a time after start_time is expected"
        raise ParameterInvalid(invalid("end_time", read.end_time, expected))
    return read


def _read_cursor(cursor: str) -> DeductionQuery:
    try:
        before_id, since, limit, names = _CURSOR.validate_json(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise ParameterInvalid(invalid("cursor", cursor)) from error
    key_names = None if names is None else tuple(names)
    return DeductionQuery(before_id=before_id, since=since, limit=limit, key_names=key_names)
