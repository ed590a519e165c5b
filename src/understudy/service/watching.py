"""Watching tasks for their followers: one query for all of them, twice a second."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import structlog

from understudy.tasks.db.database import Database, DatabaseUnavailable
from understudy.tasks.db.repository import tasks
from understudy.tasks.records import Task

LOOK_SECONDS = 0.5
"""Between queries; progress is written once a second."""
_QUEUED = 64
"""Snapshots that a slow follower may be behind before it misses some."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """A task as it was read, and a preview (JPEG) if there is a new one."""

    task: Task
    preview: bytes | None


class Watch:
    """Sends every change of a task to its followers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: dict[int, set[asyncio.Queue[Sight | None]]] = defaultdict(set)
        self._seen: dict[int, tuple[object, int]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def follow(self, task: Task, *, pause: float) -> AsyncIterator[Sight | None]:
        """A task's snapshots from now to its end; None after every `pause` seconds without one.

        Ends when the task has, or the server does.
        """
        queue: asyncio.Queue[Sight | None] = asyncio.Queue(_QUEUED)
        yield Sight(task, None)
        if task.status.ended or self._closed:
            return
        self._followers[task.id].add(queue)
        self._seen.pop(task.id, None)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            while not self._closed:
                try:
                    async with asyncio.timeout(pause):
                        sight = await queue.get()
                except TimeoutError:
                    yield None
                    continue
                if sight is None:
                    return
                yield sight
                if sight.task.status.ended:
                    return
        finally:
            self._followers[task.id].discard(queue)
            if not self._followers[task.id]:
                del self._followers[task.id]
                self._seen.pop(task.id, None)

    def close(self) -> None:
        """End every follower's stream."""
        self._closed = True
        for queues in list(self._followers.values()):
            for queue in queues:
                with suppress(asyncio.QueueFull):
                    queue.put_nowait(None)

    async def _look(self) -> None:
        while self._followers and not self._closed:
            await asyncio.sleep(LOOK_SECONDS)
            ids = list(self._followers)
            try:
                found = await self._database.read(tasks.by_ids, ids)
                for task in found:
                    await self._tell(task)
            except DatabaseUnavailable as error:
                log.warning("database unavailable", reason=str(error))

    async def _tell(self, task: Task) -> None:
        before, previewed = self._seen.get(task.id, (None, 0))
        now = (task.revision, task.stage, task.percent)
        preview = None
        if not task.status.ended:
            newest = await self._database.read(tasks.preview, task.id, after=previewed)
            if newest is not None:
                preview, previewed = newest
        if now == before and preview is None:
            return
        self._seen[task.id] = (now, previewed)
        for queue in self._followers.get(task.id, ()):
            with suppress(asyncio.QueueFull):
                queue.put_nowait(Sight(task, preview))
