"""Where waiting tasks stand in the queue, for their records and for metrics.

The queue is counted at most every two seconds, and seldom enough that counting a long one costs
less than a twentieth of the time; answers in between use what was counted last. So do those to an
account with many waiting tasks, whose order is read once a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable
from functools import partial

import sqlalchemy as sa

from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import waiting
from understudy.tasks.queue.expected_wait import AccountOrder, QueuePlace, QueueState
from understudy.tasks.records import Status, StoredElement, Task

_KEPT_SECONDS = 2.0
_EXACT_PLACES = 1000
"""Of one account's waiting tasks; those after them are told the place of its last one."""
_KEPT_TIMES = 20
"""As many times as long as it took to count."""
_LONG_ORDER = 100
"""Waiting tasks. Reading so many costs a third of a millisecond of computing, a thousand ten times
as much: shorter orders are read for each answer, and so exact."""
_ORDER_KEPT_SECONDS = 1.0


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
        # By account: long orders and until when they are good, and what is just being read.
        self._orders: dict[int, tuple[float, AccountOrder]] = {}
        self._reading: dict[int, asyncio.Task[AccountOrder]] = {}

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

    async def of(
        self, account_id: int, shown: Iterable[Task | StoredElement]
    ) -> dict[int, QueuePlace]:
        """The places of those of an account's tasks that wait, by their ids.

        Raises DatabaseUnavailable.
        """
        waiting_tasks = [
            each for each in shown if isinstance(each, Task) and each.status is Status.SUBMITTED
        ]
        if not waiting_tasks:
            return {}
        state = await self.state()
        priorities = {each.priority for each in waiting_tasks}
        priorities.update(
            group.priority for group in state.groups if group.account_id == account_id
        )
        order = await self._order(account_id, priorities)
        return {each.id: order.place(state, each.id, each.priority) for each in waiting_tasks}

    async def _order(self, account_id: int, priorities: Collection[int]) -> AccountOrder:
        """The account's waiting tasks of these priorities. Whoever asks while they are being read
        gets the same.
        """
        until, order = self._orders.get(account_id, (0.0, None))
        if order is not None and time.monotonic() < until:
            return order
        reading = self._reading.get(account_id)
        if reading is None:
            reading = asyncio.create_task(self._read_order(account_id, priorities))
            self._reading[account_id] = reading
            reading.add_done_callback(partial(self._end_reading, account_id))
        # A client that hangs up ends its own waiting only.
        return await asyncio.shield(reading)

    async def _read_order(self, account_id: int, priorities: Collection[int]) -> AccountOrder:
        ordered = await self._database.look_up(
            waiting.waiting_ids, account_id, priorities, limit=_EXACT_PLACES
        )
        order = AccountOrder(account_id, ordered, complete=len(ordered) < _EXACT_PLACES)
        if len(order) >= _LONG_ORDER:
            now = time.monotonic()
            kept = {key: each for key, each in self._orders.items() if each[0] > now}
            self._orders = {**kept, account_id: (now + _ORDER_KEPT_SECONDS, order)}
        return order

    def _end_reading(self, account_id: int, reading: asyncio.Task[AccountOrder]) -> None:
        del self._reading[account_id]
        if not reading.cancelled():
            # Everybody who waited for it may have gone.
            reading.exception()

    def _count(self, connection: sa.Connection) -> QueueState:
        mean_ms = waiting.mean_run_ms(connection)
        return QueueState(
            groups=tuple(waiting.waiting_groups(connection)),
            running=waiting.running_tasks(connection),
            mean_run=None if mean_ms is None else mean_ms / 1000,
            slot_limit=self._slot_limit,
        )
