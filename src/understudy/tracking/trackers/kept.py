"""Tracker processes that stay from one take to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from understudy.tracking.trackers.pool import TrackerPool


class KeptTrackers:
    """Lends its processes to one take at a time; belongs to one thread, as they do.

    open_pool: makes a pool, when there is none that another take can use.
    """

    def __init__(self, open_pool: Callable[[], TrackerPool] = TrackerPool) -> None:
        self._open_pool = open_pool
        self._pool: TrackerPool | None = None

    @contextmanager
    def lent(self) -> Iterator[TrackerPool]:
        """The processes of the take before, or new ones where one of those has ended.

        Where the block raises they are killed: what they still do is not known.
        """
        pool, self._pool = self._pool, None
        if pool is not None and not pool.is_whole:
            pool.close()
            pool = None
        if pool is None:
            pool = self._open_pool()
        try:
            yield pool
        except BaseException:
            pool.close()
            raise
        self._pool = pool

    def close(self) -> None:
        """Kill the processes."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
