"""The local executor: a child process for every job, with limits on its memory and time.

Engines whose models take long to load share a child that keeps them: see `kept`. Children of the
built-in engine stay for the next job where there is room: see `kept_workers`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.tasks.workers.cancellation import CANCELLED
from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.kept import KeptChild, Loan
from understudy.tasks.workers.kept_workers import KeptWorkers
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused

JOBS = "understudy.tasks.workers.jobs"
IDLE_SECONDS = 600.0
"""Then models that no job uses are unloaded."""
STOP_SECONDS = 5.0
"""A job that is asked to stop, so that its process can stay, has this long."""

Outcome = Progressed | Done | Refused | Crashed
IsResident = Callable[[str], Awaitable[bool]]

_STOPPED = Crashed(reason=CANCELLED)


async def never_resident(engine: str) -> bool:
    """An `IsResident` by which no engine keeps its models."""
    return False


@dataclass(slots=True, eq=False)
class _Running:
    """A job: its child once it has one. loan: of a child that may stay, None of another.
    over: the job has ended. dropped: it was cancelled before it had a child."""

    child: WorkerProcess | None = None
    loan: Loan | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    dropped: bool = False


class LocalExecutor:
    """Runs jobs on this machine.

    jobs: the module that holds the jobs' functions. seconds: what a job may take.
    memory_mb: what each of its processes may reserve, 0 for no limit. is_resident: whether an
    engine's models are kept for the next job; may raise MachineFault. kept_workers: how many
    children of the built-in engine stay for the next job. idle_seconds: for how long either is.
    """

    def __init__(  # noqa: PLR0913 - independent keyword options
        self,
        slots: int,
        *,
        seconds: float,
        memory_mb: int,
        jobs: str = JOBS,
        is_resident: IsResident = never_resident,
        kept_workers: int = 0,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._slots = slots
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._jobs = jobs
        self._is_resident = is_resident
        self._kept = KeptChild(jobs, memory_mb=memory_mb, idle_seconds=idle_seconds)
        self._workers = KeptWorkers(
            kept_workers, jobs, memory_mb=memory_mb, idle_seconds=idle_seconds
        )
        self._keeps_workers = kept_workers > 0
        self._running: dict[str, _Running] = {}

    @property
    def capacity(self) -> int:
        """How many jobs may run at once."""
        return self._slots

    async def run(self, job: Job) -> AsyncGenerator[Outcome, None]:
        """Start a job in a child of its own, or in one that has loaded what it needs; progress,
        then how it ended."""
        running = self._running[job.name] = _Running()
        try:
            async with self._child_for(job, running) as child:
                if running.dropped:
                    yield _STOPPED
                    return
                told = {"stays": True} if self._is_for_workers(job) else {}
                messages = aiter(child.run(job.function, {**job.arguments, **told}))
                last: Outcome | None = None
                try:
                    async with aclosing(self._in_time(messages)) as outcomes:
                        async for last in outcomes:
                            yield child.with_last_words(last)
                finally:
                    if running.loan is not None:
                        if last is None or isinstance(last, Progressed):
                            last = await _stopped(child, messages)
                        running.loan.keeps = _leaves_process_whole(last)
        finally:
            del self._running[job.name]
            running.over.set()

    async def attached(self) -> frozenset[str]:
        """The names of the jobs that are running, or waiting for models."""
        return frozenset(self._running)

    async def cancel(self, name: str) -> None:
        """End the job of this name, if it is running; its `run` then tells of a crash."""
        running = self._running.get(name)
        if running is None:
            return
        running.dropped = True
        if running.child is None:
            return
        if running.loan is not None:
            running.child.ask_to_stop()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await running.over.wait()
            except TimeoutError:
                running.loan.keeps = False
            else:
                return
        await running.child.kill()

    async def close(self) -> None:
        """End every job, and unload what is kept."""
        children = [each.child for each in self._running.values() if each.child is not None]
        await asyncio.gather(*(child.kill() for child in children))
        await self._kept.close()
        await self._workers.close()

    @asynccontextmanager
    async def _child_for(self, job: Job, running: _Running) -> AsyncIterator[WorkerProcess]:
        """The job's child; it is gone afterwards, unless it may stay and is fit to."""
        lent = None
        if await self._is_resident(job.engine):
            lent = self._kept.lent(job.engine)
        elif self._is_for_workers(job):
            lent = self._workers.lent()
        if lent is not None:
            async with lent as loan:
                running.loan, running.child = loan, loan.child
                yield loan.child
            return
        child = running.child = await WorkerProcess.start(
            self._jobs, memory_mb=self._memory_mb, temporary=job.workspace
        )
        try:
            yield child
        finally:
            await child.kill()

    def _is_for_workers(self, job: Job) -> bool:
        return self._keeps_workers and job.engine == DEFAULT_ENGINE

    async def _in_time(self, messages: AsyncIterator[Outcome]) -> AsyncGenerator[Outcome, None]:
        """The messages of a job up to the last; one that takes too long counts as crashed."""
        deadline = asyncio.get_running_loop().time() + self._seconds
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    message = await anext(messages, None)
            except TimeoutError:
                message = Crashed(reason=f"it took longer than {self._seconds:g} s")
            if message is None:
                return
            yield message
            if not isinstance(message, Progressed):
                return


async def _stopped(child: WorkerProcess, messages: AsyncIterator[Outcome]) -> Outcome | None:
    """How a job ends that is asked to stop; None where it does not in time."""
    child.ask_to_stop()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            async for message in messages:
                if not isinstance(message, Progressed):
                    return message
    except TimeoutError:
        pass
    return None


def _leaves_process_whole(message: Outcome | None) -> bool:
    """Whether a job that ends so leaves its process fit for another."""
    return isinstance(message, Done | Refused) or message == _STOPPED
