"""Identifiers that sort by time: milliseconds since 1970, then random or counted low bits.

A task's id is an 18-digit decimal number (until the year 2090) of 18 low bits; an element's fits
in the 53 bits that JavaScript keeps exactly, of 11 low bits.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

TASK_BITS = 18
ELEMENT_BITS = 11
AFTER_ALL_TASKS = 10**18
"""More than any task's id."""

Clock = Callable[[], int]


def now_ms() -> int:
    """The time in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


class IdMaker:
    """Makes ids that increase within this process and hardly ever equal those of another
    process."""

    def __init__(self, bits: int, clock: Clock = now_ms) -> None:
        self._bits = bits
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            # A random start leaves half of the low part to count on within the millisecond.
            fresh = (self._clock() << self._bits) | secrets.randbits(self._bits - 1)
            self._last = max(fresh, self._last + 1)
            return self._last


def task_time(task_id: int) -> int:
    """When the task of this id was made, in milliseconds since 1970."""
    return task_id >> TASK_BITS


def first_task_id(at: int) -> int:
    """The least id that a task made at `at` (milliseconds) or later can have."""
    return max(at, 0) << TASK_BITS
