"""The end of retention: inputs and results are deleted, the tasks' records stay.

Every step leaves the rows consistent, so it can stop at any moment and continue later.
"""

from __future__ import annotations

import asyncio
import math

import structlog

from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import callbacks, elements, transitions, uploads
from understudy.tasks.files.storage import Storage
from understudy.tasks.ids import Clock, now_ms

ROUND_SECONDS = 60.0
"""Between rounds that found nothing; retention is counted in days."""
_BATCH = 100
"""Rows of each kind in a round: a stop waits for one round at most."""

_DELETES_AT_ONCE = 16
"""Tasks whose files are deleted at the same time: an object store takes some 200 ms for one, and
one after the other would be half a million a day."""

log = structlog.get_logger(__name__)


class Retention:
    """Deletes files whose retention has ended.

    kept_ms: how long files are kept after their task ended, and uploads after their last use.
    """

    def __init__(
        self, database: Database, storage: Storage, *, kept_ms: int, clock: Clock = now_ms
    ) -> None:
        self._database = database
        self._storage = storage
        self._kept_ms = kept_ms
        self._clock = clock

    async def round(self) -> None:
        """Delete a batch; wait when there was nothing to delete."""
        if not await self.delete_batch():
            await asyncio.sleep(ROUND_SECONDS)

    async def delete_batch(self) -> int:
        """Delete some of the files that are due; returns how many."""
        now = self._clock()
        before = now - self._kept_ms
        task_ids = await self._database.read(transitions.unpurged, before=before, limit=_BATCH)
        at_once = asyncio.Semaphore(_DELETES_AT_ONCE)
        ended = await asyncio.gather(
            *(self._delete_files(task_id, at_once, now) for task_id in task_ids),
            return_exceptions=True,
        )
        for error in ended:
            if error is not None:
                raise error
        unused_since = int(min(before, await self._needed_since()))
        hidden = await self._database.write(
            uploads.purge_unused, before=unused_since, now=now, limit=_BATCH
        )
        for upload in hidden:
            await self._storage.delete(upload.key)
            await self._database.write(uploads.delete, upload.id)
        element_ids = await self._database.read(
            elements.unpurged, before=unused_since, limit=_BATCH
        )
        for element_id in element_ids:
            await self._storage.delete_all(f"elements/{element_id}")
            await self._database.write(elements.note_purged, element_id, now=now)
        events = await self._database.write(callbacks.forget, before=before, limit=_BATCH)
        deleted = len(task_ids) + len(hidden) + len(element_ids)
        if deleted:
            log.info(
                "retention ended",
                tasks=len(task_ids),
                uploads=len(hidden),
                elements=len(element_ids),
            )
        return deleted + events

    async def _delete_files(self, task_id: int, at_once: asyncio.Semaphore, now: int) -> None:
        async with at_once:
            await self._storage.delete_all(f"results/{task_id}")
            await self._storage.delete_all(f"inputs/{task_id}")
            await self._database.write(transitions.note_purged, task_id, now=now)

    async def _needed_since(self) -> float:
        """Since when (ms) what was used is needed: by whom has not ended, though it waits long."""
        oldest = [
            await self._database.read(query)
            for query in (transitions.oldest_unfinished, elements.oldest_unfinished)
        ]
        began = min((at for at in oldest if at is not None), default=math.inf)
        return began - uploads.NOTED_WITHIN_MS
