"""Opening pictures and clips outside the server's own process.

Children are kept running while they are needed. A file that hangs or kills one costs that child,
and the next file gets a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError

from understudy.errors import MachineFault
from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.local import JOBS
from understudy.tasks.workers.messages import Crashed, Done, Refused, as_refusal
from understudy.tasks.workers.questions import Question
from understudy.tasks.workers.turns import Turns

IDLE_SECONDS = 120.0
"""Then an idle child ends: starting one takes about a second, keeping it 100 MB."""
SERVER = 0
"""Whose files are the server's own: no account has this id."""

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class ProbeFailed(Exception):  # noqa: N818 - a state
    """A file could not be checked: the child died, or sent no valid answer."""


class ProbeTimedOut(ProbeFailed):
    """Checking a file took too long."""


class Prober:
    """Asks child processes questions, as many at a time as there may be children.

    children: how many there may be; each starts when it is first needed. jobs: the module that
    holds the jobs' functions. memory_mb: what a child may reserve.
    """

    def __init__(
        self, temporary: Path, *, memory_mb: int, children: int = 1, jobs: str = JOBS
    ) -> None:
        self._temporary = temporary
        self._memory_mb = memory_mb
        self._jobs = jobs
        self._turns = Turns(children)
        self._idle: list[tuple[WorkerProcess, asyncio.TimerHandle]] = []
        self._ending: set[asyncio.Task[None]] = set()

    async def ask(
        self, question: Question[Answer], *, seconds: float, account: int = SERVER
    ) -> Answer:
        """Ask a question and return its answer.

        seconds: what the job may take, waiting for a child not counted. account: whose file it is;
        accounts take turns.

        Raises InputRefused as the job did, ProbeTimedOut, ProbeFailed and MachineFault. A caller
        that is cancelled ends it.
        """
        async with self._turns.turn(account):
            try:
                async with asyncio.timeout(seconds):
                    value = await self._ask(question.job, question.arguments)
            except TimeoutError as error:
                raise ProbeTimedOut(f"{question.job} took longer than {seconds:g} s") from error
        try:
            kind: Any = question.answer
            answer: Answer = _adapter(kind).validate_python(value)
        except ValidationError as error:
            raise ProbeFailed(f"the child's answer to {question.job} is not valid") from error
        return answer

    async def close(self) -> None:
        """End the children."""
        for child, retirement in self._idle:
            retirement.cancel()
            self._end(child)
        self._idle.clear()
        await asyncio.gather(*self._ending)

    async def _ask(self, job: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        child = await self._take_child()
        answered = False
        try:
            async for message in child.run(job, arguments):
                if isinstance(message, Done):
                    answered = True
                    return message.value
                if isinstance(message, Refused):
                    answered = True
                    raise as_refusal(message)
                if isinstance(message, Crashed):
                    log.warning("probe crashed", job=job, reason=message.reason)
                    if message.machine is not None:
                        raise MachineFault(message.machine)
                    raise ProbeFailed("the file could not be checked")
            raise ProbeFailed("the child sent no response")
        finally:
            if answered:
                self._keep(child)
            else:
                await asyncio.shield(self._end(child))

    async def _take_child(self) -> WorkerProcess:
        while self._idle:
            child, retirement = self._idle.pop()
            retirement.cancel()
            if child.alive:
                return child
            self._end(child)
        return await WorkerProcess.start(
            self._jobs, memory_mb=self._memory_mb, temporary=self._temporary
        )

    def _keep(self, child: WorkerProcess) -> None:
        loop = asyncio.get_running_loop()
        self._idle.append((child, loop.call_later(IDLE_SECONDS, self._retire, child)))

    def _retire(self, child: WorkerProcess) -> None:
        self._idle = [(each, retirement) for each, retirement in self._idle if each is not child]
        self._end(child)

    def _end(self, child: WorkerProcess) -> asyncio.Task[None]:
        task = asyncio.create_task(child.kill())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task


@lru_cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
