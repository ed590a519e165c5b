"""One controller at a time: the others wait, and take over when it is gone.

The lock is one that the system releases when its holder dies: a locked file next to a SQLite
database, a session's advisory lock on PostgreSQL. Another server takes over at once, and after half
a minute where the holder's machine is cut off or the process is frozen.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from understudy.tasks.db.database import Database, DatabaseUnavailable

_ADVISORY_LOCK = 5_871_202
"""Any number that nothing else on the database uses."""
LEASE_SECONDS = 30
"""After so long without a word from the leader PostgreSQL ends its session, and so its lock: the
process may be frozen. It says one every five seconds."""
POLL_SECONDS = 1.0
"""How often a waiting server asks; also the longest that nobody leads after a death."""


class Leadership(Protocol):
    """The right to be the controller of a database."""

    def take(self) -> bool:
        """Try to take it; False when another has it. Raises DatabaseUnavailable."""
        ...

    def holds(self) -> bool:
        """Whether it is still held."""
        ...

    def let_go(self) -> None:
        """Give it up."""
        ...


async def wait_for(leadership: Leadership) -> None:
    """Take leadership as soon as it is free."""
    while True:
        with suppress(DatabaseUnavailable):
            if await _take(leadership):
                return
        await asyncio.sleep(POLL_SECONDS)


async def _take(leadership: Leadership) -> bool:
    """Take it in a thread; whoever is cancelled meanwhile does not have it afterwards."""
    taking = asyncio.ensure_future(asyncio.to_thread(leadership.take))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        # The thread goes on, and nobody would let go of what it takes.
        with suppress(DatabaseUnavailable):
            if await taking:
                leadership.let_go()
        raise


def leadership_of(database: Database, *, lease_seconds: float = LEASE_SECONDS) -> Leadership:
    """Leadership over the takes of one database.

    lease_seconds: for which a leader on PostgreSQL keeps it without a word.
    """
    if not database.is_sqlite:
        return _AdvisoryLock(database, lease_seconds)
    assert database.url.database is not None
    return _FileLock(Path(f"{database.url.database}.controller"))


class _FileLock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def holds(self) -> bool:
        return self._descriptor is not None

    def let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _AdvisoryLock:
    def __init__(self, database: Database, lease_seconds: float) -> None:
        self._lease_ms = round(lease_seconds * 1000)
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._session: sa.Connection | None = None

    def take(self) -> bool:
        try:
            session = self._engine.connect()
        except sa.exc.DBAPIError as error:
            raise DatabaseUnavailable(str(error.orig)) from error
        try:
            taken = session.scalar(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_LOCK)))
            if taken:
                session.exec_driver_sql(f"SET idle_session_timeout = {self._lease_ms}")
        except sa.exc.DBAPIError as error:
            session.invalidate()
            session.close()
            raise DatabaseUnavailable(str(error.orig)) from error
        if not taken:
            session.close()
            return False
        self._session = session
        return True

    def holds(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.scalar(sa.select(1))
        except sa.exc.DBAPIError:
            self._session.invalidate()
            self._session = None
        return self._session is not None

    def let_go(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            # A session that is closed keeps the lock until the database has noticed.
            with suppress(sa.exc.DBAPIError):
                session.scalar(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_LOCK)))
            # Whatever came of that, the connection itself goes, not back to the pool.
            session.invalidate()
            session.close()
