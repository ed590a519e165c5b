"""Short writes of many clients share a transaction, and nothing of one another's fate."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from understudy.tasks.db.database import Database, DatabaseUnavailable
from understudy.tasks.db.shared_writes import SharedWrites, Work, WriteOutcome, write_together


@pytest.fixture
def numbers(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with one table of numbers."""
    made = Database(f"sqlite:///{tmp_path / 'numbers.db'}")
    made.write_now(lambda connection: connection.execute(sa.text("CREATE TABLE t (n)")))
    yield made
    made.close()


def add(connection: sa.Connection, number: int) -> int:
    connection.execute(sa.text("INSERT INTO t VALUES (:n)"), {"n": number})
    if number < 0:
        raise ValueError(number)
    return number


def stored(database: Database) -> list[int]:
    query = sa.text("SELECT n FROM t ORDER BY n")
    return database.read_now(lambda connection: list(connection.execute(query).scalars()))


@pytest.mark.anyio
async def test_each_gets_its_own_answer_and_a_fault_undoes_itself_alone(numbers: Database) -> None:
    writes = [numbers.write_shortly(add, number) for number in (1, -2, 3)]
    one, two, three = await asyncio.gather(*writes, return_exceptions=True)
    assert (one, three) == (1, 3)
    assert isinstance(two, ValueError)
    assert stored(numbers) == [1, 3]


@pytest.mark.anyio
async def test_a_write_whose_client_has_gone_is_no_bother_to_the_others(numbers: Database) -> None:
    gone = asyncio.ensure_future(numbers.write_shortly(add, 1))
    stays = asyncio.ensure_future(numbers.write_shortly(add, 2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
    assert 2 in stored(numbers)


@pytest.mark.anyio
async def test_while_somebody_else_writes_they_wait_off_the_event_loop(
    numbers: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "numbers.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writes = [asyncio.ensure_future(numbers.write_shortly(add, n)) for n in (1, -2, 3)]
    for _ in range(20):
        await asyncio.sleep(0.005)
    assert not any(write.done() for write in writes)
    other.execute("COMMIT")
    one, two, three = await asyncio.gather(*writes, return_exceptions=True)
    assert (one, three) == (1, 3)
    assert isinstance(two, ValueError)
    other.close()
    assert stored(numbers) == [1, 3]


@pytest.mark.anyio
async def test_what_is_asked_for_meanwhile_is_written_at_once_when_the_wait_is_over(
    numbers: Database, tmp_path: Path
) -> None:
    connecting = sa.create_engine(
        f"sqlite:///{tmp_path / 'numbers.db'}",
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": 0, "check_same_thread": False},
    )
    other = sqlite3.connect(tmp_path / "numbers.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sent: list[int] = []
    over = asyncio.Event()

    async def in_thread(works: Sequence[Work]) -> list[WriteOutcome]:
        sent.append(len(works))
        await over.wait()
        with connecting.connect() as connection:
            return write_together(connection, works)

    until = asyncio.get_running_loop().time() + 9
    shared = SharedWrites(connecting.connect(), in_thread)
    writes = []
    for number in (1, 2, 3):
        write = shared.write(Work(add, (number,)), until=until)
        writes.append(asyncio.ensure_future(write))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    other.execute("COMMIT")
    over.set()
    assert await asyncio.gather(*writes) == [1, 2, 3]
    shared.close()
    connecting.dispose()
    other.close()
    assert sent == [1]
    assert stored(numbers) == [1, 2, 3]


@pytest.mark.anyio
async def test_a_write_that_is_given_up_in_time_is_never_made(
    numbers: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "numbers.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    loop = asyncio.get_running_loop()
    began = loop.time()
    writes = [numbers.write_before(began + 0.5, add, number) for number in (1, 2)]
    patient = asyncio.ensure_future(numbers.write_shortly(add, 3))
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert loop.time() - began < 2
    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 2
    other.execute("COMMIT")
    other.close()
    assert await patient == 3
    assert stored(numbers) == [3]


@pytest.mark.anyio
async def test_a_full_disk_fails_all_and_later_writes_go_on(numbers: Database) -> None:
    """A limit on the file's pages stands for a disk that takes nothing more."""

    def limit(connection: sa.Connection, pages: int) -> None:
        connection.execute(sa.text(f"PRAGMA max_page_count={pages}"))

    def much(connection: sa.Connection) -> None:
        connection.execute(sa.text("INSERT INTO t VALUES (zeroblob(1000000))"))

    await numbers.write_shortly(limit, 3)
    writes = [numbers.write_shortly(add, 1), numbers.write_shortly(much)]
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 2
    assert "full" in str(answers[0])
    await numbers.write_shortly(limit, 2**30)
    assert await numbers.write_shortly(add, 2) == 2
    assert stored(numbers) == [2]
