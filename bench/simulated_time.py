"""An event loop whose time is simulated: where it would wait, its clock jumps instead.

What runs in threads elsewhere (statements, files) runs at once, in the loop's own thread, and takes
no simulated time; how long it really took can be measured. So a day of a fleet passes in as long as
its statements take.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, TypeVar

from understudy.tasks import ids

T = TypeVar("T")

START = 1_800_000_000.0
"""Seconds since 1970 at which simulations begin."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: whoever would wait is told by `jump` for how long."""

    jump: Callable[[float], None]

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("the simulation waits for something that nobody will do")
        if not ready and timeout:
            self.jump(timeout)
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """The loop; `time` is in seconds since 1970."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        self._now = START
        super().__init__(selector)
        # More than the least step of a float of that size: who is due now, is due.
        self._clock_resolution = 1e-6
        selector.jump = self._jump

    def _jump(self, seconds: float) -> None:
        self._now += seconds

    def time(self) -> float:
        return self._now

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, function: Callable[..., T], *arguments: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)
        return future


@contextmanager
def _clock_of(loop: SimulatedLoop) -> Iterator[None]:
    """Let rows be written with the simulated time."""
    module: Any = ids
    real = module.time
    module.time = SimpleNamespace(time_ns=lambda: int(loop.time() * 1e9))
    try:
        yield
    finally:
        module.time = real


def simulate(work: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, float]:
    """Run `work` in simulated time; what it returns, and how many seconds that really took."""
    loop = SimulatedLoop()
    began = time.perf_counter()
    with _clock_of(loop), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work()), time.perf_counter() - began
