"""Connections are held to their limits before anybody has shown a key."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from tests.waiting import PATIENCE_SECONDS
from understudy.service.http import connections
from understudy.service.http.connections import (
    BODY_IDLE_SECONDS,
    HEAD_SECONDS,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    READ_IDLE_SECONDS,
    Gate,
    LimitedConnection,
    limited,
    raise_descriptor_limit,
)

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


@dataclass
class Listener:
    """A server that answers with what it was sent, and its open connections."""

    port: int
    state: ServerState
    ends: AsyncExitStack

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.ends.callback(writer.close)
        return reader, writer

    async def send(self, data: bytes) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to some bytes, after which the server hangs up."""
        reader, writer = await self.connect()
        writer.write(data)
        return answer(await asyncio.wait_for(reader.read(), 20))

    def pass_time(self, seconds: float) -> None:
        """What would happen if so much time had passed."""
        now = asyncio.get_running_loop().time() + seconds
        for connection in list(self.state.connections):
            assert isinstance(connection, LimitedConnection)
            connection.end_if_overdue(now)


def answer(data: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@asynccontextmanager
async def listening(per_address: int = 100, trusted: str = "") -> AsyncIterator[Listener]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(b"x" * 20_000_000 if body == b"much" else body)(
            scope, receive, send
        )

    config = uvicorn.Config(
        app, http=limited(Gate(per_address, trusted)), ws="none", log_config=None, lifespan="off"
    )
    config.load()
    state = ServerState()

    def connection() -> asyncio.Protocol:
        return config.http_protocol_class(  # type: ignore[call-arg, return-value]
            config=config, server_state=state, app_state={}
        )

    async with AsyncExitStack() as ends:
        server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
        ends.callback(server.close)
        yield Listener(server.sockets[0].getsockname()[1], state, ends)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("request_bytes", "status", "words"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 431, "request line is too long"),
        (GET + b"X: " + b"a" * MAX_HEADER_BYTES + b"\r\n\r\n", 431, "header is too large"),
        (GET + b"X: a\r\n" * MAX_HEADERS + b"\r\n", 431, "too many fields"),
        (GET + b"X: " + b"a" * 300_000, 431, "too large"),
        (b"GET /" + b"a" * 300_000, 431, "too l"),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 404, "The method is not known here"),
        (b"GET / HTTQ/9\r\n\r\n", 400, "not valid HTTP"),
        (GET + b"Content-Length: many\r\n\r\n", 400, "not valid HTTP"),
    ],
)
async def test_what_is_no_request_or_too_large_a_one_gets_the_envelope(
    request_bytes: bytes, status: int, words: str
) -> None:
    async with listening() as listener:
        found, body = await listener.send(request_bytes)
    assert found == status
    assert set(body) == {"code", "message", "request_id"}
    assert words in body["message"]


@pytest.mark.anyio
async def test_a_head_of_usual_size_and_a_large_body_pass() -> None:
    async with listening() as listener:
        reader, writer = await listener.connect()
        fields = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 600) for n in range(MAX_HEADERS - 4))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields)
        writer.write(b"Content-Length: 1000000\r\n\r\n" + b"b" * 1_000_000)
        data = await asyncio.wait_for(reader.read(), 20)
    assert data.startswith(b"HTTP/1.1 200")
    assert data.endswith(b"b" * 1_000_000)


@pytest.mark.anyio
async def test_an_endless_trailer_is_cut_off() -> None:
    async with listening() as listener:
        found, _ = await listener.send(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "
            + b"a" * 300_000
        )
    assert found == 431


@pytest.mark.anyio
async def test_who_goes_on_sending_after_a_refusal_is_hung_up_on() -> None:
    async with listening() as listener:
        _, writer = await listener.connect()
        writer.write(GET + b"X: ")
        sent = 0
        with suppress(ConnectionError):
            while sent < 100:
                writer.write(b"a" * 1_000_000)
                await writer.drain()
                sent += 1
        assert sent < 100


@pytest.mark.anyio
@pytest.mark.parametrize("sent", [b"", b"GET / HT", GET])
async def test_who_does_not_finish_the_head_of_a_request_is_cut_off(sent: bytes) -> None:
    async with listening() as listener:
        reader, writer = await listener.connect()
        writer.write(sent)
        await until(lambda: len(listener.state.connections) == 1)
        if sent:
            await until(lambda: all(each._begun for each in listener.state.connections))  # type: ignore[union-attr]
        listener.pass_time(HEAD_SECONDS - 1)
        assert listener.state.connections
        listener.pass_time(HEAD_SECONDS + 1)
        assert answer(await reader.read())[0] == 408
        await until(lambda: not listener.state.connections)


@pytest.mark.anyio
async def test_who_stops_within_a_body_is_cut_off() -> None:
    async with listening() as listener:
        reader, writer = await listener.connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nfive!")
        await until(lambda: any(each.cycle for each in listener.state.connections))
        listener.pass_time(BODY_IDLE_SECONDS - 1)
        assert listener.state.connections
        listener.pass_time(BODY_IDLE_SECONDS + 1)
        assert await reader.read() == b""


@pytest.mark.anyio
async def test_who_does_not_read_the_answer_is_cut_off() -> None:
    async with listening() as listener:
        reader, writer = await listener.connect()
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nmuch")
        await until(lambda: any(each.flow.write_paused for each in listener.state.connections))
        listener.pass_time(READ_IDLE_SECONDS - 1)
        assert listener.state.connections
        listener.pass_time(READ_IDLE_SECONDS + 1)
        await until(lambda: not listener.state.connections)


@pytest.mark.anyio
async def test_an_idle_connection_that_was_answered_stays() -> None:
    async with listening() as listener:
        reader, writer = await listener.connect()
        for _ in range(2):
            writer.write(GET + b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            listener.pass_time(HEAD_SECONDS + BODY_IDLE_SECONDS + READ_IDLE_SECONDS)
        assert len(listener.state.connections) == 1


@pytest.mark.anyio
async def test_an_address_has_so_many_connections_and_no_more() -> None:
    async with listening(per_address=3) as listener:
        kept = [await listener.connect() for _ in range(3)]
        await until(lambda: len(listener.state.connections) == 3)
        reader, _ = await listener.connect()
        status, body = answer(await reader.read())
        assert (status, body["code"]) == (429, 1302)
        kept[0][1].close()
        await until(lambda: len(listener.state.connections) == 2)
        reader, writer = await listener.connect()
        writer.write(GET + b"\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")


@pytest.mark.anyio
@pytest.mark.parametrize("trusted", ["10.0.0.1, 127.0.0.1", "127.0.0.0/8", "*"])
async def test_a_proxy_may_have_any_number(trusted: str) -> None:
    async with listening(per_address=1, trusted=trusted) as listener:
        for _ in range(3):
            reader, writer = await listener.connect()
            writer.write(GET + b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")


def test_one_network_of_ipv6_counts_as_one_address() -> None:
    gate = Gate(1, "")
    assert gate.enter("2001:db8:1:2::1") is None
    refused = gate.enter("2001:db8:1:2::ffff")
    assert refused is not None
    assert refused.status == 429
    assert gate.enter("2001:db8:1:3::1") is None
    assert gate.enter("::ffff:192.0.2.1") is None
    assert gate.enter("::ffff:192.0.2.2") is None


def test_descriptors_are_kept_back_for_files() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (600, before[1]))
        gate = Gate(10**6, "*")
        errors = [gate.enter("192.0.2.1") for _ in range(345)]
        assert errors[343] is None
        assert errors[344] is not None
        assert errors[344].status == 503
        raise_descriptor_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(
            before[1], connections.MOST_DESCRIPTORS
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def until(check: Any) -> None:
    """Wait for something to be so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not check():
            await asyncio.sleep(0.005)
