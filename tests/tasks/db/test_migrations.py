"""The tables' history ends in the tables that the code knows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from understudy.tasks.db import migrations
from understudy.tasks.db.database import Database
from understudy.tasks.db.schema import metadata


def test_the_newest_revision_is_the_one_that_starts_look_for() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == migrations.HEAD


def test_the_revisions_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    assert database.read_now(differences) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrations.migrate(database)


def test_servers_that_start_at_once_on_one_file_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'x.db'}"

    def start(_: int) -> None:
        database = Database(url)
        migrations.migrate(database)
        database.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [None] * 4
