"""A migrated database with one account, and the makers of tasks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from understudy.take.options import TakeRequest
from understudy.tasks.db.database import Database
from understudy.tasks.db.migrations import migrate
from understudy.tasks.db.repository import accounts
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.schema import compatibility, metadata
from understudy.tasks.ids import TASK_BITS, IdMaker
from understudy.tasks.records import Account, Design, Source, Task, TaskRequest

MakeTask = Callable[..., NewTask]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database."""
    made = Database(database_url)
    migrate(made)
    yield made
    made.close()


def account_of(account_id: int, name: str, **changes: object) -> Account:
    """An account with nothing used."""
    values: dict[str, object] = {
        "id": account_id,
        "name": name,
        "active": True,
        "concurrency_limit": None,
        "units_total": None,
        "units_used": 0,
        "units_reserved": 0,
        "units_set_at": 0,
        "active_tasks": 0,
        "created_at": 1,
    }
    return Account(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def account(database: Database) -> Account:
    """A stored account with unlimited units."""
    made = account_of(1, "alice")
    database.write_now(accounts.insert, made, "sealed")
    return made


def empty(connection: sa.Connection) -> None:
    """Delete every row, except what a migration wrote."""
    for table in reversed(metadata.sorted_tables):
        if table is not compatibility:
            connection.execute(table.delete())


def untold(task: Task) -> str:
    """The body of a callback that nobody reads."""
    return str(task.id)


@pytest.fixture
def new_task(account: Account) -> MakeTask:
    """Makes tasks of the account that are not stored yet."""
    make_id = IdMaker(TASK_BITS)

    def make(**changes: object) -> NewTask:
        callback_url = changes.pop("callback_url", None)
        request = TaskRequest(
            take=TakeRequest(),
            clip=Source(url="https://example.com/clip.mp4", max_bytes=100),
            picture=Source(key="inputs/1/picture", max_bytes=100),
            callback_url=callback_url,  # type: ignore[arg-type]
        )
        values: dict[str, object] = {
            "id": make_id(),
            "account_id": account.id,
            "design": Design.LEGACY,
            "request": request,
            "external_id": None,
            "units": 5000,
        }
        return NewTask(**{**values, **changes})  # type: ignore[arg-type]

    return make
