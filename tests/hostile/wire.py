"""Odd requests over bare sockets, and connections that are opened and left."""

from __future__ import annotations

import json
import random
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from tests.hostile.outcome import Outcome
from understudy.service.http.connections import HEAD_SECONDS
from understudy.testing import RehearsalServer, rehearsing

PATHS = (
    "/v1/videos/motion-control",
    "/tasks",
    "/v1/files",
    "/motion-control/kling-3.0",
    "/v1/account/keys",
    "/v1/media/results/1/1/x.mp4",
    "/readyz",
    "/docs",
)
METHODS = ("GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD", "PATCH", "TRACE", "BREW", "get")
PIECES = (
    b"\0", b"\xff", b"%00", b"%2e%2e/", b"../", b"//", b"?", b"#", b"'", b'"', b"\x1b[31m", b"\r",
    b"%ff%fe", b"%", b";", b"{", b"[]", b"\xf0\x9f\x92\xa9", b"a" * 9000,
)  # fmt: skip
ADDRESS_LIMIT = 300
PATIENCE_SECONDS = 10.0


def odd_requests(folder: Path, *, count: int) -> list[Outcome]:
    """Requests put together by chance: every one is answered in the envelope, or hung up on."""
    outcome = Outcome("odd requests")
    with rehearsing(folder, rate_limit="", shutdown_seconds=0) as server:
        for seed in range(count):
            outcome.count(_ask_oddly(server, random.Random(seed), seed))
        alive = httpx2.get(f"{server.url}/healthz", trust_env=False)
        outcome.count(None if alive.status_code == 200 else "the server is gone")
        log = (server.data / "server.log").read_text()
        faults = [line for line in log.splitlines() if '"event": "fault"' in line]
        outcome.count(faults[0][:300] if faults else None)
    return [outcome]


def _ask_oddly(server: RehearsalServer, chance: random.Random, seed: int) -> str | None:
    answer = _exchange(server, _odd_request(server, chance))
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        return None
    status = int(head.split()[1])
    if status >= 500 and status != 503:
        return f"request {seed}: {head[:80]!r} {body[:200]!r}"
    if status < 400 or b"application/json" not in head.lower() or not body:
        return None
    try:
        told = json.loads(body)
    except ValueError:
        return f"request {seed}: not JSON: {body[:100]!r}"
    return None if {"code", "message", "request_id"} <= set(told) else f"request {seed}: {told}"


def _odd_request(server: RehearsalServer, chance: random.Random) -> bytes:
    path = chance.choice(PATHS).encode()
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(path) + 1)
        path = path[:at] + chance.choice(PIECES) + path[at:]
    body = chance.choice(
        (b"", b"{}", b"[]", b"null", b'{"a":' * 5000, b"\xff\xfe{}", b'{"image_url": 1e999}', b"x")
    )
    fields = [
        b"Host: x",
        b"Content-Length: " + str(len(body) + chance.choice((0, 0, 0, 5))).encode(),
    ]
    if chance.random() < 0.7:
        fields.append(b"Authorization: Bearer " + server.credentials.api_key.encode())
    for _ in range(chance.randrange(4)):
        name = chance.choice((b"X", b"Content-Type", b"Range", b"Expect", b"Transfer-Encoding"))
        value = chance.choice(
            (b"chunked", b"bytes=-1", b"100-continue", b"multipart/form-data; boundary=", b"\x01")
        )
        fields.append(name + b": " + value + chance.choice(PIECES))
    method = chance.choice(METHODS).encode()
    return method + b" " + path + b" HTTP/1.1\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + body


def _exchange(server: RehearsalServer, request: bytes) -> bytes:
    """What comes back; the client then sends no more, so nothing waits for the rest of a body."""
    answer = b""
    with suppress(OSError), _connected(server) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(65536):
            answer += part
    return answer


def left_connections(folder: Path) -> list[Outcome]:
    """Connections that say nothing, half a head or half a body, and ever more of them."""
    half_open = Outcome("half-open connections cut off in time")
    crowd = Outcome("connections of one address beyond its limit")
    flood = Outcome("headers without end")
    with rehearsing(
        folder,
        rate_limit="",
        shutdown_seconds=0,
        trusted_proxies="",
        connections_per_address=ADDRESS_LIMIT,
    ) as server:
        for _ in range(20):
            flood.count(_flood(server))
        with ExitStack() as stack:
            silent = [stack.enter_context(_connected(server)) for _ in range(ADDRESS_LIMIT - 20)]
            for place, connection in enumerate(silent):
                connection.sendall(
                    (b"", b"GET / HTTP", b"GET / HTTP/1.1\r\nHost: x\r\nX: ")[place % 3]
                )
            began = time.monotonic()
            ready = httpx2.get(f"{server.url}/healthz", timeout=10, trust_env=False)
            crowd.count(None if ready.status_code == 200 else "no read beside them")
            more = [stack.enter_context(_connected(server)) for _ in range(100)]
            refused = sum(_is_refused(connection) for connection in more[-50:])
            for place in range(50):
                crowd.count(None if place < refused else "not refused")
            for connection in silent:
                half_open.count(_await_end(connection, began))
            half_open.note = f"after {time.monotonic() - began:.0f} s"
    return [half_open, crowd, flood]


def _flood(server: RehearsalServer) -> str | None:
    """Send a header field of 60 MB, until the server has had enough."""
    sent = 0
    with suppress(OSError), _connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        for _ in range(60):
            connection.sendall(b"a" * 1_000_000)
            sent += 1
    return None if sent < 20 else f"{sent} MB were taken"


def _is_refused(connection: socket.socket) -> bool:
    try:
        return connection.recv(100).startswith(b"HTTP/1.1 429")
    except OSError:
        return True


def _await_end(connection: socket.socket, began: float) -> str | None:
    connection.settimeout(max(0.1, HEAD_SECONDS + PATIENCE_SECONDS - (time.monotonic() - began)))
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return "still open"
    except OSError:
        pass
    return None


def _connected(server: RehearsalServer) -> socket.socket:
    parts = urlsplit(server.url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)
    connection.settimeout(10)
    return connection
