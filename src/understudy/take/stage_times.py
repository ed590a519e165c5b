"""How long each stage of a take took, and which results came from the cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from understudy.take.casting.concurrent import Measured
from understudy.take.progress import Stage

T = TypeVar("T")


class StageTimes:
    """A take's stopwatch.

    seconds: by stage. cached: the stages whose results came from the cache, in order.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.seconds: dict[str, float] = {}
        self.cached: list[Stage] = []

    @property
    def total(self) -> float:
        """Seconds since the take began."""
        return time.monotonic() - self._began

    @contextmanager
    def measuring(self, stage: Stage) -> Iterator[None]:
        """Count the block's time to a stage."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - began

    def timing(self, stage: Stage) -> Measured:
        """What runs a function and counts its time to a stage."""

        def measured(function: Callable[[], T], /) -> T:
            with self.measuring(stage):
                return function()

        return measured
