"""A database that does not answer is told as such, and nothing is half written."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from understudy.tasks.db.database import Database, DatabaseUnavailable
from understudy.tasks.db.repository import accounts
from understudy.tasks.records import Account


def test_a_transaction_that_raises_leaves_nothing(database: Database, account: Account) -> None:
    def half(connection: sa.Connection) -> None:
        accounts.set_units(connection, account.id, 5, now=1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the test's own
        database.write_now(half)
    assert database.read_now(accounts.get, account.id).units_total is None


@pytest.mark.anyio
async def test_reads_and_writes_run_beside_the_event_loop(
    database: Database, account: Account
) -> None:
    await database.write(accounts.set_units, account.id, 5, now=1)
    found = await asyncio.gather(*(database.read(accounts.get, account.id) for _ in range(20)))
    assert {each.units_total for each in found} == {5}


def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql://postgres@127.0.0.1:9/nothing")
    with pytest.raises(DatabaseUnavailable) as caught:
        database.read_now(accounts.every)
    assert "postgres@" not in str(caught.value)
    database.close()


def test_a_database_of_tables_that_are_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(DatabaseUnavailable, match="no such table"):
        database.read_now(accounts.every)
    database.close()


@pytest.mark.anyio
async def test_a_locked_file_is_read_and_waited_for(tmp_path: Path) -> None:
    """Readers go on while somebody writes; a writer waits its turn."""
    path = tmp_path / "x.db"
    database = Database(f"sqlite:///{path}")
    database.write_now(lambda connection: connection.execute(sa.text("CREATE TABLE t (a)")))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO t VALUES (1)")

    def count(connection: sa.Connection) -> int:
        return int(connection.execute(sa.text("SELECT count(*) FROM t")).scalar_one())

    assert database.read_now(count) == 0
    writing = asyncio.ensure_future(
        database.write(lambda connection: connection.execute(sa.text("DELETE FROM t")).rowcount)
    )
    await asyncio.sleep(0.05)
    assert not writing.done()
    other.execute("COMMIT")
    assert await writing == 1
    other.close()
    database.close()


def test_a_restarted_postgres_is_connected_to_anew(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no sessions")
    assert database.read_now(accounts.every) == []
    mine = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other = Database(database.url.render_as_string(hide_password=False))
    other.read_now(lambda connection: connection.execute(sa.text(mine)))
    other.close()
    assert database.read_now(accounts.every) == []
