"""Opening pictures and clips outside the server's own process.

One child is kept running while it is needed. A file that hangs or kills it costs that child, and
the next file gets a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError

from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.local import JOBS
from understudy.tasks.workers.messages import Crashed, Done, Refused, as_refusal
from understudy.tasks.workers.questions import Question

IDLE_SECONDS = 120.0
"""Then an idle child ends: starting one takes about a second, keeping it 100 MB."""

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class ProbeFailed(Exception):  # noqa: N818 - a state
    """A file could not be checked: the child died, or sent no valid answer."""


class ProbeTimedOut(ProbeFailed):
    """Checking a file took too long."""


class Prober:
    """Asks a child process questions, one at a time.

    jobs: the module that holds the jobs' functions. memory_mb: what the child may reserve.
    """

    def __init__(self, temporary: Path, *, memory_mb: int, jobs: str = JOBS) -> None:
        self._temporary = temporary
        self._memory_mb = memory_mb
        self._jobs = jobs
        self._turn = asyncio.Lock()
        self._child: WorkerProcess | None = None
        self._retirement: asyncio.TimerHandle | None = None
        self._retiring: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question[Answer], *, seconds: float) -> Answer:
        """Ask a question and return its answer.

        Raises InputRefused as the job did, ProbeTimedOut and ProbeFailed. A caller that is
        cancelled ends it.
        """
        try:
            async with asyncio.timeout(seconds), self._turn:
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
        """End the child."""
        if self._retirement is not None:
            self._retirement.cancel()
        await asyncio.gather(*self._retiring)
        await self._end()

    async def _ask(self, job: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if self._retirement is not None:
            self._retirement.cancel()
        child = self._child
        if child is None or not child.alive:
            await self._end()
            child = self._child = await WorkerProcess.start(
                self._jobs, memory_mb=self._memory_mb, temporary=self._temporary
            )
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
                    raise ProbeFailed("the file could not be checked")
            raise ProbeFailed("the child sent no response")
        finally:
            if answered:
                loop = asyncio.get_running_loop()
                self._retirement = loop.call_later(IDLE_SECONDS, self._retire)
            else:
                await asyncio.shield(self._end())

    def _retire(self) -> None:
        task = asyncio.create_task(self._end())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()


@lru_cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
