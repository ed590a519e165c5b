"""Short writes to SQLite, many clients' in one transaction.

What is asked for in one round of the event loop is written at its end, together: beginning and
committing cost more than a row does. Each write has a savepoint of its own, so that one that raises
undoes nothing of the others; none is told to be done before all are committed.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

UNAVAILABLE = (OperationalError, InterfaceError, sqlite3.OperationalError, sqlite3.InterfaceError)
"""What SQLAlchemy and SQLite's driver raise when the database cannot do what it is asked."""

Work = Callable[[sa.Connection], Any]


@dataclass(frozen=True, slots=True)
class _Wish:
    work: Work
    done: asyncio.Future[Any]


class SharedWrites:
    """Writes in the event loop's thread.

    connection: commits every statement by itself; the transactions are made here. elsewhere: writes
    in a transaction of its own, off the event loop, which may wait for other writers.
    """

    def __init__(
        self, connection: sa.Connection, elsewhere: Callable[[Work], asyncio.Future[Any]]
    ) -> None:
        self._connection = connection
        self._elsewhere = elsewhere
        self._wishes: list[_Wish] = []

    async def write(self, work: Work) -> Any:
        """What `work` returns, once it is committed. Raises what it raises, and UNAVAILABLE."""
        loop = asyncio.get_running_loop()
        wish = _Wish(work, loop.create_future())
        self._wishes.append(wish)
        if len(self._wishes) == 1:
            loop.call_soon(self._write_all)
        return await wish.done

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _write_all(self) -> None:
        wishes, self._wishes = self._wishes, []
        driver: Any = self._connection.connection.driver_connection
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            # Somebody else is writing.
            for wish in wishes:
                self._elsewhere(wish.work).add_done_callback(_passing_on(wish.done))
            return
        try:
            outcomes = [self._write_one(driver, wish.work) for wish in wishes]
            driver.execute("COMMIT")
        except UNAVAILABLE as error:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            outcomes = [(None, error)] * len(wishes)
        for wish, (value, raised) in zip(wishes, outcomes, strict=True):
            _settle(wish.done, value, raised)

    def _write_one(self, driver: Any, work: Work) -> tuple[Any, BaseException | None]:
        driver.execute("SAVEPOINT one")
        value, raised = None, None
        try:
            value = work(self._connection)
        except UNAVAILABLE:
            raise
        except Exception as error:
            driver.execute("ROLLBACK TO one")
            raised = error
        driver.execute("RELEASE one")
        return value, raised


def _passing_on(done: asyncio.Future[Any]) -> Callable[[asyncio.Future[Any]], None]:
    def pass_on(ended: asyncio.Future[Any]) -> None:
        if ended.cancelled():
            done.cancel()
            return
        raised = ended.exception()
        _settle(done, None if raised else ended.result(), raised)

    return pass_on


def _settle(done: asyncio.Future[Any], value: Any, raised: BaseException | None) -> None:
    if done.done():
        # Whoever asked has gone.
        return
    if raised is None:
        done.set_result(value)
    else:
        done.set_exception(raised)
