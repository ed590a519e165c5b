"""Waiting for an event, but not for ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Return once the event is set, and after `seconds` in any case.

    `asyncio.wait_for` swallows a cancellation that comes at the moment at which the event is set
    (Python 3.11, https://github.com/python/cpython/issues/86296). A loop that waits by it would go
    on, and whoever cancelled it would wait for ever.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
