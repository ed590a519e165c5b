"""The tables' history, run at start: one line of alembic revisions for SQLite and PostgreSQL.

The scripts in `versions` are alembic's: each has `upgrade` and no way back, because a downgrade
would lose what clients were promised to be kept.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from understudy.tasks.db.database import Database, DatabaseUnfit

HEAD = "0003"

# Any number of ours: servers that start at once on one PostgreSQL migrate one after the other.
_MIGRATION_LOCK = 5_871_203


def migrate(database: Database) -> None:
    """Bring the tables to the newest revision. Raises DatabaseUnavailable, DatabaseUnfit."""
    if database.read_now(_revision) != HEAD:
        database.write_now(_upgrade)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: sa.Connection) -> None:
    # Imported late: most starts find the newest revision and need no alembic.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnfit("another version of Understudy made it") from error
