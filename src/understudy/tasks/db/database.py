"""The database: SQLite or PostgreSQL, reached by functions over one connection.

`read` and `write` run such a function in one of the database's threads, `write` within one
transaction. `look_up` reads a few rows; on SQLite it runs in the event loop's thread, which is
faster than a round trip to another. The driver is the synchronous one: on SQLite it took a fifth of
the time of the asynchronous one, which crosses threads once per statement instead of once per
transaction.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from understudy.tasks.db.reserve import keep_reserve
from understudy.tasks.db.shared_writes import (
    UNAVAILABLE,
    SharedWrites,
    Work,
    WriteOutcome,
    write_together,
)

BUSY_MS = 5000
"""How long a SQLite write that no client waits for waits for another process's lock."""
CLIENT_SECONDS = 3.0
"""How long one that a client waits for does; after it the client gets 503."""
SQLITE_READERS = 2
"""Threads that read: lists and the controller's queries, beside the event loop's own look-ups."""
POSTGRES_THREADS = 12
"""Threads, and so connections: a server's share of PostgreSQL's default 100."""
_SPARE_CONNECTIONS = 4
"""Of SQLite's pool, beside the readers': writer, look-ups, shared writes, checkpoint."""
_WRITES_PER_CHECKPOINT = 500
"""Keeps SQLite's log under about 10 MB; a checkpoint takes milliseconds."""
_CONNECT_SECONDS = 5
_KEEPALIVE_IDLE_SECONDS = 10
_KEEPALIVE_INTERVAL_SECONDS = 5
_KEEPALIVES = 3
"""Unanswered ones after which a connection counts as dead, also by the database's own."""

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseUnavailable(Exception):  # noqa: N818 - a state
    """The database did not answer: locked, restarted, unreachable or out of disk space."""


class DatabaseUnfit(Exception):  # noqa: N818 - a state
    """The file is damaged, no database at all, or one that another version of Understudy made."""


class Database:
    """Connections to one database, and the threads that use them."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        threads = SQLITE_READERS if self.is_sqlite else POSTGRES_THREADS
        self._readers = ThreadPoolExecutor(threads, "database")
        # SQLite has one writer at a time: queueing is fairer than its busy waiting.
        self._writers = (
            ThreadPoolExecutor(1, "database-writer") if self.is_sqlite else self._readers
        )
        self._look_ups: sa.Connection | None = None
        self._shared: SharedWrites | None = None
        self._unchecked = 0

    async def look_up(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read a few rows by a key. Raises DatabaseUnavailable.

        On SQLite it runs in the calling thread: in WAL mode no writer blocks a reader.
        """
        if not self.is_sqlite:
            return await self.read(work, *args, **kwargs)
        try:
            if self._look_ups is None:
                self._look_ups = self._reading.connect()
                # The event loop must not wait for a lock.
                self._look_ups.connection.execute("PRAGMA busy_timeout=0").close()
            return work(self._look_ups, *args, **kwargs)
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_reason(error)) from error

    async def write_shortly(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write` for a few statements that a client waits for. Raises DatabaseUnavailable, also
        when the database is locked for CLIENT_SECONDS; nothing is written then.

        On SQLite it runs at the end of the event loop's iteration, together with the other short
        writes of that iteration, or in a thread while another connection is writing.
        """
        until = asyncio.get_running_loop().time() + CLIENT_SECONDS
        return await self.write_before(until, work, *args, **kwargs)

    async def write_before(
        self,
        until: float,
        work: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """`write_shortly` that waits for a locked database until then, by the event loop's time."""
        if not self.is_sqlite:
            return await self.write(work, *args, **kwargs)
        if self._shared is None:
            self._shared = self._share_writes()
        try:
            done: T = await self._shared.write(Work(work, args, kwargs), until=until)
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_reason(error)) from error
        self._unchecked += 1
        if self._unchecked >= _WRITES_PER_CHECKPOINT:
            self._unchecked = 0
            self._writers.submit(self._checkpoint)
        return done

    def _share_writes(self) -> SharedWrites:
        connection = self._reading.connect()
        # The event loop must wait neither for a lock nor for the disk.
        for pragma in ("busy_timeout=0", "wal_autocheckpoint=0"):
            connection.connection.execute(f"PRAGMA {pragma}").close()

        def in_thread(works: Sequence[Work]) -> asyncio.Future[list[WriteOutcome]]:
            loop = asyncio.get_running_loop()
            return loop.run_in_executor(self._writers, self._write_together, works)

        return SharedWrites(connection, in_thread)

    def _write_together(self, works: Sequence[Work]) -> list[WriteOutcome]:
        with self._reading.connect() as connection:
            return write_together(connection, works)

    async def read(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` on a connection that commits every statement by itself.

        Raises DatabaseUnavailable.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._readers, lambda: self.read_now(work, *args, **kwargs)
        )

    async def write(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` in one transaction, undone if it raises. Raises DatabaseUnavailable.

        Cancelling the caller does not stop the transaction: it is then unknown whether it happened.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._writers, lambda: self.write_now(work, *args, **kwargs)
        )

    def read_now(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` in the calling thread."""
        try:
            with self._reading.connect() as connection:
                return work(connection, *args, **kwargs)
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_reason(error)) from error
        except DBAPIError as error:
            raise _unfit_or_same(error) from error

    def write_now(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write` in the calling thread."""
        try:
            with self.engine.begin() as connection:
                return work(connection, *args, **kwargs)
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_reason(error)) from error
        except DBAPIError as error:
            raise _unfit_or_same(error) from error

    def close(self) -> None:
        """Wait for running work and close every connection."""
        self._writers.shutdown()
        self._readers.shutdown()
        for part in (self._look_ups, self._shared):
            if part is not None:
                part.close()
        self.engine.dispose()

    def _checkpoint(self) -> None:
        """Copy what short writes left in SQLite's log into the database file."""
        with self._reading.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").close()


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        keep_reserve(Path(url.database))
    engine = sa.create_engine(
        url,
        pool_size=SQLITE_READERS + _SPARE_CONNECTIONS,
        # No connection goes back to the pool with an open transaction.
        pool_reset_on_return=None,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN is deferred. Ours, below, takes the write lock at once, so no
        # transaction fails half-way because another one wrote meanwhile.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: URL) -> sa.Engine:
    return sa.create_engine(
        url,
        pool_size=POSTGRES_THREADS,
        max_overflow=2,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "keepalives_idle": _KEEPALIVE_IDLE_SECONDS,
            "keepalives_interval": _KEEPALIVE_INTERVAL_SECONDS,
            "keepalives_count": _KEEPALIVES,
            # Otherwise the database holds the leader's lock for two hours after its machine has
            # gone.
            "options": f"-c tcp_keepalives_idle={_KEEPALIVE_IDLE_SECONDS} "
            f"-c tcp_keepalives_interval={_KEEPALIVE_INTERVAL_SECONDS} "
            f"-c tcp_keepalives_count={_KEEPALIVES}",
        },
    )


def _unfit_or_same(error: DBAPIError) -> Exception:
    """DatabaseUnfit for what SQLite says of a file that it cannot make sense of."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return DatabaseUnfit(_reason(error))
    return error


def _reason(error: Exception) -> str:
    # The driver's message only: SQLAlchemy's adds the statement and its values.
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause or "").strip().splitlines()
    return lines[0] if lines else "no answer"
