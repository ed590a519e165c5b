"""Turns at something scarce, fair between those who want it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    """A place in the queue. size: what its turn takes of the room."""

    size: int
    called: asyncio.Future[None]


class Turns:
    """Lets in what there is `room` for, and of one key at most `most`, so that no key has it all.

    room, most: in turns, or in what the size of a turn counts; most is by default one less than
    room. Of those who wait, the key that has the least in comes next; of several, the one that has
    waited longest. Nobody overtakes whoever is next, however small.
    """

    def __init__(self, room: int, most: int | None = None) -> None:
        self._room = room
        self._most = max(1, room - 1) if most is None else most
        self._inside: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[_Ticket]] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable, size: int = 1) -> AsyncIterator[None]:
        """Wait for a turn, and hold it inside the block; size: at most what one key may have."""
        size = min(size, self._most)
        await self._enter(key, size)
        try:
            yield
        finally:
            self._leave(key, size)

    async def _enter(self, key: Hashable, size: int) -> None:
        ticket = _Ticket(size, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(key, deque()).append(ticket)
        self._admit()
        try:
            await ticket.called
        except asyncio.CancelledError:
            if ticket.called.cancelled():
                self._forget(key, ticket)
                self._admit()
            else:
                # Its turn came at the same moment.
                self._leave(key, size)
            raise

    def _leave(self, key: Hashable, size: int) -> None:
        self._inside[key] -= size
        if not self._inside[key]:
            del self._inside[key]
        self._admit()

    def _forget(self, key: Hashable, ticket: _Ticket) -> None:
        tickets = self._waiting.get(key)
        if tickets is not None and ticket in tickets:
            tickets.remove(ticket)
            if not tickets:
                del self._waiting[key]

    def _admit(self) -> None:
        while True:
            able = [
                key
                for key, tickets in self._waiting.items()
                if self._inside[key] + tickets[0].size <= self._most
            ]
            if not able:
                return
            key = min(able, key=lambda each: self._inside[each])
            if self._inside.total() + self._waiting[key][0].size > self._room:
                return
            # The key goes to the end of the round.
            tickets = self._waiting.pop(key)
            ticket = tickets.popleft()
            if tickets:
                self._waiting[key] = tickets
            if not ticket.called.done():
                self._inside[key] += ticket.size
                ticket.called.set_result(None)
