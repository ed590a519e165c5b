"""Takes on a Ray cluster of three simulated nodes, of which actors, nodes and the server are killed
at random moments:

    scripts/test-ray --kill 200 [--database URL] [--s3]

prints the figures of docs/scaling.md. Clients, takes and comparison are those of `killing`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from tests import web
from tests.ray_cluster import RayCluster, running_cluster
from tests.s3 import make_bucket, speaking_s3
from tests.service.far_side import far_side
from tests.service.killing import (
    PATH,
    Figures,
    column,
    free_port,
    look,
    upload,
    wait_for_the_end,
)
from understudy.tasks.db.database import Database
from understudy.tasks.db.schema import tasks
from understudy.tasks.files.storage import Storage
from understudy.testing import RehearsalServer
from understudy.testing.service import start

NAP_SECONDS = 1.0
"""Of the engine that does nothing."""
SLOTS = 6
_BETWEEN_KILLS = (1.0, 4.0)
_BETWEEN_CREATES = 0.5


@dataclass
class Struck(Figures):
    """What was killed, by kind, and how long it took from the first create to the last end."""

    struck: dict[str, int] = field(default_factory=lambda: {"actor": 0, "node": 0, "controller": 0})
    seconds: float = 0.0


@dataclass
class Deployment:
    """A server on the cluster, which comes back after it is killed."""

    cluster: RayCluster
    data: Path
    options: dict[str, Any]
    server: RehearsalServer

    def strike(self, chance: random.Random, struck: Struck) -> None:
        """Kill something: each kind once before one comes again."""
        least = min(struck.struck.values())
        kind = chance.choice([kind for kind, times in struck.struck.items() if times == least])
        getattr(self, f"_strike_{kind}")(chance)
        struck.struck[kind] += 1
        struck.kills += 1

    def _strike_actor(self, chance: random.Random) -> None:
        actors = sorted(_slot_processes())
        if actors:
            os.kill(chance.choice(actors), signal.SIGKILL)

    def _strike_node(self, chance: random.Random) -> None:
        node = chance.choice(sorted(self.cluster.made.worker_nodes, key=lambda each: each.node_id))
        self.cluster.made.remove_node(node, allow_graceful=False)
        self.cluster.add_node()

    def _strike_controller(self, chance: random.Random) -> None:
        self.server.kill()
        self.server = start(self.data, **self.options)


def kill_all_kinds(
    cluster: RayCluster,
    data: Path,
    media: tuple[bytes, bytes],
    *,
    takes: int,
    seed: int,
    **places: str,
) -> Struck:
    """Make takes while things are killed, wait for everything to end, and look whether all is well.

    takes: at least so many; more are made until each kind was killed. media: a picture and a clip.
    places: the settings of database and storage.
    """
    picture, clip = media
    chance, struck = random.Random(seed), Struck()
    os.environ["RAY_ADDRESS"] = cluster.address
    options: dict[str, Any] = {
        "port": free_port(),
        "executor": "ray",
        "ray_namespace": data.name,
        "slots": SLOTS,
        "max_attempts": 1000,
        "rate_limit": "",
        "concurrency_limit": 10_000,
        "engine_needs": {"puppet": {"cpus": 1, "memory_mb": 0}},
        "shutdown_seconds": 0,
        **places,
    }
    with far_side() as far:
        deployment = Deployment(cluster, data, options, start(data, **options))
        database = Database(places.get("database_url", f"sqlite:///{data / 'understudy.db'}"))
        began = time.monotonic()
        try:
            urls = upload(deployment.server, picture), upload(deployment.server, clip)
            accepted: set[str] = set()

            def enough() -> bool:
                return len(accepted) >= takes and min(struck.struck.values()) > 0

            with _creating(deployment, urls, f"{far.url}/cb", enough, accepted):
                while not enough() or _live(database):
                    time.sleep(chance.uniform(*_BETWEEN_KILLS))
                    database.write_now(_hurry)
                    deployment.strike(chance, struck)
            wait_for_the_end(database, struck)
        finally:
            struck.seconds = round(time.monotonic() - began, 1)
            deployment.server.kill()
        storage = Storage(places.get("storage_url", (data / "files").as_uri()))
        look(database, storage, data, accepted, far, struck, len(clip))
        database.close()
    return struck


@contextmanager
def _creating(
    deployment: Deployment,
    urls: tuple[str, str],
    callback: str,
    enough: Callable[[], bool],
    accepted: set[str],
) -> Iterator[None]:
    """Create takes in a thread until there are enough; their external ids come into `accepted`."""
    body = {
        "image_url": urls[0],
        "video_url": urls[1],
        "character_orientation": "video",
        "mode": "std",
        "prompt": f"nap {NAP_SECONDS}",
        "callback_url": callback,
    }
    stop = threading.Event()

    def create() -> None:
        while not stop.is_set() and not enough():
            mine = {**body, "external_task_id": f"task-{len(accepted)}"}
            if _created(deployment.server, mine):
                accepted.add(mine["external_task_id"])
            stop.wait(_BETWEEN_CREATES)

    thread = threading.Thread(target=create)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _created(server: RehearsalServer, body: dict[str, str]) -> bool:
    try:
        answer = web.post(f"{server.url}{PATH}", json=body, headers=server.headers, timeout=10)
    except httpx2.HTTPError:
        return False
    exists = f"External_task_id {body['external_task_id']} already exists"
    return answer.status_code == 200 or answer.json()["message"] == exists


def _live(database: Database) -> list[Any]:
    live = sa.select(tasks.c.id).where(tasks.c.status.in_(["submitted", "processing"]))
    return column(database, live)


def _hurry(connection: sa.Connection) -> None:
    """What waits to be tried again is due now."""
    connection.execute(tasks.update().where(tasks.c.status == "submitted").values(not_before=0))


def _slot_processes() -> list[int]:
    """The slots' processes, as they call themselves."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if words.startswith(b"ray::Slot"):
                found.append(int(folder.name))
    return found


def _main() -> None:
    import io

    from PIL import Image

    from tests.media.media_maker import write_clip

    parser = argparse.ArgumentParser()
    parser.add_argument("takes", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="an empty PostgreSQL database's URL [SQLite]")
    parser.add_argument("--s3", action="store_true", help="store in moto's S3 [files]")
    asked = parser.parse_args()
    file = io.BytesIO()
    Image.new("RGB", (300, 300)).save(file, "PNG")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clip = write_clip(folder / "clip.mp4", size=(340, 340), frames=15, fps=5)
        places = {} if asked.database is None else {"database_url": asked.database}
        if asked.s3:
            endpoint = stack.enter_context(speaking_s3())
            places["storage_url"] = f"s3://{make_bucket(endpoint)}/here"
        cluster = stack.enter_context(running_cluster())
        struck = kill_all_kinds(
            cluster,
            folder / "data",
            (file.getvalue(), clip.read_bytes()),
            takes=asked.takes,
            seed=asked.seed,
            **places,
        )
    print(json.dumps(struck.__dict__, indent=1))
    sys.exit(bool(struck.problems))


if __name__ == "__main__":
    _main()
