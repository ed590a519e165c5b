"""`python -m bench.service`: how the service bears load, beside a bare FastAPI echo.

The echo answers the same bodies in the same run, so that a ratio says what the service adds. Takes
are rehearsed; media are uploads. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from bench.table import table
from understudy.tasks.database import Database
from understudy.tasks.records import Request, Source
from understudy.tasks.repository import accounts
from understudy.tasks.repository.rows import pack
from understudy.tasks.schema import tasks
from understudy.testing import RehearsalServer, rehearsing

PATH = "/v1/videos/motion-control"
ROUNDS = 3
CONNECTIONS = 16
REQUESTS = 4000
MILLION = 1_000_000
_BATCH = 20_000

ECHO = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()

@app.post("/echo")
async def echo(body: dict): return body

@app.get("/echo")
async def record(): return RECORD

if __name__ == "__main__":
    import json
    RECORD = json.loads(sys.argv[2])
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of some requests: how many a second, and their times in milliseconds."""

    rate: float
    median: float
    p99: float


async def load(url: str, raw: bytes, *, requests: int, connections: int) -> Load:
    """Send one request over and over on some connections, each waiting for its answer."""
    times: list[float] = []
    parts = urlsplit(url)

    async def run(count: int) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for _ in range(count):
            began = time.perf_counter()
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            lines = head.lower().split(b"\r\n")
            (length,) = (line for line in lines if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            times.append((time.perf_counter() - began) * 1000)
        writer.close()
        await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(run(requests // connections) for _ in range(connections)))
    taken = time.perf_counter() - began
    times.sort()
    return Load(len(times) / taken, times[len(times) // 2], times[int(len(times) * 0.99)])


def raw_request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@contextmanager
def echoing(record: Any) -> Iterator[str]:
    """A bare FastAPI server that gives back what it is sent; its base URL."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", ECHO, str(port), json.dumps(record)])
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    import socket

    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def measure_requests(server: RehearsalServer) -> list[dict[str, Any]]:
    """Creates by upload and reads of a task, each beside the echo."""
    key = server.credentials.api_key
    body = _create_body(server)
    _block_the_slot(server, body)
    task = _create(server, body)
    record = _get(server, f"{PATH}/{task}")
    encoded = json.dumps(body).encode()
    rows = []
    with echoing(record) as echo:
        for name, path, ours, theirs in (
            (
                "create",
                server.url,
                raw_request("POST", PATH, key, encoded),
                raw_request("POST", "/echo", key, encoded),
            ),
            (
                "read one",
                server.url,
                raw_request("GET", f"{PATH}/{task}", key),
                raw_request("GET", "/echo", key),
            ),
        ):
            # In turns, so that what else the machine does falls on both.
            pairs = [
                tuple(
                    asyncio.run(load(url, raw, requests=REQUESTS, connections=CONNECTIONS))
                    for url, raw in ((path, ours), (echo, theirs))
                )
                for _ in range(ROUNDS)
            ]
            service, bare = max(pairs, key=lambda pair: pair[0].rate / pair[1].rate)
            rows.append(
                {
                    "requests": name,
                    "service /s": round(service.rate),
                    "echo /s": round(bare.rate),
                    "ratio": round(service.rate / bare.rate, 2),
                    "service p99": round(service.p99, 1),
                    "echo p99": round(bare.p99, 1),
                }
            )
    return rows


def measure_pages(data: Path) -> list[dict[str, Any]]:
    """The first and the thousandth page of 500 among a million tasks."""
    with rehearsing(data, rate_limit="", shutdown_seconds=0):
        pass
    _fill(Database(f"sqlite:///{data / 'understudy.db'}"))
    rows = []
    with rehearsing(data, rate_limit="", shutdown_seconds=0) as server:
        key = server.credentials.api_key
        for page in (1, 1000):
            raw = raw_request("GET", f"{PATH}?pageNum={page}&pageSize=500", key)
            asyncio.run(load(server.url, raw, requests=2, connections=1))
            found = asyncio.run(load(server.url, raw, requests=15, connections=1))
            rows.append({"page of 500": page, "median ms": round(found.median, 1)})
    return rows


def _fill(database: Database) -> None:
    account = database.read_now(accounts.every)[0]
    request = pack(
        Request(
            model="kling-v2-6",
            engine="puppet",
            orientation="video",
            mode="std",
            clip=Source(url="https://example.com/dance.mp4", max_bytes=1),
            picture=Source(key="inputs/1/picture", max_bytes=1),
        )
    )
    began = int(time.time() * 1000) - MILLION
    for first in range(0, MILLION, _BATCH):
        rows = [
            {
                "id": (began + number) << 18,
                "account_id": account.id,
                "design": "legacy",
                "request": request,
                "status": "succeeded",
                "message": "",
                "stage": "finish",
                "percent": 100,
                "attempt": 1,
                "failures": 0,
                "revision": 2,
                "not_before": 0,
                "units_reserved": 0,
                "units_charged": 4500,
                "result": {"video_id": "v", "duration_ms": 9066, "video": "results/1/1/v.mp4"},
                "created_at": began + number,
                "updated_at": began + number,
                "finished_at": began + number,
            }
            for number in range(first, first + _BATCH)
        ]
        database.write_now(partial(_insert, rows))
    database.close()


def _insert(rows: list[dict[str, Any]], connection: sa.Connection) -> None:
    connection.execute(tasks.insert(), rows)


def _create_body(server: RehearsalServer) -> dict[str, Any]:
    import io

    import httpx2
    from PIL import Image

    from bench.takes import sample_pairs

    file = io.BytesIO()
    Image.new("RGB", (300, 300)).save(file, "PNG")
    clip = sample_pairs()[0].clip.read_bytes()
    urls = []
    for data in (file.getvalue(), clip):
        answer = httpx2.post(
            f"{server.url}/v1/files",
            files={"file": ("file", data)},
            headers=server.headers,
            trust_env=False,
            timeout=60,
        )
        urls.append(answer.json()["data"]["url"])
    return {
        "model_name": "kling-v2-6",
        "image_url": urls[0],
        "video_url": urls[1],
        "character_orientation": "video",
        "mode": "std",
    }


def _block_the_slot(server: RehearsalServer, body: dict[str, Any]) -> None:
    """One take that never ends, so that the tasks created wait and no child runs beside."""
    _create(server, {**body, "prompt": "hang"})


def _create(server: RehearsalServer, body: dict[str, Any]) -> str:
    import httpx2

    answer = httpx2.post(server.url + PATH, json=body, headers=server.headers, trust_env=False)
    task_id: str = answer.json()["data"]["task_id"]
    return task_id


def _get(server: RehearsalServer, path: str) -> Any:
    import httpx2

    return httpx2.get(server.url + path, headers=server.headers, trust_env=False).json()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.service")
    parser.add_argument("--no-pages", action="store_true", help="leave the million tasks out")
    arguments = parser.parse_args()
    options: dict[str, Any] = {
        "rate_limit": "",
        "concurrency_limit": 10**9,
        "shutdown_seconds": 0,
        "slots": 1,
        "log_level": "warning",
    }
    with tempfile.TemporaryDirectory() as folder:
        with rehearsing(Path(folder) / "requests", **options) as server:
            print(table("Requests", measure_requests(server)))
        if not arguments.no_pages:
            print(table("Lists", measure_pages(Path(folder) / "pages")))


if __name__ == "__main__":
    main()
