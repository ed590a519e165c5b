"""Several tracker processes that share one job."""

from __future__ import annotations

import selectors
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

from understudy import errors
from understudy.cores import usable_cores
from understudy.processes.child import Child
from understudy.processes.messages import Message
from understudy.tracking.trackers.process import start_tracker

# More trackers than this gain little: decoding and the split's warm-up frames are repeated.
_MAX_PROCESSES = 4
# Seconds between two looks at `cancelled`.
_POLL_SECONDS = 0.05


def process_count() -> int:
    """How many tracker processes to run on this machine: one per core, four at most."""
    return min(_MAX_PROCESSES, usable_cores())


class TrackerPool:
    """Tracker processes, started when the first is needed, all at once.

    Belongs to one thread, as its processes do. Leaving the `with` block kills them.
    """

    def __init__(self, count: int | None = None) -> None:
        """Of `count` processes, one for each core without it (four at most)."""
        self._count = count or process_count()
        self._started: list[Child] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self._count

    @property
    def _processes(self) -> list[Child]:
        if self._closed:
            raise ValueError("the pool of trackers is closed")
        if not self._started:
            self._started = [start_tracker() for _ in range(self._count)]
        return self._started

    @property
    def processes(self) -> tuple[Child, ...]:
        """The processes; they may be used one by one while `run` is not."""
        return tuple(self._processes)

    @property
    def is_whole(self) -> bool:
        """Whether it is open and none of its processes has ended."""
        return not self._closed and all(process.is_alive for process in self._started)

    def close(self) -> None:
        """Kill the processes and wait for their end; none is started any more."""
        self._closed = True
        for process in self._started:
            process.close()

    def run(
        self, requests: Sequence[Message], *, cancelled: Callable[[], bool] | None = None
    ) -> Iterator[tuple[int, Message]]:
        """Send each request to the next free process.

        Yields the answers as they come, with the number of their request; `done` ends a request's
        answers and is not yielded. The generator must be run to its end: where it is not, or
        raises, the processes are killed. Raises what `Child.receive` raises.
        """
        waiting = deque(enumerate(requests))
        busy: dict[Child, int] = {}
        finished = False
        try:
            with selectors.DefaultSelector() as selector:
                for process in self._processes[: len(waiting)]:
                    selector.register(process, selectors.EVENT_READ, process)
                    self._assign(process, waiting, busy)
                while busy:
                    if cancelled is not None and cancelled():
                        raise errors.TakeCancelled("cancelled while tracking")
                    for key, _ in selector.select(_POLL_SECONDS):
                        process = key.data
                        answer = process.receive()
                        if answer.kind != "done":
                            yield busy[process], answer
                            continue
                        del busy[process]
                        if waiting:
                            self._assign(process, waiting, busy)
                        else:
                            selector.unregister(process)
            finished = True
        finally:
            if not finished:
                self.close()

    @staticmethod
    def _assign(
        process: Child,
        waiting: deque[tuple[int, Message]],
        busy: dict[Child, int],
    ) -> None:
        number, request = waiting.popleft()
        busy[process] = number
        process.send(request)
