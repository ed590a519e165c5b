"""Requests that are cut off or hold what no text may hold, and what the log shows of them."""

from __future__ import annotations

import gc
import json
import socket
import weakref
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route

from tests.service.conftest import PATH, Client
from tests.waiting import until
from understudy.service.http.contract_errors import ContractError, ParameterInvalid
from understudy.service.http.logs import escape_controls
from understudy.service.http.middleware import RequestMiddleware, let_through
from understudy.testing import RehearsalServer


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/account/keys/%00"),
        ("GET", f"{PATH}/a%00b"),
        ("GET", "/tasks?external_task_ids=%00"),
        ("POST", "/v1/account/callbacks/%00/resend"),
    ],
)
def test_a_nul_in_a_url_is_refused_before_any_database_sees_it(
    client: Client, method: str, path: str
) -> None:
    assert client.error(method, path) == (400, 1200, "The URL holds a NUL character")


def test_a_client_that_hangs_up_within_a_body_is_no_fault(
    client: Client, server: RehearsalServer
) -> None:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname or "", where.port or 0)) as gone:
        gone.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nX-Gone: 1\r\nContent-Length: 1000\r\n"
            f"Authorization: Bearer {client.credentials.api_key}\r\n\r\nhalf".encode()
        )
    (entry,) = logged(server, lambda entry: entry.get("status") == 499)
    assert entry["level"] == "info"
    told = logged(server, lambda each: each.get("request_id") == entry["request_id"])
    assert [each["event"] for each in told] == ["request"]
    line = f'understudy_http_requests_total{{method="POST",route="{PATH}",status="499"}} 1.0'
    assert line in client.ask("GET", "/metrics").text


def test_control_characters_are_written_out_for_terminals() -> None:
    assert escape_controls("/a\x1b[31m\x07\x9b\r\u202eb\tc\n") == (
        "/a\\x1b[31m\\x07\\x9b\\r\\u202eb\tc\n"
    )


def test_a_path_with_control_characters_stands_escaped_in_the_log(
    client: Client, server: RehearsalServer
) -> None:
    answer = client.ask("GET", "/none/%1b%5b31m%0a")
    wanted = answer.headers["x-request-id"]
    (entry,) = logged(server, lambda entry: entry.get("request_id") == wanted)
    assert entry["path"] == "/none/\\x1b[31m\n"


@pytest.mark.anyio
async def test_what_a_refused_request_held_is_free_at_once() -> None:
    held: list[weakref.ref[Any]] = []

    async def refuse(_request: Request) -> None:
        body = {"a picture"}
        held.append(weakref.ref(body))
        raise ParameterInvalid

    app = Starlette(
        routes=[Route("/", refuse)],
        middleware=[Middleware(RequestMiddleware, observe=lambda *_: None)],
        exception_handlers={ContractError: let_through},
    )
    transport = httpx2.ASGITransport(app)
    gc.disable()
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            assert (await http.get("/")).status_code == 400
        assert held[0]() is None
    finally:
        gc.enable()


def logged(server: RehearsalServer, fits: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """The lines of the log that fit, as soon as there are some."""

    def found() -> list[dict[str, Any]]:
        lines = (server.data / "server.log").read_text().splitlines()
        return [entry for entry in map(json.loads, lines) if fits(entry)]

    return until(found)
