"""An attempt's progress, written to its task's row."""

from __future__ import annotations

import asyncio
import math

import structlog

from understudy.tasks.db.database import DatabaseUnavailable
from understudy.tasks.db.repository import transitions
from understudy.tasks.ids import now_ms
from understudy.tasks.queue.attempt_context import AttemptContext, LeaseLost
from understudy.tasks.records import Task
from understudy.tasks.workers.messages import Progressed

_PROGRESS_SECONDS = 1.0
"""Between writes of one task: followers look twice a second, pollers less often."""
_WRITES_PER_SECOND = 200
"""Of all tasks that run, beside those of new stages; a write takes about a millisecond. With ten
thousand tasks, each is written every 50 s."""

log = structlog.get_logger(__name__)


def pause_between_writes(slots: int) -> float:
    """Seconds between two writes of one task's progress, where so many tasks can run."""
    return max(_PROGRESS_SECONDS, slots / _WRITES_PER_SECOND)


class ProgressWriter:
    """Writes progress to the row, once a second at most and at every new stage; less often where
    very many tasks run.
    """

    def __init__(self, context: AttemptContext, task: Task) -> None:
        self._context = context
        self._task = task
        self._stage = "open"
        self._stage_began = asyncio.get_running_loop().time()
        self._told_at = -math.inf
        self._preview: bytes | None = None

    async def tell(self, message: Progressed) -> None:
        """Write it unless the last write was too recent. Raises LeaseLost."""
        self._preview = message.preview or self._preview
        now = asyncio.get_running_loop().time()
        pause = pause_between_writes(self._context.executor.capacity)
        if message.stage == self._stage and now < self._told_at + pause:
            return
        self._told_at = now
        preview, self._preview = self._preview, None
        if message.stage != self._stage:
            log.info("task stage", stage=message.stage)
            self._context.observer.staged(self._stage, now - self._stage_began)
            self._stage, self._stage_began = message.stage, now
        try:
            held = await self._context.database.write(
                transitions.report_progress,
                self._task.id,
                self._task.attempt,
                stage=message.stage,
                percent=int(message.fraction * 100),
                preview=preview,
                now=now_ms(),
            )
        except DatabaseUnavailable as error:
            log.warning("progress not written", reason=str(error))
            return
        if not held:
            raise LeaseLost

    async def check(self) -> None:
        """Raise LeaseLost when the task is no longer this attempt's."""
        if not await self._context.database.read(
            transitions.is_held, self._task.id, self._task.attempt
        ):
            raise LeaseLost
