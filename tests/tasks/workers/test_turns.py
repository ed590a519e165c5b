"""Turns are fair, whoever asks most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from understudy.tasks.workers.turns import Turns


class Crowd:
    """Who has a turn, in the order in which they came to it, each until it is told to leave."""

    def __init__(self, room: int) -> None:
        self.turns = Turns(room)
        self.came: list[str] = []
        self._leave: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, key: str, name: str) -> None:
        self._leave[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._hold(key, name))
        await self._settled()

    async def leave(self, name: str) -> None:
        self._leave[name].set()
        await self._tasks[name]
        await self._settled()

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)
        await self._settled()

    async def end(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _hold(self, key: str, name: str) -> None:
        async with self.turns.turn(key):
            self.came.append(name)
            await self._leave[name].wait()

    async def _settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@asynccontextmanager
async def crowd(room: int) -> AsyncIterator[Crowd]:
    async with AsyncExitStack() as ends:
        made = Crowd(room)
        ends.push_async_callback(made.end)
        yield made


@pytest.mark.anyio
async def test_one_who_asks_for_everything_leaves_room_for_another() -> None:
    async with crowd(3) as some:
        for place in range(5):
            await some.ask("greedy", f"greedy {place}")
        assert some.came == ["greedy 0", "greedy 1"]
        await some.ask("modest", "modest")
        assert some.came[-1] == "modest"


@pytest.mark.anyio
async def test_those_who_wait_come_by_turns_between_keys() -> None:
    async with crowd(1) as some:
        await some.ask("a", "a0")
        for name in ("a1", "a2", "b0", "b1"):
            await some.ask(name[0], name)
        for name in ("a0", "a1", "b0", "a2"):
            await some.leave(name)
        assert some.came == ["a0", "a1", "b0", "a2", "b1"]


@pytest.mark.anyio
async def test_who_gives_up_waiting_is_passed_over() -> None:
    async with crowd(1) as some:
        await some.ask("a", "a0")
        await some.ask("b", "b0")
        await some.ask("c", "c0")
        await some.give_up("b0")
        await some.leave("a0")
        assert some.came == ["a0", "c0"]
        await some.give_up("c0")
        await some.ask("b", "b1")
        assert some.came[-1] == "b1"
