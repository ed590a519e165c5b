"""Short writes to SQLite, many clients' in one transaction.

What is asked for in one round of the event loop is written at its end, together: beginning and
committing cost more than a row does. Each write has a savepoint of its own, so that one that raises
undoes nothing of the others; none is told to be done before all are committed.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

UNAVAILABLE = (OperationalError, InterfaceError, sqlite3.OperationalError, sqlite3.InterfaceError)
"""What SQLAlchemy and SQLite's driver raise when the database cannot do what it is asked."""

Work = Callable[[sa.Connection], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write returned, or what it raised."""

    value: Any = None
    raised: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    work: Work
    done: asyncio.Future[Any]


class SharedWrites:
    """Writes in the event loop's thread.

    connection: as for `write_together`, and never waits for a lock. elsewhere: `write_together` off
    the event loop, on a connection that does wait. While it waits, what else is asked for gathers;
    sent after it one by one, writes would keep one another out of the event loop's thread for as
    long as there are any.
    """

    def __init__(
        self,
        connection: sa.Connection,
        elsewhere: Callable[[Sequence[Work]], Awaitable[list[Outcome]]],
    ) -> None:
        self._connection = connection
        self._elsewhere = elsewhere
        self._wishes: list[_Wish] = []
        self._waiting: asyncio.Task[None] | None = None

    async def write(self, work: Work) -> Any:
        """What `work` returns, once it is committed. Raises what it raises, and UNAVAILABLE."""
        loop = asyncio.get_running_loop()
        wish = _Wish(work, loop.create_future())
        self._wishes.append(wish)
        if len(self._wishes) == 1 and self._waiting is None:
            loop.call_soon(self._write_all)
        return await wish.done

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _write_all(self) -> None:
        wishes, self._wishes = self._wishes, []
        try:
            outcomes = write_together(self._connection, [wish.work for wish in wishes])
        except sqlite3.OperationalError:
            # Somebody else is writing.
            self._waiting = asyncio.ensure_future(self._write_elsewhere(wishes))
            return
        _settle(wishes, outcomes)

    async def _write_elsewhere(self, wishes: list[_Wish]) -> None:
        try:
            outcomes = await self._elsewhere([wish.work for wish in wishes])
        except Exception as error:
            outcomes = [Outcome(raised=error)] * len(wishes)
        self._waiting = None
        _settle(wishes, outcomes)
        if self._wishes:
            self._write_all()


def write_together(connection: sa.Connection, works: Sequence[Work]) -> list[Outcome]:
    """Write in one transaction; what one raises undoes that one alone.

    connection: commits every statement by itself; the transaction is made here.
    Raises sqlite3.OperationalError when it cannot begin, and nothing later: what then makes the
    database unavailable is the outcome of all.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_write_one(connection, driver, work) for work in works]
        driver.execute("COMMIT")
    except UNAVAILABLE as error:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        outcomes = [Outcome(raised=error)] * len(works)
    return outcomes


def _write_one(connection: sa.Connection, driver: Any, work: Work) -> Outcome:
    driver.execute("SAVEPOINT one")
    try:
        outcome = Outcome(work(connection))
    except UNAVAILABLE:
        raise
    except Exception as error:
        driver.execute("ROLLBACK TO one")
        outcome = Outcome(raised=error)
    driver.execute("RELEASE one")
    return outcome


def _settle(wishes: list[_Wish], outcomes: list[Outcome]) -> None:
    for wish, outcome in zip(wishes, outcomes, strict=True):
        if wish.done.done():
            # Whoever asked has gone.
            continue
        if outcome.raised is None:
            wish.done.set_result(outcome.value)
        else:
            wish.done.set_exception(outcome.raised)
