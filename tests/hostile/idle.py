"""Reads under load, with and without idle sockets beside them."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from bench.load import Server, load, raw_request
from tests.hostile.outcome import Outcome
from understudy.service.http.connections import raise_descriptor_limit
from understudy.testing import rehearsing

REQUESTS = 4000
CONNECTIONS = 16
LONGEST_MS = 100.0
ROUNDS = 3


def reads_beside_idle_sockets(folder: Path, *, sockets: int) -> list[Outcome]:
    """The 99th percentile of reads stays under 100 ms."""
    raise_descriptor_limit()
    outcome = Outcome(f"reads with and without {sockets} idle sockets")
    told = []
    with rehearsing(folder, rate_limit="", shutdown_seconds=0, log_level="warning") as server:
        key = server.credentials.api_key
        raw = raw_request("GET", "/v1/videos/motion-control", key)
        where = Server(server.url, server.process.pid)
        parts = urlsplit(server.url)
        for count in (0, sockets):
            with ExitStack() as stack:
                for _ in range(count):
                    address = (parts.hostname or "", parts.port or 0)
                    stack.enter_context(socket.create_connection(address))
                rounds = [
                    asyncio.run(load(where, raw, requests=REQUESTS, connections=CONNECTIONS))
                    for _ in range(ROUNDS)
                ]
            for each in rounds:
                outcome.count(None if each.p99 < LONGEST_MS else f"{each.p99:.0f} ms")
            worst = max(each.p99 for each in rounds)
            told.append(f"{count} sockets: p99 {worst:.0f} ms, {rounds[0].rate:.0f}/s")
    outcome.note = "; ".join(told)
    return [outcome]
