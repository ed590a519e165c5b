"""The tables' history, run at start: one line of alembic revisions for SQLite and PostgreSQL.

The scripts in `versions` are alembic's: each has `upgrade` and no way back, because a downgrade
would lose what clients were promised to be kept.

A revision only adds, so that servers of the version before work on while newer ones start. One that
takes something away comes at least a release after the last code that used it, and names the oldest
code that can go on in the table `compatibility`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from understudy.tasks.db.database import Database, DatabaseUnavailable, DatabaseUnfit
from understudy.tasks.db.schema import compatibility
from understudy.tasks.db.shared_writes import UNAVAILABLE

HEAD = "0005"

# Any number of ours: servers that start at once on one PostgreSQL migrate one after the other.
_MIGRATION_LOCK = 5_871_203
_LOCK_POLL_SECONDS = 0.2
_TABLE_LOCK_SECONDS = 5
"""How long a revision waits for a table. While it waits, everybody else waits behind it."""


def migrate(database: Database) -> None:
    """Bring the tables to the newest revision; leave them where a newer version made them and
    this one can use them. Raises DatabaseUnavailable, DatabaseUnfit.
    """
    found = database.read_now(_revision)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        if database.read_now(_oldest_code) > HEAD:
            raise DatabaseUnfit("a newer version of Understudy made it; this one is too old for it")
        return
    if database.is_sqlite:
        database.write_now(upgrade)
        return
    try:
        _upgrade_beside_others(database)
    except UNAVAILABLE as error:
        raise DatabaseUnavailable(str(getattr(error, "orig", error))) from error


def _upgrade_beside_others(database: Database) -> None:
    """Upgrade PostgreSQL while other servers use it."""
    with _migrating_alone(database), database.engine.connect() as connection:
        connection.execute(sa.text(f"SET lock_timeout = '{_TABLE_LOCK_SECONDS}s'"))
        connection.commit()
        try:
            upgrade(connection)
        finally:
            # Not back to the pool, with that setting.
            connection.invalidate()


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _oldest_code(connection: sa.Connection) -> str:
    found = connection.execute(sa.select(sa.func.max(compatibility.c.oldest_revision)))
    return str(found.scalar_one())


@contextmanager
def _migrating_alone(database: Database) -> Iterator[None]:
    """Hold a lock that one server at a time can have.

    It is asked for again and again: a statement that waited for it would hold a snapshot, for whose
    end an index that is being built would wait.
    """
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        while not session.scalar(sa.select(sa.func.pg_try_advisory_lock(_MIGRATION_LOCK))):
            time.sleep(_LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            session.scalar(sa.select(sa.func.pg_advisory_unlock(_MIGRATION_LOCK)))


def upgrade(connection: sa.Connection, *, to: str = "head") -> None:
    """Run the revisions up to `to`. Raises DatabaseUnfit."""
    # Imported late: most starts find the newest revision and need no alembic.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise DatabaseUnfit("another version of Understudy made it") from error
