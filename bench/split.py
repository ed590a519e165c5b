"""`scripts/test-ray --bench-split`: a long take in one slot of one core, and spread over two.

Each of the two nodes is kept to a core of its own and has a cache of its own; nothing is remembered
from one take to the next. The sample dance is played there and back to 29.5 s.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.table import Cell, table
from tests.ray_cluster import end_slots
from understudy import __version__
from understudy.engines import EngineNeeds
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import VideoWriter
from understudy.take.options import TakeMedia, TakeRequest
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.local import JOBS
from understudy.tasks.workers.messages import Done, Progressed
from understudy.tasks.workers.questions import TakeArguments
from understudy.tasks.workers.ray.cluster import Cluster
from understudy.tasks.workers.ray.executor import RayExecutor
from understudy.tasks.workers.ray.orders import SlotSettings

PICTURE, CLIP = Path("examples/photo.jpg"), Path("examples/dance.mp4")
SECONDS = 29.5
MOST_SECONDS = 600
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """A take's seconds, its files' digests by name, and how many nodes looked at the clip."""

    seconds: float
    digests: dict[str, str]
    nodes: int


def write_long_clip(path: Path, seconds: float) -> None:
    """Write the sample, played there and back."""
    source = open_clip(CLIP, orientation="video")
    frames = [frame.rgb for frame in read_frames(source)]
    cycle = [*frames, *frames[-2:0:-1]]
    with VideoWriter(path, source.size, source.fps) as writer:
        for index in range(round(seconds * source.fps)):
            writer.write_rgb(np.ascontiguousarray(cycle[index % len(cycle)]))


@contextmanager
def two_machines(folder: Path) -> Iterator[tuple[str, list[Any]]]:
    """A cluster of two nodes of one core each; its address, and the nodes."""
    import ray
    from ray.cluster_utils import Cluster as SimulatedCluster

    cores = sorted(os.sched_getaffinity(0))[:WORKERS]
    made = SimulatedCluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "include_dashboard": False},
    )
    try:
        nodes = []
        for place, core in enumerate(cores):
            variables = {"UNDERSTUDY_CACHE_DIR": str(folder / f"cache-{place}")}
            # Whatever a node starts inherits the core.
            os.sched_setaffinity(0, {core})
            nodes.append(made.add_node(num_cpus=1, env_vars=variables))
        os.sched_setaffinity(0, cores)
        yield made.address, nodes
    finally:
        if ray.is_initialized():
            ray.shutdown()
        made.shutdown()


async def measure(address: str, clip: Path, folder: Path, spread: int) -> Measured:
    """Make the take over so many slots."""

    async def needs(engine: str) -> EngineNeeds:
        return EngineNeeds(cpus=1.0, spreads=True)

    settings = SlotSettings(version=__version__, jobs=JOBS, seconds=7200, memory_mb=0)
    executor = RayExecutor(
        Cluster(address, folder.name), needs, settings, slots=spread, spread=spread
    )
    await executor.attached()
    folder.mkdir()
    # The same picture and clip, of which no cache knows.
    media = TakeMedia(
        picture=folder / "picture.jpg", clip=folder / "clip.mp4", clip_max_seconds=MOST_SECONDS
    )
    for source, path in ((PICTURE, media.picture), (clip, media.clip)):
        assert isinstance(path, Path)
        path.write_bytes(source.read_bytes() + b"\0\0\0\x18free" + os.urandom(16))
    given = TakeArguments(request=TakeRequest(), media=media, workspace=folder)
    job = Job(
        task_id=spread,
        attempt=1,
        function="take",
        arguments=given.to_json(),
        workspace=folder,
        inputs=media.paths,
    )
    began = time.monotonic()
    async for message in executor.run(job):
        if not isinstance(message, Progressed):
            assert isinstance(message, Done), message
    seconds = time.monotonic() - began
    # Other namespaces' slots would keep the cores.
    end_slots(folder.name)
    names = ("video.mp4", "cover.jpg", "performance.npz")
    caches = list(folder.parent.glob("cache-*"))
    nodes = sum(any(cache.rglob("scene-*")) for cache in caches)
    for cache in caches:
        shutil.rmtree(cache)
    return Measured(
        seconds,
        {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names},
        nodes,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.split", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clip = folder / "long.mp4"
        write_long_clip(clip, asked.seconds)
        with two_machines(folder) as (address, _):
            rows: list[dict[str, Cell]] = []
            for number in range(asked.rounds):
                alone, shared = (
                    asyncio.run(measure(address, clip, folder / f"{number}-{spread}", spread))
                    for spread in (1, WORKERS)
                )
                assert (alone.nodes, shared.nodes) == (1, WORKERS)
                rows.append(
                    {
                        "round": str(number + 1),
                        "one slot s": alone.seconds,
                        "two slots s": shared.seconds,
                        "ratio": shared.seconds / alone.seconds,
                        "same bytes": "yes" if alone.digests == shared.digests else "NO",
                        "load": os.getloadavg()[0],
                    }
                )
                print(rows[-1], flush=True)
    print(table(f"A take of {asked.seconds:g} s", rows))


if __name__ == "__main__":
    main()
