"""Waiting for an event ends by the event, by time, and always by cancellation."""

from __future__ import annotations

import asyncio

import pytest

from tests.waiting import PATIENCE_SECONDS
from understudy.tasks.waiting import wait_at_most


@pytest.mark.anyio
async def test_it_returns_once_the_event_is_set() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_at_most(event, 60))
    event.set()
    await asyncio.wait_for(waiting, 10)


@pytest.mark.anyio
async def test_it_returns_after_its_time() -> None:
    await wait_at_most(asyncio.Event(), 0.01)


@pytest.mark.anyio
@pytest.mark.parametrize("steps", range(5))
async def test_a_loop_that_is_cancelled_as_the_event_is_set_ends(steps: int) -> None:
    event = asyncio.Event()

    async def loop() -> None:
        while True:
            event.clear()
            await wait_at_most(event, 60)

    looping = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    event.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    looping.cancel()
    await asyncio.wait((looping,), timeout=PATIENCE_SECONDS)
    assert looping.cancelled()
