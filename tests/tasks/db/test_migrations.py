"""The tables' history ends in the tables that the code knows, and older code lives with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from understudy.tasks.db import migrations
from understudy.tasks.db.database import Database, DatabaseUnfit
from understudy.tasks.db.schema import compatibility, metadata


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


def test_tables_of_a_newer_version_are_used_as_long_as_they_may_be(database: Database) -> None:
    """So a server can be started again, or put back, while newer ones run beside it."""
    newer = str(int(migrations.HEAD) + 1).zfill(4)
    database.write_now(_set_revision, newer)
    migrations.migrate(database)
    assert database.read_now(_revision) == newer
    database.write_now(_set_oldest_code, newer)
    with pytest.raises(DatabaseUnfit, match="too old"):
        migrations.migrate(database)
    database.write_now(_set_oldest_code, "0004")
    database.write_now(_set_revision, migrations.HEAD)


def _set_revision(connection: sa.Connection, revision: str) -> None:
    connection.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def _set_oldest_code(connection: sa.Connection, revision: str) -> None:
    connection.execute(compatibility.update().values(oldest_revision=revision))


def _revision(connection: sa.Connection) -> str:
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())


ROLLED = [(f"{number:04}", f"{number + 1:04}") for number in range(3, int(migrations.HEAD))]
"""Revisions that servers of both run on at once, while one version replaces the other."""


@pytest.mark.parametrize(("before", "after"), ROLLED)
def test_a_revision_only_adds_what_older_code_need_not_know(
    tmp_path: Path, before: str, after: str
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.write_now(migrations.upgrade, to=before)
    old = database.read_now(_reflected)
    for table in old.sorted_tables:
        database.write_now(_insert_as_old_code_does, table, 1)
    database.write_now(migrations.upgrade, to=after)
    new = database.read_now(_reflected)
    for table in old.sorted_tables:
        assert _unique(table) == _unique(new.tables[table.name])
        for column in table.columns:
            kept = new.tables[table.name].columns[column.name]
            assert (str(kept.type), kept.nullable) == (str(column.type), column.nullable)
        for column in new.tables[table.name].columns:
            known = column.name in table.columns
            assert known or column.nullable or column.server_default is not None
        # What old code writes and reads, with the columns that it knows.
        database.write_now(_insert_as_old_code_does, table, 2)
        rows = database.read_now(lambda each, which=table: each.execute(which.select()).all())
        assert len(rows) >= (1 if table.name == "alembic_version" else 2)
    database.close()


def _reflected(connection: sa.Connection) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(connection)
    return found


def _unique(table: sa.Table) -> set[tuple[str, ...]]:
    """The columns of which a table takes each combination once."""
    constraints = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return {tuple(column.name for column in each.columns) for each in constraints} | {
        tuple(column.name for column in each.columns) for each in table.indexes if each.unique
    }


def _insert_as_old_code_does(connection: sa.Connection, table: sa.Table, number: int) -> None:
    """Store a row of this number, which fits the rows of the same number in other tables."""
    if table.name != "alembic_version":
        values = {column.name: _value(column, number) for column in table.columns}
        connection.execute(table.insert().values(**values))


def _value(column: sa.Column[Any], number: int) -> object:
    if isinstance(column.type, sa.JSON):
        return {}
    if isinstance(column.type, sa.LargeBinary):
        return b"x"
    if isinstance(column.type, sa.Boolean):
        return True
    return number if isinstance(column.type, sa.Integer) else str(number)
