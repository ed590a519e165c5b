"""Places in the queue are exact while few tasks wait, and otherwise read once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.tasks.conftest import account_of, untold
from tests.waiting import PATIENCE_SECONDS
from understudy.service import queue_places
from understudy.service.queue_places import QueuePlaces
from understudy.take.options import TakeRequest
from understudy.tasks.db.database import Database
from understudy.tasks.db.migrations import migrate
from understudy.tasks.db.repository import accounts, tasks, transitions, waiting
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.ids import TASK_BITS, IdMaker
from understudy.tasks.records import Account, Design, Source, Task, TaskRequest

ALICE = account_of(1, "alice")
MANY = 100
make_id = IdMaker(TASK_BITS)


class WatchedDatabase(Database):
    """Counts what is looked up, which waits for a gate."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.look_ups = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def look_up(self, *args: Any, **kwargs: Any) -> Any:
        self.look_ups += 1
        await self.gate.wait()
        return await super().look_up(*args, **kwargs)


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def database(database_url: str) -> Iterator[WatchedDatabase]:
    made = WatchedDatabase(database_url)
    migrate(made)
    made.write_now(accounts.insert, ALICE, "sealed")
    yield made
    made.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(queue_places, "time", made)
    return made


def store(database: Database, account: Account = ALICE, *, count: int = 1) -> list[Task]:
    """So many tasks that wait."""
    source = Source(key="inputs/1/clip", max_bytes=100)
    request = TaskRequest(take=TakeRequest(), clip=source, picture=source)

    def insert(connection: Any) -> list[Task]:
        return [
            tasks.insert(
                connection,
                untold,
                NewTask(
                    id=make_id(),
                    account_id=account.id,
                    design=Design.LEGACY,
                    request=request,
                    external_id=None,
                    units=0,
                ),
                now=1000,
                concurrency_limit=10_000,
            )
            for _ in range(count)
        ]

    return database.write_now(insert)


async def position(queue: QueuePlaces, task: Task) -> int:
    return (await queue.of(task.account_id, [task]))[task.id].position


@pytest.mark.anyio
async def test_the_place_among_few_tasks_is_exact(database: WatchedDatabase) -> None:
    queue = QueuePlaces(database, None)
    *_, last = store(database, count=3)
    assert await position(queue, last) == 3
    database.write_now(transitions.claim, untold, now=2000)
    assert await position(queue, last) == 2
    (newest,) = store(database)
    assert await position(queue, newest) == 3


@pytest.mark.anyio
async def test_the_order_of_many_tasks_is_read_once_a_second(
    database: WatchedDatabase, clock: Clock
) -> None:
    queue = QueuePlaces(database, None)
    *_, last = store(database, count=MANY)
    assert [await position(queue, last) for _ in range(9)] == [MANY] * 9
    database.write_now(transitions.claim, untold, now=2000)
    (newest,) = store(database)
    clock.now += 0.9
    assert await position(queue, last) == MANY
    # It is not in the order that is known, so it comes after that.
    assert await position(queue, newest) == MANY + 1
    assert database.look_ups == 1
    clock.now += 0.2
    assert await position(queue, last) == MANY - 1
    assert await position(queue, newest) == MANY
    assert database.look_ups == 2


@pytest.mark.anyio
async def test_accounts_have_an_order_each(database: WatchedDatabase, clock: Clock) -> None:
    bob = account_of(2, "bob")
    database.write_now(accounts.insert, bob, "sealed")
    *_, of_alice = store(database, count=MANY)
    queue = QueuePlaces(database, None)
    assert await position(queue, of_alice) == MANY
    *_, of_bob = store(database, bob, count=2)
    clock.now += 60
    # One of the other account's comes before each of theirs but the first.
    assert await position(queue, of_bob) == 3
    assert await position(queue, of_alice) == MANY + 2


@pytest.mark.anyio
async def test_whoever_asks_at_once_is_answered_by_one_reading(database: WatchedDatabase) -> None:
    queue = QueuePlaces(database, None)
    *_, last = store(database, count=MANY)
    database.gate.clear()
    asking = [asyncio.create_task(position(queue, last)) for _ in range(50)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not database.look_ups:
            await asyncio.sleep(0.01)
        # The one for whom it was begun hangs up.
        asking[0].cancel()
        database.gate.set()
        told = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(told[0], asyncio.CancelledError)
    assert told[1:] == [MANY] * 49
    assert database.look_ups == 1


@pytest.mark.anyio
async def test_a_reading_that_failed_is_not_kept(
    database: WatchedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = QueuePlaces(database, None)
    (task,) = store(database)

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(waiting, "waiting_ids", fail)
        told = await asyncio.gather(
            *(position(queue, task) for _ in range(2)), return_exceptions=True
        )
    assert [str(each) for each in told] == ["no answer"] * 2
    assert await position(queue, task) == 1
