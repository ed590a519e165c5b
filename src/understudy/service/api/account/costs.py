"""`/account/costs`: the units that an account has left."""

from __future__ import annotations

from typing import Literal

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.service.context import service_of
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import success
from understudy.service.http.fields import invalid
from understudy.tasks.db.repository import accounts
from understudy.tasks.records import UNLIMITED_UNITS, Account

PACK_NAME = "Understudy units"
# Units do not expire: the end of a pack lies in the year 2100.
_NEVER = 4_102_444_800_000
_MAX_TIME = 2**43


class Pack(TypedDict):
    """Units that an account was given, very many where it has no limit; times in milliseconds."""

    resource_pack_name: str
    resource_pack_id: str
    resource_pack_type: Literal["decreasing_total"]
    total_quantity: float
    remaining_quantity: float
    purchase_time: int
    effective_time: int
    invalid_time: int
    status: Literal["online", "runOut"]


class Costs(TypedDict):
    """The account's one pack; none where it is not what was asked for."""

    code: Literal[0]
    msg: str
    resource_pack_subscribe_infos: list[Pack]


async def costs(request: Request) -> Response:
    """Read the account's units."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    begin, end = (_time(request.query_params, name) for name in ("start_time", "end_time"))
    if begin > end:
        raise ParameterInvalid(invalid("end_time", end, "a time after start_time is expected"))
    pack = _pack(await service.database.read(accounts.get, caller.account_id))
    name = request.query_params.get("resource_pack_name") or PACK_NAME
    asked = pack["effective_time"] <= end and pack["invalid_time"] >= begin and name == PACK_NAME
    data: Costs = {
        "code": 0,
        "msg": "SUCCEED",
        "resource_pack_subscribe_infos": [pack] if asked else [],
    }
    return success(request, data)


def _time(query: QueryParams, name: str) -> int:
    text = query.get(name, "")
    if not text:
        raise ParameterInvalid(f"{name}: must not be blank")
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text) <= _MAX_TIME):
        raise ParameterInvalid(invalid(name, text, "a time in milliseconds is expected"))
    return int(text)


def _pack(account: Account) -> Pack:
    total = UNLIMITED_UNITS if account.units_total is None else account.units_total
    return {
        "resource_pack_name": PACK_NAME,
        "resource_pack_id": str(account.id),
        "resource_pack_type": "decreasing_total",
        "total_quantity": total / 1000,
        "remaining_quantity": account.units_balance / 1000,
        "purchase_time": account.units_set_at,
        "effective_time": account.units_set_at,
        "invalid_time": _NEVER,
        "status": "online" if account.units_balance > 0 else "runOut",
    }


ROUTES = [
    Route("/account/costs", costs, methods=["GET"]),
]
