"""`/v1/account/callbacks`: listing callbacks with their attempts, and resending them."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.service.api.listing import read_page
from understudy.service.context import service_of
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import success
from understudy.service.http.fields import (
    REQUIRED_WEB_URL,
    EmptyIsAbsent,
    RequestBody,
    RequestFault,
    WebUrl,
    is_blank,
    read_body,
)
from understudy.service.http.json_bodies import read_object
from understudy.tasks.db.repository import callbacks
from understudy.tasks.ids import TASK_BITS, IdMaker, now_ms
from understudy.tasks.records import CallbackEvent
from understudy.tasks.webhooks.outbox import NOT_REACHABLE

PATH = "/v1/account/callbacks"
_MAX_ID_DIGITS = 18

_make_id = IdMaker(TASK_BITS)


class Try(TypedDict):
    """One attempt: its time (ms), the receiver's HTTP status or why there is none, its duration."""

    at: int
    http_status: int | None
    error: str | None
    milliseconds: int


class Event(TypedDict):
    """The callback for one change of status; next_try_at: null if it will not be retried."""

    id: str
    task_id: str
    url: str
    status: Literal["pending", "delivered", "abandoned"]
    task_status: str
    created_at: int
    next_try_at: int | None
    tries: list[Try]


class Test(RequestBody):
    """`POST /v1/account/callbacks/test`."""

    url: Annotated[WebUrl | None, EmptyIsAbsent, REQUIRED_WEB_URL] = None


async def page(request: Request) -> Response:
    """List callbacks with their attempts, newest first."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    wanted = read_page(request.query_params)
    found = await service.database.read(
        callbacks.of_account, caller.account_id, offset=wanted.offset, limit=wanted.limit
    )
    return success(request, [show(event) for event in found])


async def send_again(request: Request) -> Response:
    """Resend a callback now."""
    event_id = request.path_params["event_id"]
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    found = None
    if event_id.isascii() and event_id.isdecimal() and len(event_id) <= _MAX_ID_DIGITS:
        number = int(event_id)
        await service.database.write_shortly(
            callbacks.send_again, caller.account_id, number, now=now_ms()
        )
        found = await service.database.read(callbacks.find, caller.account_id, number)
    if found is None:
        raise ParameterInvalid(f"Callback not found by id: {event_id}")
    service.outbox.wake()
    return success(request, show(found))


async def test(request: Request) -> Response:
    """Send a signed test callback to a URL and return its response."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    body = await read_object(request)
    missing = [RequestFault(0, "url: must not be blank")] if is_blank(body.get("url")) else []
    read = read_body(Test, body, ranks={}, more=missing)
    assert read.url is not None
    now = now_ms()
    told = {
        "id": str(_make_id()),
        "status": "submitted",
        "outputs": [],
        "message": "",
        "create_time": now,
        "update_time": now,
    }
    tried = await service.outbox.call(
        caller.account_id, str(_make_id()), read.url, json.dumps(told)
    )
    reached = tried.http_status is not None
    # How long it took in vain would tell an open port from a closed one.
    data: Try = {
        "at": tried.at,
        "http_status": tried.http_status,
        "error": None if reached else NOT_REACHABLE,
        "milliseconds": tried.milliseconds if reached else 0,
    }
    return success(request, data)


def show(event: CallbackEvent) -> Event:
    """An event as a response."""
    return {
        "id": str(event.id),
        "task_id": str(event.subject),
        "url": event.url,
        "status": event.status,  # type: ignore[typeddict-item]
        "task_status": event.told,
        "created_at": event.created_at,
        "next_try_at": event.next_try_at if event.status == "pending" else None,
        "tries": [
            {
                "at": one.at,
                "http_status": one.http_status,
                "error": one.error,
                "milliseconds": one.milliseconds,
            }
            for one in event.log
        ],
    }


ROUTES = [
    Route(PATH, page, methods=["GET"]),
    Route(f"{PATH}/test", test, methods=["POST"]),
    Route(PATH + "/{event_id}/resend", send_again, methods=["POST"]),
]
