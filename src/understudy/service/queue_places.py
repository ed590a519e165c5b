"""Where waiting tasks stand in the queue, for their records and for metrics.

The queue is counted at most every two seconds, and seldom enough that counting a long one costs
less than a twentieth of the time; answers in between use what was counted last.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

import sqlalchemy as sa

from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import waiting
from understudy.tasks.queue.expected_wait import QueuePlace, QueueState, last_place, places
from understudy.tasks.records import Element, Status, Task

_KEPT_SECONDS = 2.0
_EXACT_PLACES = 1000
"""Of one account's waiting tasks; those after them are told the place of its last one."""
_KEPT_TIMES = 20
"""As many times as long as it took to count."""


class QueuePlaces:
    """The queue as it was counted last.

    slot_limit: of accounts without one of their own; None: any number.
    """

    def __init__(self, database: Database, slot_limit: int | None) -> None:
        self._database = database
        self._slot_limit = slot_limit
        self._state: QueueState | None = None
        self._until = 0.0
        self._counting = asyncio.Lock()

    async def state(self) -> QueueState:
        """The queue. Raises DatabaseUnavailable."""
        if self._state is not None and (time.monotonic() < self._until or self._counting.locked()):
            return self._state
        async with self._counting:
            if self._state is None or time.monotonic() >= self._until:
                began = time.monotonic()
                self._state = await self._database.read(self._count)
                now = time.monotonic()
                self._until = now + max(_KEPT_SECONDS, _KEPT_TIMES * (now - began))
            return self._state

    async def of(self, account_id: int, shown: Iterable[Task | Element]) -> dict[int, QueuePlace]:
        """The places of those of an account's tasks that wait, by their ids.

        Raises DatabaseUnavailable.
        """
        waiting_tasks = [
            each for each in shown if isinstance(each, Task) and each.status is Status.SUBMITTED
        ]
        if not waiting_tasks:
            return {}
        priorities = {each.priority for each in waiting_tasks}
        state = await self.state()
        priorities.update(
            group.priority for group in state.groups if group.account_id == account_id
        )
        ordered = await self._database.look_up(
            waiting.waiting_ids, account_id, priorities, limit=_EXACT_PLACES
        )
        found = places(state, account_id, ordered)
        for each in waiting_tasks:
            if len(ordered) == _EXACT_PLACES and each.id not in found:
                found[each.id] = last_place(state, account_id, each.priority)
        return found

    def _count(self, connection: sa.Connection) -> QueueState:
        mean_ms = waiting.mean_run_ms(connection)
        return QueueState(
            groups=tuple(waiting.waiting_groups(connection)),
            running=waiting.running_tasks(connection),
            mean_run=None if mean_ms is None else mean_ms / 1000,
            slot_limit=self._slot_limit,
        )
