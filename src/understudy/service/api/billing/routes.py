"""`/account/billing/…`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.service.api import billing
from understudy.service.context import service_of
from understudy.service.http.envelope import success
from understudy.service.http.json_bodies import read_object
from understudy.tasks.db.repository import deductions
from understudy.tasks.records import Deduction

PATH = "/account/billing"


async def package(request: Request) -> Response:
    """List what tasks cost in units, newest first."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=False)
    package_id = str(caller.account_id)
    wanted = billing.read_package_query(await read_object(request), package_id)
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
    data: billing.UnitPage = {
        "result": {
            "detail": [billing.record(each, package_id) for each in shown],
            "count": len(shown),
        },
        "next_cursor": wanted.cursor_after(shown[-1].task_id) if more else "",
        "has_more": more,
    }
    return success(request, data)


async def balance(request: Request) -> Response:
    """List what tasks cost in money, which is nothing."""
    service = service_of(request)
    await service.authenticator.caller(request, jwt_allowed=False)
    billing.read_balance_query(await read_object(request))
    data: billing.CashPage = {
        "result": {"detail": [], "count": 0},
        "next_cursor": "",
        "has_more": False,
    }
    return success(request, data)


ROUTES = [
    Route(f"{PATH}/package", package, methods=["POST"]),
    Route(f"{PATH}/balance", balance, methods=["POST"]),
]
