"""Workers that stay when their job is done, for the next job, with all that they have loaded.

A worker whose job crashed ends: what its process still holds is not known.
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
from understudy.tasks.workers.kept import Loan


@dataclass(slots=True, eq=False)
class _Worker:
    """folder: for its temporary files. retirement: ends it unless a job comes first."""

    child: WorkerProcess
    folder: Path
    retirement: asyncio.TimerHandle | None = None


class KeptWorkers:
    """Lends workers, each to one job at a time.

    most: how many stay when they come back. jobs: the module of the jobs' functions. memory_mb:
    what each of their processes may reserve, 0 for no limit. idle_seconds: after which one that no
    job used ends.
    """

    def __init__(self, most: int, jobs: str, *, memory_mb: int, idle_seconds: float) -> None:
        self._most = most
        self._jobs = jobs
        self._memory_mb = memory_mb
        self._idle_seconds = idle_seconds
        self._idle: list[_Worker] = []
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Loan]:
        """The worker that came back last, or a new one. Raises MachineFault."""
        worker = await self._taken()
        loan = Loan(worker.child)
        try:
            yield loan
        finally:
            if loan.keeps and worker.child.alive and len(self._idle) < self._most:
                loop = asyncio.get_running_loop()
                worker.retirement = loop.call_later(self._idle_seconds, self._retire, worker)
                self._idle.append(worker)
            else:
                await asyncio.shield(self._end(worker))

    async def close(self) -> None:
        """End those that are not lent."""
        while self._idle:
            self._end(self._idle.pop())
        await asyncio.gather(*self._ending)

    async def _taken(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.retirement is not None:
                worker.retirement.cancel()
            if worker.child.alive:
                return worker
            self._end(worker)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="understudy-worker-"))
        child = await WorkerProcess.start(self._jobs, memory_mb=self._memory_mb, temporary=folder)
        return _Worker(child, folder)

    def _retire(self, worker: _Worker) -> None:
        self._idle.remove(worker)
        self._end(worker)

    def _end(self, worker: _Worker) -> asyncio.Task[None]:
        if worker.retirement is not None:
            worker.retirement.cancel()
        task = asyncio.create_task(_ended(worker))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task


async def _ended(worker: _Worker) -> None:
    await worker.child.kill()
    await asyncio.to_thread(shutil.rmtree, worker.folder, ignore_errors=True)
