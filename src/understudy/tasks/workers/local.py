"""The local executor: a child process for every job, with limits on its memory and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused

JOBS = "understudy.tasks.workers.jobs"


class LocalExecutor:
    """Runs jobs on this machine.

    jobs: the module that holds the jobs' functions. seconds: what a job may take.
    memory_mb: what each of its processes may reserve, 0 for no limit.
    """

    def __init__(self, slots: int, *, seconds: float, memory_mb: int, jobs: str = JOBS) -> None:
        self._slots = slots
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._jobs = jobs
        self._children: dict[str, WorkerProcess] = {}

    @property
    def capacity(self) -> int:
        """How many jobs may run at once."""
        return self._slots

    async def run(self, job: Job) -> AsyncGenerator[Progressed | Done | Refused | Crashed, None]:
        """Start a job in a child of its own; progress, then how it ended."""
        child = await WorkerProcess.start(
            self._jobs, memory_mb=self._memory_mb, temporary=job.workspace
        )
        self._children[job.name] = child
        try:
            messages = aiter(child.run(job.function, job.arguments))
            loop = asyncio.get_running_loop()
            deadline = loop.time() + self._seconds
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        message = await anext(messages, None)
                except TimeoutError:
                    message = Crashed(reason=f"it took longer than {self._seconds:g} s")
                if message is None:
                    return
                yield child.with_last_words(message)
                if not isinstance(message, Progressed):
                    return
        finally:
            self._children.pop(job.name, None)
            await child.kill()

    async def attached(self) -> frozenset[str]:
        """The names of the jobs that are running."""
        return frozenset(self._children)

    async def cancel(self, name: str) -> None:
        """End the job of this name, if it is running; its `run` then tells of a crash."""
        child = self._children.get(name)
        if child is not None:
            await child.kill()

    async def close(self) -> None:
        """End every job."""
        await asyncio.gather(*(child.kill() for child in list(self._children.values())))
