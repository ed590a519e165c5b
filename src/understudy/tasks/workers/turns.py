"""Turns at something scarce, fair between those who want it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """Lets up to `room` in at once, and of one key one fewer, so that no key has all the room.

    Of those who wait, the key that has the fewest in comes next; of several, the one that has
    waited longest.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._most = max(1, room - 1)
        self._inside: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for a turn, and hold it inside the block."""
        await self._enter(key)
        try:
            yield
        finally:
            self._leave(key)

    async def _enter(self, key: Hashable) -> None:
        ticket = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(ticket)
        self._admit()
        try:
            await ticket
        except asyncio.CancelledError:
            if ticket.cancelled():
                self._forget(key, ticket)
            else:
                # Its turn came at the same moment.
                self._leave(key)
            raise

    def _leave(self, key: Hashable) -> None:
        self._inside[key] -= 1
        if not self._inside[key]:
            del self._inside[key]
        self._admit()

    def _forget(self, key: Hashable, ticket: asyncio.Future[None]) -> None:
        tickets = self._waiting.get(key)
        if tickets is not None and ticket in tickets:
            tickets.remove(ticket)
            if not tickets:
                del self._waiting[key]

    def _admit(self) -> None:
        while self._inside.total() < self._room:
            able = [key for key in self._waiting if self._inside[key] < self._most]
            if not able:
                return
            key = min(able, key=lambda each: self._inside[each])
            # The key goes to the end of the round.
            tickets = self._waiting.pop(key)
            ticket = tickets.popleft()
            if tickets:
                self._waiting[key] = tickets
            if not ticket.done():
                self._inside[key] += 1
                ticket.set_result(None)
