"""The executor that runs jobs in slots on a Ray cluster."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress

import structlog

from understudy.engines import EngineNeeds
from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.tasks.workers.executor import ExecutorAway, Job
from understudy.tasks.workers.messages import (
    Crashed,
    Done,
    PieceAsked,
    Progressed,
    Ready,
    Refused,
    parse,
)
from understudy.tasks.workers.ray.cluster import (
    Cluster,
    SlotFailed,
    SlotLost,
)
from understudy.tasks.workers.ray.orders import Order, SlotSettings
from understudy.tasks.workers.ray.slots import NoRoom, PooledSlot, SlotPool

MAX_RESULT_BYTES = 2 << 30
"""Of all files of a take together; far above any, so that a node cannot fill the server's disk."""
_CHUNK_BYTES = 16 << 20
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")

NeedsOf = Callable[[str], Awaitable[EngineNeeds]]
Message = Progressed | Done | Refused | Crashed

log = structlog.get_logger(__name__)


class RayExecutor:
    """Runs jobs on a cluster, which goes on with them while there is no controller.

    needs: those of an engine, by its name. slots: how many jobs may run at once; None for as many
    as the cluster has cores for, of jobs of the built-in engine. settings: of every slot, but for
    its needs. spread: over how many slots one long take may go while others are free.
    """

    def __init__(
        self,
        cluster: Cluster,
        needs: NeedsOf,
        settings: SlotSettings,
        *,
        slots: int | None = None,
        spread: int = 1,
    ) -> None:
        self._cluster = cluster
        self._needs = needs
        self._wanted = slots
        self._capacity = 0
        self._pool = SlotPool(cluster, settings)
        self._spread = spread
        self._helpers: dict[str, asyncio.Task[None]] = {}

    @property
    def capacity(self) -> int:
        """How many jobs may run at once; none before the cluster has been reached."""
        return self._capacity

    async def run(self, job: Job) -> AsyncGenerator[Message, None]:
        """Start a job, or take up the attached one of its name; progress, then how it ended."""
        slot = self._pool.holding(job.name)
        lost = False
        try:
            if slot is None:
                slot = await self._started(job)
            else:
                # Whoever helped was another controller's.
                await slot.handle.leave_pieces(job.name, None)
            async with aclosing(self._messages(slot, job.name)) as messages:
                async for message in messages:
                    if isinstance(message, Done):
                        await self._fetch_results(slot, job)
                    yield message
        except (NoRoom, ExecutorAway, SlotFailed, SlotLost) as error:
            lost = isinstance(error, SlotLost)
            yield await self._crash(error)
        finally:
            ending = asyncio.create_task(self._end(job.name, lost=lost))
            await asyncio.shield(ending)

    async def attached(self) -> frozenset[str]:
        """The names of the jobs that its slots hold. Raises ExecutorAway."""
        try:
            return await self._look()
        except ExecutorAway:
            # The next look connects anew; until then nothing can be started.
            self._capacity = 0
            await self._cluster.disconnect()
            raise

    async def _look(self) -> frozenset[str]:
        if await self._cluster.connect():
            self._pool.forget_all()
        if self._wanted is not None:
            self._capacity = self._wanted
        else:
            each = (await self._needs(DEFAULT_ENGINE)).cpus
            self._capacity = max(1, int(await self._cluster.cpus() // max(each, 1.0)))
        return await self._pool.look()

    async def cancel(self, name: str) -> None:
        """End the job of this name, if it is held."""
        await self._pool.let_go(name)

    async def _end(self, name: str, *, lost: bool) -> None:
        """Let go of a job's slot, and of those that help with it."""
        for helper in [each for each in self._helpers if Order.take_of(each) == name]:
            await self._end_helper(helper)
        await self._pool.let_go(name, lost=lost)

    async def close(self) -> None:
        """Leave the cluster: its slots go on, for the next controller."""
        await self._cluster.disconnect()

    async def _started(self, job: Job) -> PooledSlot:
        """A slot that runs the job."""
        needs = await self._needs(job.engine)
        shares = needs.spreads and self._spread > 1
        order = Order(
            name=job.name,
            function=job.function,
            engine=job.engine,
            arguments=job.arguments,
            workspace=str(job.workspace),
            inputs=tuple(map(str, job.inputs)),
            shares=shares,
        )
        contents = [await asyncio.to_thread(path.read_bytes) for path in job.inputs]
        # A take comes before help with another one.
        while self._helpers and self._pool.busy + len(self._helpers) >= self._capacity:
            await self._end_helper(next(reversed(self._helpers)))
        slot = await self._begun(order, needs, contents)
        if shares:
            for number in range(1, self._spread):
                if self._pool.busy + len(self._helpers) >= self._capacity:
                    break
                helper = order.helper(number, slot.handle.name)
                self._helpers[helper.name] = asyncio.create_task(
                    self._help(helper, needs, contents, slot)
                )
        return slot

    async def _begun(
        self, order: Order, needs: EngineNeeds, contents: Sequence[bytes]
    ) -> PooledSlot:
        """A slot that runs an order. Raises NoRoom, SlotLost, SlotFailed, ExecutorAway."""
        while True:
            slot = await self._pool.take(order.name, order.engine, needs, at_most=self._capacity)
            if await slot.handle.start(order, contents):
                return slot
            # Another controller has given it a job meanwhile.
            self._pool.forget(slot)

    async def _help(
        self, order: Order, needs: EngineNeeds, contents: Sequence[bytes], leader: PooledSlot
    ) -> None:
        """Have a slot help with a take until no piece of it is left; without it, it goes on."""
        try:
            slot = await self._begun(order, needs, contents)
            async with aclosing(self._messages(slot, order.name)) as messages:
                async for message in messages:
                    if isinstance(message, Crashed):
                        log.info("helper ended", job=order.name, reason=message.reason[-500:])
        except (NoRoom, ExecutorAway, SlotFailed, SlotLost) as error:
            log.info("helper lost", job=order.name, reason=str(error))
        finally:
            self._helpers.pop(order.name, None)
            await asyncio.shield(asyncio.create_task(self._helper_ended(order, leader)))

    async def _helper_ended(self, order: Order, leader: PooledSlot) -> None:
        with suppress(ExecutorAway, SlotFailed, SlotLost):
            await leader.handle.leave_pieces(order.take, order.name)
        await self._pool.let_go(order.name)

    async def _end_helper(self, name: str) -> None:
        helper = self._helpers.pop(name)
        helper.cancel()
        await asyncio.gather(helper, return_exceptions=True)

    async def _crash(self, error: NoRoom | ExecutorAway | SlotFailed | SlotLost) -> Crashed:
        """What an error means for a job: a fault of the job's where a slot alone was lost."""
        if isinstance(error, NoRoom):
            return Crashed(reason=str(error), machine=str(error))
        if isinstance(error, SlotFailed):
            return Crashed(reason=str(error), machine="a slot cannot be used")
        try:
            if isinstance(error, SlotLost):
                await self._cluster.slot_names()
                return Crashed(reason=f"the slot was lost: {error}")
        except ExecutorAway:
            pass
        return Crashed(reason=str(error), machine="the cluster does not respond")

    async def _messages(self, slot: PooledSlot, name: str) -> AsyncGenerator[Message, None]:
        """What a job says until it has ended; a connection that breaks is made anew."""
        loop = asyncio.get_running_loop()
        seen, heard = 0, loop.time()
        while True:
            try:
                async for count, lines in slot.handle.follow(name, seen):
                    seen, heard = count, loop.time()
                    for line in lines:
                        message = parse(line)
                        if isinstance(message, Ready | PieceAsked):
                            continue
                        yield message
                        if not isinstance(message, Progressed):
                            return
            except SlotLost:
                if loop.time() - heard >= self._cluster.patience:
                    raise
                log.info("slot unreachable", slot=slot.handle.name, job=name)

    async def _fetch_results(self, slot: PooledSlot, job: Job) -> None:
        """Write the files that the job made to its workspace."""
        sizes = await slot.handle.results(job.name)
        if sum(sizes.values()) > MAX_RESULT_BYTES:
            raise SlotLost("it made more than any take does")
        for name, size in sizes.items():
            if _FILE_NAME.fullmatch(name) is None:
                raise SlotLost("it made a file of a name that no take uses")
            await self._fetch(slot, job, name, size)

    async def _fetch(self, slot: PooledSlot, job: Job, name: str, size: int) -> None:
        path = job.workspace / name
        with await asyncio.to_thread(path.open, "wb") as file:
            for start in range(0, size, _CHUNK_BYTES):
                count = min(_CHUNK_BYTES, size - start)
                content = await slot.handle.result(job.name, name, start, count)
                if len(content) != count:
                    raise SlotLost("a file that it made is gone")
                await asyncio.to_thread(file.write, content)
