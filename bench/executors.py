"""`scripts/test-ray --bench`: what an executor adds to a take, and how takes per minute grow with
slots.

Takes are stand-ins that sleep (`understudy.testing.rehearsal`). The first table calls them
directly, in child processes of the server, and in slots of a Ray cluster on this machine, in turns;
the second runs whole servers. `resident` slots keep their child process between takes, on Ray
alone: locally one such process would serve all.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from bench.table import Cell, table
from tests.ray_cluster import running_cluster
from understudy import __version__
from understudy.engines import EngineNeeds
from understudy.take.options import TakeMedia, TakeRequest
from understudy.tasks.db.database import Database
from understudy.tasks.db.schema import tasks
from understudy.tasks.workers.executor import Executor, Job
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.messages import Done
from understudy.tasks.workers.questions import TakeArguments
from understudy.tasks.workers.ray.cluster import Cluster
from understudy.tasks.workers.ray.executor import RayExecutor
from understudy.tasks.workers.ray.orders import SlotSettings
from understudy.testing import rehearsal, rehearsing
from understudy.testing.service import REHEARSAL

PATH = "/v1/videos/motion-control"
ROUNDS = 15
NAP_SECONDS = 0.2
"""Of a take whose overhead is measured."""
LONG_NAP_SECONDS = 10.0
"""Of a take whose number per minute is counted; real ones take longer."""
_STARTING_SECONDS = 30.0
"""Of the takes before the clock runs: all slots must be there before the first one ends."""
TAKES_OF_A_SLOT = 3
SLOTS = (1, 2, 4, 8, 16)
CLIP_BYTES = 5 << 20

Row = dict[str, Cell]


async def overhead(address: str, folder: Path) -> list[Row]:
    """Milliseconds that a take lasts beyond its own sleep, the median of all rounds."""
    resident = {"sleeper": EngineNeeds(resident=True)}
    local = LocalExecutor(1, seconds=60, memory_mb=0, jobs=REHEARSAL)
    plain, warm = (
        _on_ray(address, name, needs) for name, needs in (("plain", {}), ("warm", resident))
    )
    for executor in (plain, warm):
        await executor.attached()
    ways: dict[str, Callable[[Job], Awaitable[None]]] = {
        "called directly": _directly,
        "local: a child process": lambda job: _run(local, job),
        "Ray: a slot, a child process": lambda job: _run(plain, job),
        "Ray: a resident slot": lambda job: _run(warm, job),
    }
    lasted: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for place, (name, way) in enumerate(ways.items()):
            job = _job(folder / f"{number}-{place}", 10 * number + place)
            began = time.perf_counter()
            await way(job)
            # The first round makes slots and fills caches.
            if number:
                lasted[name].append(time.perf_counter() - began - NAP_SECONDS)
    direct = statistics.median(lasted["called directly"])
    return [
        {
            "way": name,
            "median ms": 1000 * statistics.median(times),
            "added ms": 1000 * (statistics.median(times) - direct),
            "slowest ms": 1000 * max(times),
        }
        for name, times in lasted.items()
    ]


def _on_ray(address: str, namespace: str, needs: dict[str, EngineNeeds]) -> RayExecutor:
    async def needs_of(engine: str) -> EngineNeeds:
        return needs.get("sleeper", EngineNeeds())

    settings = SlotSettings(version=__version__, jobs=REHEARSAL, seconds=60, memory_mb=0)
    return RayExecutor(Cluster(address, namespace), needs_of, settings, slots=1)


def _job(folder: Path, number: int) -> Job:
    folder.mkdir()
    clip = folder / "clip"
    clip.write_bytes(os.urandom(CLIP_BYTES))
    given = TakeArguments(
        request=TakeRequest(prompt=f"nap {NAP_SECONDS}"),
        media=TakeMedia(clip=clip),
        workspace=folder,
    )
    return Job(
        task_id=number,
        attempt=1,
        function="take",
        arguments=given.to_json(),
        workspace=folder,
        inputs=(clip,),
    )


async def _directly(job: Job) -> None:
    rehearsal.take(dict(job.arguments), lambda *_: None)


async def _run(executor: Executor, job: Job) -> None:
    *_, last = [message async for message in executor.run(job)]
    assert isinstance(last, Done), last


def takes_per_minute(executor: str, slots: int, folder: Path) -> Row:
    """How many takes a server ends in a minute, and which share that is of what it could."""
    settings: dict[str, Any] = {
        "executor": executor,
        "ray_namespace": folder.name,
        "slots": slots,
        "engine_needs": {"puppet": {"cpus": 1, "memory_mb": 0, "resident": executor == "ray"}},
        "rate_limit": "",
        "concurrency_limit": 10_000,
        "shutdown_seconds": 0,
        "log_level": "warning",
    }
    count = slots * TAKES_OF_A_SLOT
    with rehearsing(folder, **settings) as server:
        http = httpx2.Client(
            base_url=server.url, headers=server.headers, timeout=60, trust_env=False
        )
        urls = [
            http.post("/v1/files", files={"file": path.read_bytes()}).json()["data"]["url"]
            for path in (Path("examples/photo.jpg"), Path("examples/dance.mp4"))
        ]
        body = {
            "image_url": urls[0],
            "video_url": urls[1],
            "character_orientation": "video",
            "mode": "std",
        }
        # Slots are made, and children started, before the clock runs.
        _end(
            http,
            [_create(http, {**body, "prompt": f"nap {_STARTING_SECONDS}"}) for _ in range(slots)],
        )
        made = [_create(http, {**body, "prompt": f"nap {LONG_NAP_SECONDS}"}) for _ in range(count)]
        _end(http, made)
    database = Database(f"sqlite:///{folder / 'understudy.db'}")
    query = sa.select(tasks.c.created_at, tasks.c.updated_at).where(tasks.c.id.in_(map(int, made)))
    rows = database.read_now(lambda connection: connection.execute(query).all())
    database.close()
    lasted = (max(row.updated_at for row in rows) - min(row.created_at for row in rows)) / 1000
    ideal = LONG_NAP_SECONDS * TAKES_OF_A_SLOT
    return {
        "executor": executor,
        "slots": slots,
        "takes": count,
        "a minute": 60 * count / lasted,
        "of ideal %": 100 * ideal / lasted,
    }


def _create(http: httpx2.Client, body: dict[str, str]) -> str:
    task: str = http.post(PATH, json=body).json()["data"]["task_id"]
    return task


def _end(http: httpx2.Client, made: list[str]) -> None:
    for task in made:
        while True:
            status = http.get(f"{PATH}/{task}").json()["data"]["task_status"]
            if status == "succeed":
                break
            assert status != "failed", task
            time.sleep(0.2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.executors", description=__doc__)
    parser.add_argument("--slots", type=int, nargs="*", default=SLOTS)
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}\n")
    with (
        running_cluster(nodes=2, cpus=max(2, *asked.slots, 2)) as cluster,
        tempfile.TemporaryDirectory() as temporary,
    ):
        folder = Path(temporary)
        os.environ["RAY_ADDRESS"] = cluster.address
        title = f"A take of {NAP_SECONDS} s with a clip of {CLIP_BYTES >> 20} MB"
        print(table(title, asyncio.run(overhead(cluster.address, folder))), flush=True)
        rows = [
            takes_per_minute(executor, slots, folder / f"{executor}-{slots}")
            for executor in ("ray", "local")
            for slots in asked.slots
        ]
        print(table(f"Takes of {LONG_NAP_SECONDS:g} s", rows))


if __name__ == "__main__":
    main()
