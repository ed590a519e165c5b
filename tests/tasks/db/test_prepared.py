"""A prepared statement gives what SQLAlchemy's own way gives, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from understudy.tasks.db.database import Database
from understudy.tasks.db.prepared import Prepared
from understudy.tasks.db.repository import tasks
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.schema import tasks as table


def test_what_is_stored_is_found_the_same_by_both_ways(
    database: Database, new_task: Callable[..., NewTask]
) -> None:
    new = new_task(external_id="größer als '1'")
    database.write_now(tasks.insert, new, now=1000, concurrency_limit=9)
    by_id = sa.select(table).where(table.c.id == sa.bindparam("id"), table.c.status == "submitted")
    prepared = Prepared(by_id)

    def both(connection: sa.Connection) -> tuple[object, object]:
        plain = connection.execute(by_id, {"id": new.id}).one()
        return prepared.first(connection, {"id": new.id}), dict(plain._mapping)

    ours, theirs = database.read_now(both)
    assert ours == theirs
    assert database.read_now(prepared.first, {"id": 5}) is None


def test_it_tells_how_many_rows_it_wrote(
    database: Database, new_task: Callable[..., NewTask]
) -> None:
    new = new_task()
    database.write_now(tasks.insert, new, now=1000, concurrency_limit=9)
    rename = Prepared(
        table.update().where(table.c.id == sa.bindparam("which")).values(message="renamed")
    )
    assert database.write_now(rename.run, {"which": new.id}) == 1
    assert database.write_now(rename.run, {"which": 5}) == 0
    found = database.read_now(tasks.find, new.account_id, str(new.id))
    assert found is not None
    assert found.message == "renamed"
