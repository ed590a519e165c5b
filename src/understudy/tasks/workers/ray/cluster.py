"""The Ray cluster, seen from the server. Nothing else imports Ray."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from understudy.engines import EngineNeeds
from understudy.tasks.workers.executor import ExecutorAway
from understudy.tasks.workers.ray.orders import Order, SlotSettings, SlotState
from understudy.tasks.workers.ray.slot import Slot

SILENT_SECONDS = 25.0
"""Then a slot counts as dead: a running job gives a sign of life every five seconds, and every
question is answered at once. Its node is frozen or cut off."""
_START_SECONDS = 300.0
"""For sending a job's inputs and writing them on the node."""
_SLOT = "slot-"
_CALLS_AT_ONCE = 100
_MIB = 1 << 20
_SHOWN_CHARACTERS = 2000


class SlotLost(Exception):  # noqa: N818 - a state
    """A slot's actor has died, or does not answer."""


class SlotFailed(Exception):  # noqa: N818 - a state
    """A slot's actor could not be made, or a call to it raised."""


class SlotHandle:
    """One slot's actor. Every call raises SlotLost, SlotFailed and ExecutorAway."""

    def __init__(self, name: str, actor: Any, *, streams: bool, patience: float) -> None:
        self.name = name
        self._actor = actor
        self._streams = streams
        self._patience = patience

    async def state(self, seconds: float | None = None) -> SlotState:
        """How it is. seconds: what it may take to answer, more than usual while it has no node."""
        return SlotState.from_json(await self._ask("state", seconds=seconds))

    async def version(self) -> str:
        """The version of understudy on its node."""
        found: str = await self._ask("version")
        return found

    async def start(self, order: Order, contents: Sequence[bytes]) -> bool:
        """Start a job; False while it holds another. contents: of the job's inputs."""
        import ray

        references = [await asyncio.to_thread(ray.put, content) for content in contents]
        started: bool = await self._ask(
            "start", order.to_json(), *references, seconds=_START_SECONDS
        )
        return started

    async def follow(self, name: str, seen: int) -> AsyncIterator[tuple[int, list[bytes]]]:
        """The lines of a job after the first `seen`, with how many there were, until it has ended.

        An empty list is a sign of life.
        """
        if not self._streams:
            while True:
                seen, lines = await self._ask("news", name, seen)
                yield seen, lines
        stream = await asyncio.to_thread(
            self._actor.follow.options(num_returns="streaming").remote, name, seen
        )
        while True:
            with _raising_ours():
                async with asyncio.timeout(self._patience):
                    reference = await anext(stream, None)
                    if reference is None:
                        return
                    told = await reference
            yield told

    async def results(self, name: str) -> dict[str, int]:
        """The files that a job made: bytes by name."""
        made: dict[str, int] = await self._ask("results", name)
        return made

    async def result(self, name: str, file: str, start: int, count: int) -> bytes:
        """A part of one of them, in bytes."""
        content: bytes = await self._ask("result", name, file, start, count)
        return content

    async def leave_pieces(self, name: str, worker: str | None) -> None:
        """Have a take's pieces given up that an ended helper claimed and did not bring. worker:
        None for every helper."""
        await self._ask("leave_pieces", name, worker)

    async def cancel(self, name: str) -> None:
        """End a job."""
        await self._ask("cancel", name)

    async def release(self, name: str) -> None:
        """Have a job forgotten and its files deleted."""
        await self._ask("release", name)

    async def kill(self) -> None:
        """End the actor for good, with whatever it runs."""
        import ray

        with _raising_ours():
            await asyncio.to_thread(ray.kill, self._actor, no_restart=True)

    async def _ask(self, method: str, *arguments: Any, seconds: float | None = None) -> Any:
        with _raising_ours():
            async with asyncio.timeout(seconds or self._patience):
                call = getattr(self._actor, method).remote
                return await (await asyncio.to_thread(call, *arguments))


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster. address: its IP address. resources: by name, such as `CPU`."""

    id: str
    address: str
    resources: dict[str, float]


class Cluster:
    """A connection to a Ray cluster.

    address: `auto` for the one that this machine belongs to, `ray://HOST:PORT` of a Ray Client
    server, or `HOST:PORT` of the cluster's head, which this machine then must have joined.
    namespace: of the slots; deployments that share a cluster need one each. patience: seconds of
    silence after which a slot counts as dead.
    """

    def __init__(self, address: str, namespace: str, *, patience: float = SILENT_SECONDS) -> None:
        self.patience = patience
        self._address = address
        self._namespace = namespace
        self._connected_here = False

    async def connect(self) -> bool:
        """Connect, unless that is done; whether it was done now. Raises ExecutorAway."""
        return await asyncio.to_thread(self.connect_now)

    def connect_now(self) -> bool:
        """As `connect`, in this thread."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        if ray.is_initialized():
            return False
        with _raising_ours():
            ray.init(
                address=self._address,
                namespace=self._namespace,
                log_to_driver=False,
                configure_logging=False,
                logging_level=logging.ERROR,
            )
        self._connected_here = True
        return True

    async def disconnect(self) -> None:
        """Leave the cluster; slots go on."""
        import ray

        if self._connected_here:
            self._connected_here = False
            await asyncio.to_thread(ray.shutdown)

    async def slot_names(self) -> frozenset[str]:
        """The names of the slots that there are. Raises ExecutorAway."""
        import ray

        with _raising_ours():
            found = await asyncio.to_thread(ray.util.list_named_actors, all_namespaces=True)
        return frozenset(
            each["name"]
            for each in found
            if each["namespace"] == self._namespace and each["name"].startswith(_SLOT)
        )

    async def slot(self, name: str) -> SlotHandle:
        """The slot of this name. Raises SlotLost where there is none."""
        import ray

        with _raising_ours():
            actor = await asyncio.to_thread(ray.get_actor, name, namespace=self._namespace)
        return self._handle(name, actor)

    async def new_slot(self, unique: str, settings: SlotSettings) -> SlotHandle:
        """Make a slot; Ray finds it a node that has what it needs, now or later."""
        import ray

        name = f"{_SLOT}{unique}"
        with _raising_ours():
            options = ray.remote(Slot).options(
                name=name,
                namespace=self._namespace,
                lifetime="detached",
                # The slot is started anew elsewhere; a job is tried again by its row alone.
                max_restarts=-1,
                max_task_retries=0,
                max_concurrency=_CALLS_AT_ONCE,
                **_resources(settings.needs),
            )
            settings = replace(settings, namespace=self._namespace)
            actor = await asyncio.to_thread(options.remote, settings.to_json())
        return self._handle(name, actor)

    async def cpus(self) -> float:
        """The cores of all nodes together. Raises ExecutorAway."""
        import ray

        with _raising_ours():
            resources = await asyncio.to_thread(ray.cluster_resources)
        return float(resources.get("CPU", 0.0))

    def nodes(self) -> list[Node]:
        """The machines that are alive. Raises ExecutorAway."""
        import ray

        with _raising_ours():
            return [
                Node(each["NodeID"], each["NodeManagerAddress"], each["Resources"])
                for each in ray.nodes()
                if each["Alive"]
            ]

    def on_node(self, node: Node, function: Any, seconds: float) -> Any:
        """What a function without arguments returns on a machine. Raises SlotLost, SlotFailed."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node.id, soft=False)
        with _raising_ours():
            task = ray.remote(function).options(
                num_cpus=0, scheduling_strategy=there, max_retries=0
            )
            return ray.get(task.remote(), timeout=seconds)

    def _handle(self, name: str, actor: Any) -> SlotHandle:
        return SlotHandle(name, actor, streams=self._streams, patience=self.patience)

    @property
    def _streams(self) -> bool:
        """Ray Client passes no streams on."""
        return not self._address.startswith("ray://")


def slot_actor(name: str, namespace: str) -> Any:
    """The actor of another slot. Raises ValueError."""
    import ray

    return ray.get_actor(name, namespace=namespace)


def end_this_actor() -> None:
    """End the actor that this process is, for good."""
    import ray

    ray.kill(ray.get_runtime_context().current_actor, no_restart=True)


def _resources(needs: EngineNeeds) -> dict[str, Any]:
    """What an actor asks for, in Ray's words."""
    asked: dict[str, Any] = {"num_cpus": needs.cpus, "num_gpus": needs.gpus}
    if needs.memory_mb:
        asked["memory"] = needs.memory_mb * _MIB
    if needs.accelerator:
        asked["accelerator_type"] = needs.accelerator
    return asked


@contextmanager
def _raising_ours() -> Iterator[None]:
    """Raise this module's exceptions in place of Ray's."""
    try:
        yield
    except Exception as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def _ours(error: Exception) -> Exception | None:
    from ray import exceptions

    words = (str(error) or type(error).__name__)[-_SHOWN_CHARACTERS:]
    if isinstance(error, exceptions.RayTaskError):
        return SlotFailed(words)
    if isinstance(error, exceptions.ActorDiedError) and "creation task" in words:
        return SlotFailed(words)
    # Where there is no actor of a name, Ray raises ValueError.
    if isinstance(error, TimeoutError | exceptions.RayError | ValueError):
        return SlotLost(words)
    if isinstance(error, ConnectionError | RuntimeError | OSError):
        return ExecutorAway(words)
    return None
