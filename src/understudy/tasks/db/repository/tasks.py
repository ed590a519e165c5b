"""Creating and reading tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from understudy.tasks.db.repository import accounts, callbacks, uploads
from understudy.tasks.db.repository.callbacks import WritePayload
from understudy.tasks.db.repository.rows import pack, to_task
from understudy.tasks.db.schema import previews, tasks
from understudy.tasks.ids import first_task_id
from understudy.tasks.records import Design, Status, Task, TaskRequest

TASK_ID_DIGITS = 18


class ExternalIdTaken(Exception):  # noqa: N818 - a state
    """The account has another task of this external id."""


class IdTaken(Exception):  # noqa: N818 - a state
    """Another server made the same id in the same millisecond."""


class UploadGone(Exception):  # noqa: N818 - a state
    """An upload that the task uses no longer exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task before it is stored. uploads: the ids of those to mark as used by it."""

    id: int
    account_id: int
    design: Design
    request: TaskRequest
    external_id: str | None
    units: int
    uploads: tuple[str, ...] = ()


def insert(
    connection: sa.Connection,
    write_payload: WritePayload,
    new: NewTask,
    *,
    now: int,
    concurrency_limit: int,
) -> Task:
    """Store a task, reserve its units and its place under the account's limits, and store its
    callback event.

    Raises UploadGone, ExternalIdTaken, IdTaken, accounts.TooManyTasks, accounts.UnitsUsedUp.
    """
    if not uploads.touch(connection, new.uploads, now=now):
        raise UploadGone
    if new.external_id is not None and has_external_id(connection, new.account_id, new.external_id):
        raise ExternalIdTaken(new.external_id)
    priority = accounts.reserve(connection, new.account_id, new.units, concurrency_limit)
    task = Task(
        id=new.id,
        account_id=new.account_id,
        design=new.design,
        request=new.request,
        external_id=new.external_id,
        status=Status.SUBMITTED,
        message="",
        stage="",
        percent=0,
        attempt=0,
        failures=0,
        revision=0,
        priority=priority,
        not_before=now,
        claimed_at=None,
        units_reserved=new.units,
        units_charged=0,
        result=None,
        created_at=now,
        updated_at=now,
        finished_at=None,
        deleted_at=None,
        purged_at=None,
    )
    values = {name: getattr(task, name) for name in _COLUMNS}
    values["request"] = pack(task.request)
    try:
        connection.execute(_INSERT, values)
    except IntegrityError as error:
        # The constraint as PostgreSQL names it, the column as SQLite does.
        if "pk_tasks" in str(error.orig) or "tasks.id" in str(error.orig):
            raise IdTaken from error
        # Two creates with one external id at once, on PostgreSQL.
        raise ExternalIdTaken(new.external_id) from error
    callbacks.tell_task(connection, write_payload, task, now=now)
    return task


_COLUMNS = tuple(field.name for field in fields(Task))
_INSERT = tasks.insert()

_HAS_EXTERNAL_ID = sa.select(tasks.c.id).where(
    tasks.c.account_id == sa.bindparam("account_id"),
    tasks.c.external_id == sa.bindparam("external_id"),
)


def has_external_id(connection: sa.Connection, account_id: int, external_id: str) -> bool:
    """Whether the account has a task of this external id."""
    values = {"account_id": account_id, "external_id": external_id}
    return connection.execute(_HAS_EXTERNAL_ID, values).first() is not None


_SHOWN = tasks.c.deleted_at.is_(None)
_BY_ID = sa.select(tasks).where(
    tasks.c.id == sa.bindparam("id"), tasks.c.account_id == sa.bindparam("account_id"), _SHOWN
)
_BY_EXTERNAL_ID = sa.select(tasks).where(
    tasks.c.account_id == sa.bindparam("account_id"),
    tasks.c.external_id == sa.bindparam("external_id"),
    _SHOWN,
)


def find(connection: sa.Connection, account_id: int, reference: str) -> Task | None:
    """The account's task of this id or, if there is none, of this external id."""
    found = None
    if is_task_id(reference):
        values = {"id": int(reference), "account_id": account_id}
        found = connection.execute(_BY_ID, values).first()
    # PostgreSQL takes no NUL in text, not even to look for.
    if found is None and "\0" not in reference:
        found = connection.execute(
            _BY_EXTERNAL_ID, {"account_id": account_id, "external_id": reference}
        ).first()
    return None if found is None else to_task(found)


def is_task_id(text: str) -> bool:
    """Whether a text has the form of a task's id."""
    return len(text) == TASK_ID_DIGITS and text.isascii() and text.isdecimal()


def find_many(
    connection: sa.Connection,
    account_id: int,
    *,
    ids: Sequence[int] = (),
    external_ids: Sequence[str] = (),
) -> list[Task]:
    """The account's tasks with these ids, in no particular order; unknown ids are skipped."""
    wanted = tasks.c.id.in_(ids) if ids else tasks.c.external_id.in_(external_ids)
    rows = connection.execute(
        sa.select(tasks).where(tasks.c.account_id == account_id, _SHOWN, wanted)
    )
    return [to_task(row) for row in rows]


def by_ids(connection: sa.Connection, ids: Sequence[int]) -> list[Task]:
    """The tasks of these ids, whoever owns them."""
    return [to_task(row) for row in connection.execute(sa.select(tasks).where(tasks.c.id.in_(ids)))]


_PAGE_IDS = (
    sa.select(tasks.c.id)
    .where(tasks.c.account_id == sa.bindparam("account_id"), _SHOWN)
    .order_by(tasks.c.id.desc())
    .limit(sa.bindparam("limit"))
    .offset(sa.bindparam("offset"))
)
# Only the index is walked to the page; rows are read for the page alone.
_PAGE = sa.select(tasks).where(tasks.c.id.in_(_PAGE_IDS)).order_by(tasks.c.id.desc())


def page(connection: sa.Connection, account_id: int, *, offset: int, limit: int) -> list[Task]:
    """The account's tasks, newest first, `limit` of them after the first `offset`."""
    rows = connection.execute(_PAGE, {"account_id": account_id, "limit": limit, "offset": offset})
    return [to_task(row) for row in rows]


def older(  # noqa: PLR0913 - one for each condition
    connection: sa.Connection,
    account_id: int,
    *,
    before_id: int,
    since: int,
    statuses: Sequence[Status],
    limit: int,
) -> list[Task]:
    """The account's tasks created at `since` (ms) or later with ids below `before_id`, newest
    first."""
    query = (
        sa.select(tasks)
        .where(
            tasks.c.account_id == account_id,
            _SHOWN,
            tasks.c.id < before_id,
            tasks.c.id >= first_task_id(since),
        )
        .order_by(tasks.c.id.desc())
        .limit(limit)
    )
    if statuses:
        query = query.where(tasks.c.status.in_(statuses))
    return [to_task(row) for row in connection.execute(query)]


def is_published(connection: sa.Connection, task_id: int, prefix: str) -> bool:
    """Whether the task's video lies under this prefix of keys."""
    row = connection.execute(sa.select(tasks.c.result).where(tasks.c.id == task_id)).first()
    return row is not None and row.result is not None and row.result["video"].startswith(prefix)


def preview(connection: sa.Connection, task_id: int, *, after: int) -> tuple[bytes, int] | None:
    """The running take's newest preview (JPEG) and when it was made, if later than `after`."""
    row = connection.execute(
        sa.select(previews.c.jpeg, previews.c.made_at).where(
            previews.c.task_id == task_id, previews.c.made_at > after
        )
    ).first()
    return None if row is None else (row.jpeg, row.made_at)


def count_live(connection: sa.Connection) -> dict[str, int]:
    """How many tasks are submitted and how many are processing, over all accounts."""
    rows = connection.execute(
        sa.select(tasks.c.status, sa.func.count())
        .where(tasks.c.status.in_([Status.SUBMITTED, Status.PROCESSING]))
        .group_by(tasks.c.status)
    )
    return {Status.SUBMITTED: 0, Status.PROCESSING: 0, **{row[0]: row[1] for row in rows}}
