"""A fleet that runs nothing: an executor whose takes are waits, on nodes that can be lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused

Message = Progressed | Done | Refused | Crashed

GPUS_PER_NODE = 8
DETECTION_SECONDS = 25.0
"""After which a lost node's takes are given up: so long the Ray executor lets a slot be silent."""
VIDEO_SECONDS = 5.0


@dataclass(slots=True)
class Node:
    """A machine, and the takes on it, each by the future of how it ends."""

    region: int
    up: bool = True
    takes: set[asyncio.Future[Message]] = field(default_factory=set)

    @property
    def free(self) -> int:
        return GPUS_PER_NODE - len(self.takes) if self.up else 0


class SimulatedFleet:
    """Nodes in regions.

    run_seconds: the mean of a take's. progress_seconds: between what a take says.
    """

    def __init__(
        self,
        *,
        nodes: int,
        regions: int,
        run_seconds: float,
        progress_seconds: float,
        chance: random.Random,
    ) -> None:
        self.nodes = [Node(number % regions) for number in range(nodes)]
        self.runs = 0
        self._run_seconds = run_seconds
        self._progress_seconds = progress_seconds
        self._chance = chance
        self._held: set[str] = set()
        self._first = True

    @property
    def capacity(self) -> int:
        """Slots of the nodes that are up."""
        return GPUS_PER_NODE * sum(node.up for node in self.nodes)

    async def run(self, job: Job) -> AsyncGenerator[Message, None]:
        """Wait as long as a take lasts, or until its node is found to be lost."""
        node = self._place()
        loop = asyncio.get_running_loop()
        ends: asyncio.Future[Message] = loop.create_future()
        timer = loop.call_later(self._seconds(), _end, ends, Done(value={"seconds": VIDEO_SECONDS}))
        node.takes.add(ends)
        self._held.add(job.name)
        self.runs += 1
        try:
            step = 0
            while not ends.done():
                step += 1
                yield Progressed(stage="render", fraction=min(0.99, step / 100))
                await asyncio.wait((ends,), timeout=self._progress_seconds)
            message = ends.result()
            if isinstance(message, Done):
                (job.workspace / "video.mp4").write_bytes(b"a video")
            yield message
        finally:
            timer.cancel()
            node.takes.discard(ends)
            self._held.discard(job.name)

    async def attached(self) -> frozenset[str]:
        """The names of the jobs that it holds."""
        return frozenset(self._held)

    async def cancel(self, name: str) -> None:
        """End nothing: no take is cancelled here."""

    async def close(self) -> None:
        """End nothing: the simulation ends."""

    def settle(self) -> None:
        """From now on takes last as takes do; those before had begun earlier."""
        self._first = False

    def lose(self, nodes: list[Node]) -> None:
        """Lose nodes: their takes are given up when that is noticed."""
        loop = asyncio.get_running_loop()
        for node in nodes:
            node.up = False
            for ends in node.takes:
                loop.call_later(DETECTION_SECONDS, _end, ends, Crashed(reason="the node is gone"))

    def regain(self, nodes: list[Node]) -> None:
        """Have lost nodes again, empty."""
        for node in nodes:
            node.up = True

    def _place(self) -> Node:
        for _ in range(50):
            node = self._chance.choice(self.nodes)
            if node.free > 0:
                return node
        return max(self.nodes, key=lambda each: each.free)

    def _seconds(self) -> float:
        if self._first:
            return self._chance.uniform(0, 2 * self._run_seconds)
        return self._run_seconds * self._chance.uniform(0.5, 1.5)


def _end(ends: asyncio.Future[Message], message: Message) -> None:
    if not ends.done():
        ends.set_result(message)
