"""An executor in memory: jobs are functions of the test, in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused

Message = Progressed | Done | Refused | Crashed
Script = Callable[[Job], AsyncIterator[Message]]
"""What a job says, one message after the other; it may leave files in the job's workspace."""


async def finished_take(job: Job) -> AsyncIterator[Message]:
    """The script of a take that succeeds at once."""
    yield Progressed(stage="render", fraction=0.5)
    (job.workspace / "video.mp4").write_bytes(b"a video")
    yield Done(value={"seconds": 3.0})


class MemoryExecutor:
    """Runs scripts.

    lasting: jobs go on when the iterator of `run` is closed, as actors elsewhere do, and are then
    found among `attached`.
    """

    def __init__(
        self, script: Script = finished_take, *, capacity: int = 2, lasting: bool = False
    ) -> None:
        self.script = script
        self.started: list[Job] = []
        self._capacity = capacity
        self._lasting = lasting
        self._running: dict[str, tuple[asyncio.Task[None], asyncio.Queue[Message]]] = {}

    @property
    def capacity(self) -> int:
        """How many jobs may run at once."""
        return self._capacity

    async def run(self, job: Job) -> AsyncGenerator[Message, None]:
        """Start a job, or take up the attached one of its name."""
        if job.name not in self._running:
            self.started.append(job)
            queue: asyncio.Queue[Message] = asyncio.Queue()
            self._running[job.name] = (asyncio.create_task(self._play(job, queue)), queue)
        _, queue = self._running[job.name]
        ended = False
        try:
            while not ended:
                message = await queue.get()
                ended = not isinstance(message, Progressed)
                yield message
        finally:
            if ended or not self._lasting:
                await self.cancel(job.name)

    async def attached(self) -> frozenset[str]:
        """The names of the jobs that it holds."""
        return frozenset(self._running)

    async def cancel(self, name: str) -> None:
        """End the job of this name, if it is held."""
        task, queue = self._running.pop(name, (None, None))
        if task is not None and queue is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            queue.put_nowait(Crashed(reason="cancelled"))

    async def close(self) -> None:
        """End every job."""
        for name in list(self._running):
            await self.cancel(name)

    async def _play(self, job: Job, queue: asyncio.Queue[Message]) -> None:
        try:
            async for message in self.script(job):
                queue.put_nowait(message)
        except Exception as error:
            queue.put_nowait(Crashed(reason=repr(error)))
