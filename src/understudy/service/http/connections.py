"""Connections within limits: how many an address may have, how long they may idle, and how large
the head of a request may be.

A proxy in front sets such limits too, but a server must also stand without one. They hold before
anybody has shown a key, so they are kept where the bytes arrive, below the application.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from understudy.service.http.contract_errors import (
    ContractError,
    MalformedRequest,
    MethodUnknown,
    TooManyRequests,
    Unavailable,
)
from understudy.service.http.envelope import JSON, encode

MAX_LINE_BYTES = 64 * 1024
"""Of a request's target: twenty external ids of 512 letters are 10 kB."""
MAX_HEADER_BYTES = 64 * 1024
"""Of all header fields together; a token takes 8 kB at most."""
MAX_HEADERS = 100
"""Header fields; clients and proxies send some twenty."""
HEAD_SECONDS = 20.0
"""Within which the head of a request has to arrive, from the connection's opening or its first
byte on."""
BODY_IDLE_SECONDS = 30.0
"""Without a byte for so long, a body counts as given up."""
READ_IDLE_SECONDS = 60.0
"""A client that takes nothing of its response for so long counts as gone."""
LOOK_SECONDS = 1.0
"""Between looks for what is overdue."""
_LINGER_SECONDS = 1.0
_LINGER_BYTES = 1024 * 1024
"""What arrives for so long after a refusal, or so much of it, is thrown away."""
MOST_DESCRIPTORS = 65_536
"""What the server asks the system for; sockets, files and children's pipes take one or two each."""
_RESERVED_DESCRIPTORS = 256
"""Of the process's, kept for the database, children and files."""
_PREFIX_BITS = 64
"""Of an IPv6 address, what one customer is given."""


class HeadTooLarge(Exception):  # noqa: N818 - a state
    """The head of a request is over a limit; the message says which."""


@dataclass(slots=True)
class Gate:
    """Counts open connections.

    per_address: how many an address may have. trusted: addresses and networks of proxies, separated
    by commas, that stand for many clients and may have any number; `*` for all.
    """

    per_address: int
    trusted: str
    _open: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str | None) -> ContractError | None:
        """Count a connection; the error to answer with when it is one too many."""
        self._open[_origin(address)] += 1
        if self._open.total() > _most_connections():
            return Unavailable("Too many connections")
        if self._open[_origin(address)] <= self.per_address or self._trusts(address):
            return None
        return TooManyRequests("Too many connections from this address")

    def leave(self, address: str | None) -> None:
        """Stop counting a connection."""
        origin = _origin(address)
        self._open[origin] -= 1
        if not self._open[origin]:
            del self._open[origin]

    def _trusts(self, address: str | None) -> bool:
        for part in self.trusted.split(","):
            if part.strip() == "*":
                return True
            with suppress(ValueError):
                if address and ip_address(address) in ip_network(part.strip()):
                    return True
        return False


class LimitedConnection(HttpToolsProtocol):
    """One connection; a subclass made by `limited` knows its server's gate."""

    gate: Gate

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opened_at = self._heard_at = self.loop.time()
        self._in_head = False
        self._begun = False
        self._unread_since: float | None = None
        self._unparsed = 0
        self._header_bytes = 0
        self._lingering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        error = self.gate.enter(self._address)
        if error is not None:
            self._refuse(error)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.gate.leave(self._address)
        if self._lingering is not None:
            self._lingering.cancel()

    def data_received(self, data: bytes) -> None:
        self._unparsed += len(data)
        if self._lingering is not None:
            if self._unparsed > _LINGER_BYTES:
                self.transport.close()
            return
        self._heard_at = self.loop.time()
        super().data_received(data)
        # What comes in without end, such as one header field, is held by the parser.
        if self._unparsed > MAX_LINE_BYTES + MAX_HEADER_BYTES and self._lingering is None:
            self._refuse(MalformedRequest("The request's head is too large"), status=431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = self._in_head = True
        self._opened_at = self.loop.time()
        self._header_bytes = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_LINE_BYTES:
            raise HeadTooLarge(f"The request line is too long; at most {MAX_LINE_BYTES} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MAX_HEADER_BYTES:
            raise HeadTooLarge(f"The header is too large; at most {MAX_HEADER_BYTES} bytes")
        if len(self.headers) > MAX_HEADERS:
            raise HeadTooLarge(f"The header has too many fields; at most {MAX_HEADERS}")

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._unparsed = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unparsed = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        self._unread_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._unread_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP; called while the parser's error is handled."""
        error = sys.exception()
        cause = None if error is None else error.__context__
        if isinstance(cause, HeadTooLarge):
            self._refuse(MalformedRequest(str(cause)), status=431)
        elif isinstance(error, httptools.HttpParserInvalidMethodError):
            self._refuse(MethodUnknown())
        else:
            self._refuse(MalformedRequest("The request is not valid HTTP"))

    def end_if_overdue(self, now: float) -> None:
        """Close the connection when its client has kept it waiting for too long."""
        if self._lingering is not None or self.transport.is_closing():
            return
        if self._unread_since is not None and now > self._unread_since + READ_IDLE_SECONDS:
            self.transport.abort()
        elif self._in_head or not self._begun:
            if now > self._opened_at + HEAD_SECONDS:
                self._refuse(MalformedRequest("The request took too long to arrive"), status=408)
        elif self._awaits_body and now > self._heard_at + BODY_IDLE_SECONDS:
            self.transport.abort()

    @property
    def _awaits_body(self) -> bool:
        """Whether the client has more to send, and nothing keeps it from sending."""
        cycle = self.cycle
        return cycle is not None and cycle.more_body and not self.flow.read_paused

    @property
    def _address(self) -> str | None:
        return self.client[0] if self.client else None

    def _refuse(self, error: ContractError, *, status: int | None = None) -> None:
        """Answer in the envelope and close. status: where HTTP has a better one."""
        status = status or error.status
        self.logger.debug("Connection refused: %s", error.message)
        request_id = str(uuid.uuid4())
        body = encode({"code": error.code, "message": error.message, "request_id": request_id})
        headers = {
            "content-type": JSON,
            "content-length": str(len(body)),
            "connection": "close",
            "x-request-id": request_id,
        }
        if error.retry_after is not None:
            headers["retry-after"] = str(error.retry_after)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(STATUS_LINE[status] + head.encode() + b"\r\n" + body)
        # Closed at once, what the client is still sending would wipe out the answer.
        self.transport.write_eof()
        self._lingering = self.loop.call_later(_LINGER_SECONDS, self.transport.close)


def limited(gate: Gate) -> type[LimitedConnection]:
    """The protocol of a server's connections."""
    return type("Connection", (LimitedConnection,), {"gate": gate})


async def end_overdue(connections: Iterable[object]) -> None:
    """Close what is overdue among a server's open connections, again and again."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = loop.time()
        for connection in list(connections):
            if isinstance(connection, LimitedConnection):
                connection.end_if_overdue(now)


def raise_descriptor_limit() -> None:
    """Let this process open as many files as the system lets it, up to MOST_DESCRIPTORS."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        # macOS refuses more than it has, whatever it says.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _most_connections() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_DESCRIPTORS
    return max(soft - _RESERVED_DESCRIPTORS, soft // 2)


def _origin(address: str | None) -> str:
    """What counts as one address: of IPv6 a whole network."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return address or ""
    if not isinstance(known, IPv6Address) or known.ipv4_mapped is not None:
        return str(known)
    return str(ip_network((int(known), _PREFIX_BITS), strict=False))
