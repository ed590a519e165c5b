"""Waiting for what comes in its own time.

There is one patience for all: much longer than anything takes, as the machine may be busy with
other work, and shorter than pytest's own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 120.0


def until(check: Callable[[], T]) -> T:
    """What `check` gives as soon as that is true; fails when it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := check()):
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.02)
    return found


async def soon(check: Callable[[], Awaitable[T]]) -> T:
    """As `until`, where `check` is awaited and the event loop goes on."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await check()):
            await asyncio.sleep(0.01)
    return found
