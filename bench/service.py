"""`python -m bench.service`: how the service bears load.

Requests are compared with a bare FastAPI echo of the same body, in turns in the same run, so that
a ratio says what the service adds; `cpu` is what a server computed for each request, which other
work on the machine changes less. Media are uploads. Times are milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa
from PIL import Image

from bench.load import Load, Server, echoing, load, poll, raw_request
from bench.table import table
from bench.takes import Pair, sample_pairs
from understudy.cache import FOLDER_VARIABLE
from understudy.cores import usable_cores
from understudy.take.options import TakeRequest
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts
from understudy.tasks.db.repository.rows import pack
from understudy.tasks.db.schema import tasks
from understudy.tasks.records import Source, TaskRequest
from understudy.tasks.workers.local import JOBS
from understudy.testing import RehearsalServer, rehearsing

PATH = "/v1/videos/motion-control"
TABLES = ("requests", "pages", "polls")
ROUNDS = 5
CONNECTIONS = 16
REQUESTS = 2000
MILLION = 1_000_000
_BATCH = 20_000
POLLERS = 200
POLL_SECONDS = 1.0

Row = dict[str, Any]


def measure_requests(folder: Path) -> list[Row]:
    """Creates by upload and reads of a task, each beside the echo; the median round counts."""
    options: dict[str, Any] = {
        "rate_limit": "",
        "concurrency_limit": 10**9,
        "shutdown_seconds": 0,
        "slots": 1,
        "log_level": "warning",
    }
    rows = []
    with rehearsing(folder, **options) as server:
        key = server.credentials.api_key
        body = _create_body(server, _small_picture(), sample_pairs()[0].clip.read_bytes())
        # One take that never ends, so that the tasks created wait and no child runs beside.
        _create(server, {**body, "prompt": "hang"})
        task = _create(server, body)
        encoded = json.dumps(body).encode()
        kinds = (
            ("create", ("POST", PATH, encoded), ("POST", "/echo", encoded)),
            ("read one", ("GET", f"{PATH}/{task}", b""), ("GET", "/echo", b"")),
        )
        with echoing(_get(server, f"{PATH}/{task}")) as echo:
            ours = Server(server.url, server.process.pid)
            for name, asked, echoed in kinds:
                # In turns, so that what else the machine does falls on both.
                pairs = [
                    tuple(
                        _load(where, raw_request(method, path, key, sent))
                        for where, (method, path, sent) in ((ours, asked), (echo, echoed))
                    )
                    for _ in range(ROUNDS)
                ]
                rows.append(_compared(name, pairs))
    return rows


def _load(where: Server, raw: bytes) -> Load:
    return asyncio.run(load(where, raw, requests=REQUESTS, connections=CONNECTIONS))


def _compared(name: str, pairs: list[tuple[Load, ...]]) -> Row:
    ordered = sorted(pairs, key=lambda pair: pair[0].rate / pair[1].rate)
    service, bare = ordered[len(ordered) // 2]
    return {
        "requests": name,
        "service /s": round(service.rate),
        "echo /s": round(bare.rate),
        "ratio": service.rate / bare.rate,
        "service p99": service.p99,
        "echo p99": bare.p99,
        "service cpu": statistics.median(pair[0].cpu_ms for pair in pairs),
        "echo cpu": statistics.median(pair[1].cpu_ms for pair in pairs),
    }


def measure_pages(folder: Path) -> list[Row]:
    """The first and the thousandth page of 500 among a million tasks, in turns."""
    with rehearsing(folder, rate_limit="", shutdown_seconds=0):
        pass
    _fill(Database(f"sqlite:///{folder / 'understudy.db'}"))
    medians: dict[int, list[float]] = {1: [], 1000: []}
    with rehearsing(folder, rate_limit="", shutdown_seconds=0) as server:
        where = Server(server.url, server.process.pid)
        for _ in range(ROUNDS):
            for page, found in medians.items():
                path = f"{PATH}?pageNum={page}&pageSize=500"
                raw = raw_request("GET", path, server.credentials.api_key)
                asyncio.run(load(where, raw, requests=1, connections=1))
                found.append(asyncio.run(load(where, raw, requests=7, connections=1)).median)
    first = statistics.median(medians[1])
    return [
        {
            "page of 500": str(page),
            "median": statistics.median(found),
            "of page 1": statistics.median(found) / first,
        }
        for page, found in medians.items()
    ]


def _fill(database: Database) -> None:
    account = database.read_now(accounts.every)[0]
    request = pack(
        TaskRequest(
            take=TakeRequest(),
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


def _insert(rows: list[Row], connection: sa.Connection) -> None:
    connection.execute(tasks.insert(), rows)


def measure_polls(folder: Path) -> list[Row]:
    """Two real takes at once: alone, under the eyes of 200 clients, and alone again."""
    pairs = sample_pairs()[:2]
    runs: list[tuple[int, float, Load | None]] = []
    for place, pollers in enumerate((0, POLLERS, 0)):
        with _empty_cache(folder / f"cache-{place}"):
            runs.append((pollers, *_take_while_polled(folder / str(place), pairs, pollers)))
    alone = statistics.mean(seconds for pollers, seconds, _ in runs if not pollers)
    return [
        {
            "clients": str(pollers),
            "polls /s": polled and polled.rate,
            "median": polled and polled.median,
            "p99": polled and polled.p99,
            "cpu": polled and polled.cpu_ms,
            "takes s": seconds,
            "of alone": seconds / alone,
        }
        for pollers, seconds, polled in runs
    ]


def _take_while_polled(data: Path, pairs: list[Pair], pollers: int) -> tuple[float, Load | None]:
    """Seconds until both takes were done, from the first one's start; and how polls went."""
    with rehearsing(data, jobs=JOBS, slots=2, rate_limit="", shutdown_seconds=0) as server:
        bodies = [
            _create_body(server, pair.picture.read_bytes(), pair.clip.read_bytes())
            for pair in pairs
        ]
        began = time.perf_counter()
        made = [_create(server, body) for body in bodies]
        ended: list[float] = []

        def wait() -> None:
            for task in made:
                while (record := _record(server, task))["task_status"] != "succeed":
                    if record["task_status"] == "failed":
                        raise RuntimeError(record["task_status_msg"])
                    time.sleep(0.25)
            ended.append(time.perf_counter() - began)

        waiting = threading.Thread(target=wait)
        waiting.start()
        polled = None
        if pollers:
            key = server.credentials.api_key
            raws = [
                raw_request("GET", f"{PATH}/{made[number % len(made)]}", key)
                for number in range(pollers)
            ]
            where = Server(server.url, server.process.pid)
            polled = asyncio.run(
                poll(where, raws, pause=POLL_SECONDS, until=lambda: not waiting.is_alive())
            )
        waiting.join()
    return ended[0], polled


@contextmanager
def _empty_cache(folder: Path) -> Iterator[None]:
    """What takes remember goes to an empty folder, so that each does all of its work."""
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[FOLDER_VARIABLE]
        if before is not None:
            os.environ[FOLDER_VARIABLE] = before


def _small_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 300)).save(file, "PNG")
    return file.getvalue()


def _create_body(server: RehearsalServer, picture: bytes, clip: bytes) -> Row:
    image_url, video_url = (
        httpx2.post(
            f"{server.url}/v1/files",
            files={"file": ("file", data)},
            headers=server.headers,
            trust_env=False,
            timeout=60,
        ).json()["data"]["url"]
        for data in (picture, clip)
    )
    return {
        "model_name": "kling-v2-6",
        "image_url": image_url,
        "video_url": video_url,
        "character_orientation": "video",
        "mode": "std",
    }


def _create(server: RehearsalServer, body: Row) -> str:
    answer = httpx2.post(server.url + PATH, json=body, headers=server.headers, trust_env=False)
    task_id: str = answer.json()["data"]["task_id"]
    return task_id


def _record(server: RehearsalServer, task: str) -> Any:
    return _get(server, f"{PATH}/{task}")["data"]


def _get(server: RehearsalServer, path: str) -> Any:
    return httpx2.get(server.url + path, headers=server.headers, trust_env=False, timeout=30).json()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.service", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}")
    wanted = parser.parse_args().tables or TABLES
    for unknown in set(wanted) - set(TABLES):
        parser.error(f"there is no table {unknown!r}; there are {', '.join(TABLES)}")
    print(f"{usable_cores()} cores, load {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, title, measure in (
            ("requests", "Requests", measure_requests),
            ("pages", "Lists among a million tasks", measure_pages),
            ("polls", "Two takes at once, and clients that poll them", measure_polls),
        ):
            if name in wanted:
                print(table(title, measure(Path(folder) / name)), flush=True)


if __name__ == "__main__":
    main()
