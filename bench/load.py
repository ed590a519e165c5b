"""Load on a server: the same request over and over, and a bare FastAPI to compare with."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ECHO = """
import json, sys, uvicorn
from fastapi import FastAPI
app = FastAPI()

@app.post("/echo")
async def echo(body: dict): return body

@app.get("/echo")
async def record(): return RECORD

if __name__ == "__main__":
    RECORD = json.loads(sys.argv[2])
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server under load: its base URL and its process."""

    url: str
    pid: int

    @property
    def cpu_seconds(self) -> float:
        """What its process has computed so far, its children apart."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of some requests.

    rate: a second. median, p99: milliseconds. cpu_ms: of the server, for each.
    """

    rate: float
    median: float
    p99: float
    cpu_ms: float

    @classmethod
    def of(cls, times: Sequence[float], *, taken: float, cpu_seconds: float) -> Load:
        """times: milliseconds, of each request. taken: seconds, of all."""
        ordered = sorted(times)
        count = len(ordered)
        return cls(
            rate=count / taken,
            median=ordered[count // 2],
            p99=ordered[int(count * 0.99)],
            cpu_ms=cpu_seconds * 1000 / count,
        )


async def load(server: Server, raw: bytes, *, requests: int, connections: int) -> Load:
    """Send one request over and over on some connections, each waiting for its answer."""
    times: list[float] = []

    async def run(count: int) -> None:
        async with _connected(server.url) as ask:
            times.extend([await ask(raw) for _ in range(count)])

    began, cpu = time.perf_counter(), server.cpu_seconds
    await asyncio.gather(*(run(requests // connections) for _ in range(connections)))
    taken = time.perf_counter() - began
    return Load.of(times, taken=taken, cpu_seconds=server.cpu_seconds - cpu)


async def poll(
    server: Server, raws: Sequence[bytes], *, pause: float, until: Callable[[], bool]
) -> Load:
    """One client for each request, which sends it every `pause` seconds until told to stop."""
    times: list[float] = []
    chance = random.Random(1)

    async def run(raw: bytes, first: float) -> None:
        async with _connected(server.url) as ask:
            await asyncio.sleep(first)
            while not until():
                taken = await ask(raw)
                times.append(taken)
                await asyncio.sleep(max(0.0, pause - taken / 1000))

    began, cpu = time.perf_counter(), server.cpu_seconds
    await asyncio.gather(*(run(raw, chance.uniform(0, pause)) for raw in raws))
    taken = time.perf_counter() - began
    return Load.of(times, taken=taken, cpu_seconds=server.cpu_seconds - cpu)


class _connected:  # noqa: N801 - read as a function
    """A kept connection: a function that sends a request and gives the milliseconds it took."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._where = (parts.hostname, parts.port)

    async def __aenter__(self) -> Any:
        self._reader, self._writer = await asyncio.open_connection(*self._where)
        return self._ask

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def _ask(self, raw: bytes) -> float:
        began = time.perf_counter()
        self._writer.write(raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        lines = head.lower().split(b"\r\n")
        (length,) = (line for line in lines if line.startswith(b"content-length:"))
        await self._reader.readexactly(int(length.split(b":")[1]))
        return (time.perf_counter() - began) * 1000


def raw_request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@contextmanager
def echoing(record: Any) -> Iterator[Server]:
    """A bare FastAPI server: POST /echo gives back what it is sent, GET /echo the record."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", ECHO, str(port), json.dumps(record)])
    try:
        while not _listens(port):
            time.sleep(0.05)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
