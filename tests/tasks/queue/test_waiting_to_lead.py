"""A controller that waits to lead ends at once when it is stopped, and always when cancelled."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tasks.queue.test_controller import context_of
from tests.waiting import PATIENCE_SECONDS, soon
from understudy.tasks.db.database import Database
from understudy.tasks.db.migrations import migrate
from understudy.tasks.files.storage import Storage
from understudy.tasks.queue.controller import Controller
from understudy.testing import MemoryExecutor


class _Leadership:
    """Leadership that another has until it is set free.

    asked: how often it was asked for. fault: what asking for it raises. slow: asking for it takes
    until it may go on.
    """

    def __init__(self, fault: Exception | None = None, *, slow: bool = False) -> None:
        self.asked = 0
        self.free = threading.Event()
        self.go_on = threading.Event()
        if not slow:
            self.go_on.set()
        self.fault = fault
        self.has = False

    def take(self) -> bool:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        assert self.go_on.wait(10)
        self.has = self.free.is_set()
        return self.has

    def holds(self) -> bool:
        return self.has

    def let_go(self) -> None:
        self.has = False


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """SQLite alone: the lock is not the database's here."""
    made = Database(f"sqlite:///{tmp_path / 'understudy.db'}")
    migrate(made)
    yield made
    made.close()


@asynccontextmanager
async def _waiting(
    database: Database, tmp_path: Path, leadership: _Leadership
) -> AsyncIterator[tuple[Controller, asyncio.Task[None]]]:
    """A controller that has begun to wait for it, and its run, which the block makes end."""
    before = asyncio.all_tasks()
    storage = Storage((tmp_path / "files").as_uri())
    async with context_of(database, storage, tmp_path, MemoryExecutor()) as context:
        controller = Controller(context, leadership)
        running = asyncio.create_task(controller.run())

        async def has_asked() -> bool:
            return leadership.asked > 0

        await soon(has_asked)
        yield controller, running
        await asyncio.wait((running,), timeout=PATIENCE_SECONDS)
        assert running.done()
        # Nothing that it had begun goes on.
        assert asyncio.all_tasks() == before


@pytest.mark.anyio
async def test_it_ends_when_it_is_stopped(database: Database, tmp_path: Path) -> None:
    leadership = _Leadership()
    async with _waiting(database, tmp_path, leadership) as (controller, running):
        controller.stop()
        await running
        assert not controller.leads


@pytest.mark.anyio
@pytest.mark.parametrize("steps", range(8))
async def test_it_ends_when_it_is_cancelled_while_it_stops(
    database: Database, tmp_path: Path, steps: int
) -> None:
    async with _waiting(database, tmp_path, _Leadership()) as (controller, running):
        controller.stop()
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()


@pytest.mark.anyio
@pytest.mark.parametrize("steps", range(8))
async def test_it_ends_when_it_is_cancelled_as_it_comes_to_lead(
    database: Database, tmp_path: Path, steps: int
) -> None:
    leadership = _Leadership()
    leadership.free.set()
    async with _waiting(database, tmp_path, leadership) as (_, running):
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not leadership.has


@pytest.mark.anyio
@pytest.mark.parametrize("end", ["stop", "cancel"])
async def test_a_lock_that_is_taken_as_it_ends_is_let_go(
    database: Database, tmp_path: Path, end: str
) -> None:
    leadership = _Leadership(slow=True)
    leadership.free.set()
    async with _waiting(database, tmp_path, leadership) as (controller, running):
        if end == "stop":
            controller.stop()
        else:
            running.cancel()
        # The thread that takes it is at it still.
        await asyncio.sleep(0.01)
        leadership.go_on.set()
        await asyncio.wait((running,), timeout=PATIENCE_SECONDS)
        assert not leadership.has


@pytest.mark.anyio
async def test_a_fault_of_the_lock_does_not_end_the_waiting(
    database: Database, tmp_path: Path
) -> None:
    leadership = _Leadership(OSError(errno.EMFILE, "Too many open files"))
    async with _waiting(database, tmp_path, leadership) as (controller, _):
        leadership.fault = None
        leadership.free.set()

        async def leads() -> bool:
            return controller.leads

        await soon(leads)
        controller.stop()
