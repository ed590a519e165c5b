"""The database: SQLite or PostgreSQL, reached by functions over one connection.

`read` and `write` run such a function in a thread of the database's own, `write` within one
transaction; `look_up` is for reads of a few rows, which on SQLite are faster than the way to a
thread. Threads and the synchronous driver, because on SQLite they were measured at a fifth of the
time that the asynchronous one needs: it crosses threads once per statement, this once per
transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from understudy.tasks.db.shared_writes import (
    UNAVAILABLE,
    Outcome,
    SharedWrites,
    Work,
    write_together,
)

BUSY_MS = 5000
SQLITE_READERS = 2
POSTGRES_THREADS = 12
_WRITES_PER_CHECKPOINT = 500

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseUnavailable(Exception):  # noqa: N818 - a state
    """The database did not answer: locked, restarted, unreachable or out of disk space."""


class Database:
    """Connections to one database, and the threads that use them."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        threads = SQLITE_READERS if self.is_sqlite else POSTGRES_THREADS
        self._readers = ThreadPoolExecutor(threads, "database")
        # SQLite has one writer at a time: a queue before it is fairer than its busy waiting.
        self._writers = (
            ThreadPoolExecutor(1, "database-writer") if self.is_sqlite else self._readers
        )
        self._at_hand: sa.Connection | None = None
        self._shared: SharedWrites | None = None
        self._unchecked = 0

    async def look_up(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read a few rows by a key. Raises DatabaseUnavailable.

        On SQLite it happens here and now: in WAL mode no writer holds up a reader.
        """
        if not self.is_sqlite:
            return await self.read(work, *args, **kwargs)
        try:
            if self._at_hand is None:
                self._at_hand = self._reading.connect()
            return work(self._at_hand, *args, **kwargs)
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_in_words(error)) from error

    async def write_shortly(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write` for a few statements that a client waits for. Raises DatabaseUnavailable.

        On SQLite it happens at the end of the event loop's round, together with what else is
        written in it, unless another writer is at it at that moment.
        """
        if not self.is_sqlite:
            return await self.write(work, *args, **kwargs)
        if self._shared is None:
            self._shared = self._share_writes()
        try:
            done: T = await self._shared.write(lambda connection: work(connection, *args, **kwargs))
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_in_words(error)) from error
        self._unchecked += 1
        if self._unchecked >= _WRITES_PER_CHECKPOINT:
            self._unchecked = 0
            self._writers.submit(self._checkpoint)
        return done

    def _share_writes(self) -> SharedWrites:
        connection = self._reading.connect()
        # Neither waiting for a lock nor for the disk is for the event loop.
        for pragma in ("busy_timeout=0", "wal_autocheckpoint=0"):
            connection.connection.execute(f"PRAGMA {pragma}").close()

        def elsewhere(works: Sequence[Work]) -> asyncio.Future[list[Outcome]]:
            loop = asyncio.get_running_loop()
            return loop.run_in_executor(self._writers, self._write_together, works)

        return SharedWrites(connection, elsewhere)

    def _write_together(self, works: Sequence[Work]) -> list[Outcome]:
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
            raise DatabaseUnavailable(_in_words(error)) from error

    def write_now(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write` in the calling thread."""
        try:
            with self.engine.begin() as connection:
                return work(connection, *args, **kwargs)
        except UNAVAILABLE as error:
            raise DatabaseUnavailable(_in_words(error)) from error

    def close(self) -> None:
        """Wait for what is running, and let every connection go."""
        self._writers.shutdown()
        self._readers.shutdown()
        for part in (self._at_hand, self._shared):
            if part is not None:
                part.close()
        self.engine.dispose()

    def _checkpoint(self) -> None:
        """Bring what was written at hand from SQLite's log into its file."""
        with self._reading.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").close()


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        pool_size=SQLITE_READERS + 4,
        # Nothing is left open on a connection that could need undoing.
        pool_reset_on_return=None,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN is deferred; ours below takes the write lock at once, so that no
        # transaction fails half-way because another one wrote in between.
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
        connect_args={"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5},
    )


def _in_words(error: Exception) -> str:
    # The driver's sentence alone: SQLAlchemy's adds the statement with its values.
    said = error.orig if isinstance(error, DBAPIError) else error
    lines = str(said or "").strip().splitlines()
    return lines[0] if lines else "no answer"
