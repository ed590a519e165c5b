"""The child that keeps an engine's models loaded from one job to the next.

A machine has room for one engine's models, so there is one such child. Its jobs wait for one
another, a job of another engine ends it first, and it ends by itself once it was idle for a while.
A job that crashes ends it as well: what its process still holds is not known.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from understudy.tasks.workers.child import WorkerProcess


@dataclass(slots=True)
class Loan:
    """The child for one job. keeps: it is fit for the next one, as the borrower finds."""

    child: WorkerProcess
    keeps: bool = False


@dataclass(slots=True, eq=False)
class _Held:
    """engine: whose models it has. folder: for its temporary files."""

    engine: str
    child: WorkerProcess
    folder: Path
    retirement: asyncio.TimerHandle | None = None


class KeptChild:
    """Lends the child to one job at a time.

    jobs: the module of the jobs' functions. memory_mb: what it may reserve, 0 for no limit.
    idle_seconds: after which it ends.
    """

    def __init__(self, jobs: str, *, memory_mb: int, idle_seconds: float) -> None:
        self._jobs = jobs
        self._memory_mb = memory_mb
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._held: _Held | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lent(self, engine: str) -> AsyncIterator[Loan]:
        """The child with that engine's models, once it is free. Raises MachineFault."""
        async with self._turn:
            held = await self._with_models_of(engine)
            loan = Loan(held.child)
            try:
                yield loan
            finally:
                if loan.keeps and held.child.alive:
                    loop = asyncio.get_running_loop()
                    held.retirement = loop.call_later(self._idle_seconds, self._end)
                else:
                    await asyncio.shield(self._end())

    async def close(self) -> None:
        """End the child."""
        self._end()
        await asyncio.gather(*self._ending)

    async def _with_models_of(self, engine: str) -> _Held:
        held = self._held
        if held is not None and held.retirement is not None:
            held.retirement.cancel()
        if held is None or held.engine != engine or not held.child.alive:
            # What was held makes room before the next one loads.
            await self._end()
            folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="understudy-models-"))
            child = await WorkerProcess.start(
                self._jobs, memory_mb=self._memory_mb, temporary=folder
            )
            held = self._held = _Held(engine, child, folder)
        return held

    def _end(self) -> asyncio.Task[None]:
        held, self._held = self._held, None
        task = asyncio.create_task(_ended(held))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task


async def _ended(held: _Held | None) -> None:
    if held is None:
        return
    if held.retirement is not None:
        held.retirement.cancel()
    await held.child.kill()
    await asyncio.to_thread(shutil.rmtree, held.folder, ignore_errors=True)
