"""`/account/billing/…`: what each task cost the account."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.service.api import motion_control
from understudy.service.api.account.costs import PACK_NAME
from understudy.service.api.listing import PRODUCT, Time, read_product_types
from understudy.service.context import service_of
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import read_object, success
from understudy.service.http.fields import (
    Body,
    EmptyIsAbsent,
    Problem,
    Text,
    invalid,
    is_blank,
    read_body,
)
from understudy.tasks.db.repository import deductions
from understudy.tasks.ids import first_task_id
from understudy.tasks.records import Deduction

PATH = "/account/billing"
FUNCTION = "Motion Control"
MAX_LIMIT = 500
_MAX_FILTERS = 20
_MAX_VALUES = 100
_MAX_CURSOR_CHARACTERS = 16_384
_RESOLUTIONS: dict[str, Literal["720p", "1080p"]] = {"std": "720p", "pro": "1080p"}

Values = Annotated[list[Text], Field(max_length=_MAX_VALUES)]


class KeyFilter(Body):
    """Deductions of keys by their names."""

    key: Literal["api_key_name"]
    values: Values


class PackageFilter(Body):
    """Deductions of which `key` has one of the values; no values: all."""

    key: Literal["api_key_name", "product_type", "package_name", "package_id"]
    values: Values


_Limit = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=MAX_LIMIT)] | None,
    EmptyIsAbsent,
]


class _Query(Body):
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


class _Made(TypedDict):
    task_id: str
    api_key_name: str
    product_function: str
    model_name: str
    resolution: Literal["720p", "1080p"]
    duration: str
    refer_video_input: bool
    video_sound: Literal["original", "off"]
    voice_control: bool
    deduction_time: str


class UnitDeduction(_Made):
    """What a task cost of the account's units."""

    package_id: str
    product_type: Literal["video"]
    unit_before_deduction: float
    deduction_amount: float
    unit_after_deduction: float


class CashDeduction(_Made):
    """What a task cost in money."""

    cash_type: Literal["balance", "test_balance"]
    balance_before_deduction: float
    deduction_amount: float
    balance_after_deduction: float
    list_price: float
    currency: str


class UnitDeductions(TypedDict):
    """A page of what tasks cost in units."""

    detail: list[UnitDeduction]
    count: int


class CashDeductions(TypedDict):
    """A page of what tasks cost in money."""

    detail: list[CashDeduction]
    count: int


class UnitPage(TypedDict):
    """What tasks cost in units, and how to go on."""

    result: UnitDeductions
    next_cursor: str
    has_more: bool


class CashPage(TypedDict):
    """What tasks cost in money, and how to go on."""

    result: CashDeductions
    next_cursor: str
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
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


async def package(request: Request) -> Response:
    """List what tasks cost in units, newest first."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=False)
    package_id = str(caller.account_id)
    wanted = read_package_query(await read_object(request), package_id)
    found: list[Deduction] = []
    if not wanted.nothing:
        found = await service.database.read(
            deductions.older,
            caller.account_id,
            before_id=wanted.before_id,
            since=wanted.since,
            key_names=wanted.key_names,
            limit=wanted.limit + 1,
        )
    shown, more = found[: wanted.limit], len(found) > wanted.limit
    data: UnitPage = {
        "result": {"detail": [_show(each, package_id) for each in shown], "count": len(shown)},
        "next_cursor": wanted.cursor_after(shown[-1].task_id) if more else "",
        "has_more": more,
    }
    return success(request, data)


async def balance(request: Request) -> Response:
    """List what tasks cost in money, which is nothing."""
    service = service_of(request)
    await service.authenticator.caller(request, jwt_allowed=False)
    _read(BalanceQuery, await read_object(request))
    data: CashPage = {"result": {"detail": [], "count": 0}, "next_cursor": "", "has_more": False}
    return success(request, data)


def read_package_query(body: Mapping[str, Any], package_id: str) -> Wanted:
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
    return Wanted(
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
            Problem(rank, f"{name}: must not be blank")
            for rank, name in enumerate(("start_time", "end_time"))
            if is_blank(body.get(name))
        ]
    read = read_body(design, body, ranks={}, more=problems)
    if read.cursor is None and read.start_time >= read.end_time:
        expected = "a time after start_time is expected"
        raise ParameterInvalid(invalid("end_time", read.end_time, expected))
    return read


def _read_cursor(cursor: str) -> Wanted:
    try:
        before_id, since, limit, names = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise ParameterInvalid(invalid("cursor", cursor)) from error
    numbers = all(type(each) is int for each in (before_id, since, limit))
    texts = names is None or (
        isinstance(names, list)
        and all(isinstance(name, str) and "\0" not in name for name in names)
    )
    if not (numbers and texts and 0 <= before_id < 2**63 and 0 <= since < 2**44):
        raise ParameterInvalid(invalid("cursor", cursor))
    if not 1 <= limit <= MAX_LIMIT:
        raise ParameterInvalid(invalid("cursor", cursor))
    key_names = None if names is None else tuple(names)
    return Wanted(before_id=before_id, since=since, limit=limit, key_names=key_names)


def _show(deduction: Deduction, package_id: str) -> UnitDeduction:
    return {
        "package_id": package_id,
        "product_type": "video",
        "task_id": str(deduction.task_id),
        "api_key_name": deduction.key_name,
        "product_function": FUNCTION,
        "model_name": deduction.model,
        "resolution": _RESOLUTIONS[deduction.mode],
        "duration": motion_control.seconds(deduction.duration_ms),
        "refer_video_input": True,
        "video_sound": "original" if deduction.sound else "off",
        "voice_control": False,
        "deduction_time": str(deduction.deducted_at),
        "unit_before_deduction": deduction.units_before / 1000,
        "deduction_amount": deduction.units / 1000,
        "unit_after_deduction": (deduction.units_before - deduction.units) / 1000,
    }


ROUTES = [
    Route(f"{PATH}/package", package, methods=["POST"]),
    Route(f"{PATH}/balance", balance, methods=["POST"]),
]
