"""Killing the server (SIGKILL) at random moments, over and over, while clients create tasks.

    python -m tests.service.killing 50

prints the figures of docs/reliability.md. A client creates as clients do: when the server does not
answer it asks again with the same external id, and takes "already exists" for a yes.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from tests import web
from tests.service.far_side import FarSide, far_side
from understudy.tasks.db.database import Database
from understudy.tasks.db.schema import accounts, callback_events, tasks
from understudy.tasks.files.storage import Storage
from understudy.testing import RehearsalServer
from understudy.testing.service import start

PATH = "/v1/videos/motion-control"
CLIENTS = 3
NAP = 0.4
PAUSE = 1.5
LONGEST_LIFE = 2.5
PROCESSES = Path("/proc")


@dataclass
class Figures:
    """What came of it. first_tellings: by task, the order in which its events came first."""

    kills: int = 0
    created: int = 0
    attempts: int = 0
    duplicated_calls: int = 0
    calls: int = 0
    events: int = 0
    longest_start: float = 0.0
    killed_while: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    problems: list[str] = field(default_factory=list)


class Clients:
    """Clients that create until told to stop; `accepted` are the external ids that were."""

    def __init__(
        self, server: RehearsalServer, media: list[tuple[str, str]], callback: str
    ) -> None:
        self.accepted: set[str] = set()
        self._url = server.url
        self._headers = server.headers
        bodies = [
            {
                "image_url": picture,
                "video_url": clip,
                "character_orientation": "video",
                "mode": "std",
                "prompt": f"nap {NAP}",
                "callback_url": callback,
            }
            for picture, clip in media
        ]
        self._names = itertools.count()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._create, args=(bodies[number % len(bodies)],))
            for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _create(self, body: dict[str, str]) -> None:
        with web.client(base_url=self._url, headers=self._headers) as http:
            while not self._stop.is_set():
                mine = {**body, "external_task_id": f"task-{next(self._names)}"}
                while not self._created(http, mine):
                    if self._stop.wait(0.05):
                        # Whether this one was stored nobody told the client: it may be either.
                        return
                self._stop.wait(PAUSE)

    def _created(self, http: httpx2.Client, body: dict[str, str]) -> bool:
        name = body["external_task_id"]
        try:
            answer = http.post(PATH, json=body, timeout=10)
        except httpx2.HTTPError:
            return False
        exists = answer.json()["message"] == f"External_task_id {name} already exists"
        if answer.status_code == 200 or exists:
            self.accepted.add(name)
            return True
        return False


def kill_over_and_over(kills: int, seed: int, picture: bytes, clip: bytes) -> Figures:
    """Do it, wait for everything to end, and look whether all is well."""
    chance = random.Random(seed)
    figures = Figures(kills=kills)
    with tempfile.TemporaryDirectory() as folder, far_side() as far:
        data = Path(folder)
        options: dict[str, Any] = {
            "port": free_port(),
            "slots": 2,
            "max_attempts": 1000,
            "rate_limit": "",
            "concurrency_limit": 10_000,
            "shutdown_seconds": 0,
            "callback_timeout_seconds": 5,
        }
        server = start(data, **options)
        fetched = far.put("picture.png", picture), far.put("clip.mp4", clip)
        uploaded = upload(server, picture), upload(server, clip)
        clients = Clients(server, [uploaded, fetched], f"{far.url}/cb")
        database = Database(f"sqlite:///{data / 'understudy.db'}")
        try:
            for _ in range(kills):
                time.sleep(chance.uniform(0.0, LONGEST_LIFE))
                server.kill()
                _count_states(database, figures)
                began = time.monotonic()
                server = start(data, **options)
                figures.longest_start = max(figures.longest_start, time.monotonic() - began)
            time.sleep(0.5)
            clients.stop()
            wait_for_the_end(database, figures)
        finally:
            clients.stop()
            server.kill()
        storage = Storage((data / "files").as_uri())
        look(database, storage, data, clients.accepted, far, figures, len(clip))
        database.close()
    return figures


def upload(server: RehearsalServer, content: bytes) -> str:
    """The URL of an uploaded file."""
    answer = web.post(
        f"{server.url}/v1/files",
        files={"file": content},
        headers=server.headers,
    )
    url: str = answer.json()["data"]["url"]
    return url


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _count_states(database: Database, figures: Figures) -> None:
    """What was going on when the server was killed."""
    statuses = set(column(database, sa.select(tasks.c.status)))
    for status in ("submitted", "processing"):
        figures.killed_while[status] += status in statuses
    pending = sa.select(callback_events.c.id).where(callback_events.c.status == "pending")
    figures.killed_while["calling back"] += bool(column(database, pending))


def wait_for_the_end(database: Database, figures: Figures) -> None:
    """Wait until no task is unfinished and no callback pending."""
    live = sa.select(tasks.c.id).where(tasks.c.status.in_(["submitted", "processing"]))
    pending = sa.select(callback_events.c.id).where(callback_events.c.status == "pending")
    deadline = time.monotonic() + 600
    while column(database, live) or column(database, pending):
        if time.monotonic() > deadline:
            figures.problems.append("not everything ended")
            return
        database.write_now(_hurry)
        time.sleep(0.2)


def _hurry(connection: sa.Connection) -> None:
    """What waits to be tried again is due now."""
    connection.execute(tasks.update().where(tasks.c.status == "submitted").values(not_before=0))
    pending = callback_events.c.status == "pending"
    connection.execute(callback_events.update().where(pending).values(next_try_at=0))


def look(
    database: Database,
    storage: Storage,
    data: Path,
    accepted: set[str],
    far: FarSide,
    figures: Figures,
    clip_bytes: int,
) -> None:
    """Compare rows, files and callbacks with what should have come of them."""
    problems = figures.problems
    rows = database.read_now(lambda connection: connection.execute(sa.select(tasks)).all())
    by_name = {row.external_id: row for row in rows}
    figures.created = len(rows)
    figures.attempts = sum(row.attempt for row in rows)
    problems += [f"{name} was accepted and is lost" for name in accepted - set(by_name)]
    for row in rows:
        if row.status != "succeeded":
            problems.append(f"{row.id} ended {row.status}: {row.message}")
            continue
        video = row.result["video"]
        if (
            not asyncio.run(storage.has(video))
            or len(asyncio.run(storage.read(video))) != clip_bytes
        ):
            problems.append(f"{row.id} has no whole video")
        if row.units_charged != 1500:
            problems.append(f"{row.id} cost {row.units_charged}")
    (account,) = database.read_now(lambda connection: connection.execute(sa.select(accounts)).all())
    if account.units_used != 1500 * len(rows):
        problems.append(f"{account.units_used} units used by {len(rows)} tasks")
    if account.active_tasks or account.units_reserved:
        problems.append(f"{account.active_tasks} places, {account.units_reserved} units held")
    _look_at_calls(database, far, figures)
    if any((data / "scratch" / "attempts").iterdir()):
        problems.append("files are left in the scratch folder")


async def _size(storage: Storage, key: str) -> int | None:
    return len(await storage.read(key)) if await storage.has(key) else None


def _look_at_calls(database: Database, far: FarSide, figures: Figures) -> None:
    events = database.read_now(
        lambda connection: connection.execute(
            sa.select(callback_events).order_by(callback_events.c.seq)
        ).all()
    )
    expected: dict[int, list[str]] = defaultdict(list)
    for event in events:
        expected[event.subject].append(str(event.id))
        if event.status != "delivered":
            figures.problems.append(f"event {event.id} is {event.status}")
    told: dict[int, list[str]] = defaultdict(list)
    while not far.callbacks.empty():
        call = far.callbacks.get()
        subject, event_id = int(json.loads(call.body)["task_id"]), call.headers["webhook-id"]
        figures.calls += 1
        if event_id in told[subject]:
            figures.duplicated_calls += 1
        else:
            told[subject].append(event_id)
    figures.events = len(events)
    figures.problems += [
        f"{subject} was told {told[subject]} in place of {ids}"
        for subject, ids in expected.items()
        if told[subject] != ids
    ]


def column(database: Database, query: sa.Select[Any]) -> list[Any]:
    """The values of a query's one column."""
    return list(database.read_now(lambda connection: connection.execute(query).scalars().all()))


def _main() -> None:
    import io

    from PIL import Image

    from tests.media.media_maker import write_clip

    file = io.BytesIO()
    Image.new("RGB", (300, 300)).save(file, "PNG")
    with tempfile.TemporaryDirectory() as folder:
        clip = write_clip(Path(folder) / "clip.mp4", size=(340, 340), frames=15, fps=5)
        figures = kill_over_and_over(
            int(sys.argv[1]), seed=1, picture=file.getvalue(), clip=clip.read_bytes()
        )
    print(json.dumps(figures.__dict__, indent=1))
    sys.exit(bool(figures.problems))


if __name__ == "__main__":
    _main()
