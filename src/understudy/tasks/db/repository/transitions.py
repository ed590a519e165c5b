"""A task's changes of status, each fenced by its attempt and written to the outbox in the same
transaction.

    submitted ──claim──► processing ──succeed──► succeeded
        ▲  │                 │  │
        │  └──cancel─────────┼──┴──fail, cancel──► failed
        └──────retry─────────┘

A worker that was given up writes with an outdated attempt, which changes nothing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from understudy.tasks.db.repository import accounts, callbacks, deductions
from understudy.tasks.db.repository.callbacks import WritePayload
from understudy.tasks.db.repository.rows import pack, to_task
from understudy.tasks.db.repository.turns import PROCESSING, Turn, next_turns, note_turns
from understudy.tasks.db.schema import previews, tasks
from understudy.tasks.records import Result, Status, Task


def claim(
    connection: sa.Connection,
    write_payload: WritePayload,
    *,
    now: int,
    limit: int = 1,
    slot_limit: int | None = None,
) -> list[Task]:
    """Claim the tasks whose turn it is, one of each account and `limit` of them at most, and
    increment their attempts; none when none is due.

    slot_limit: as of `next_turns`. It is kept as long as one controller claims at a time.
    """
    while turns := next_turns(connection, now=now, limit=limit, slot_limit=slot_limit):
        # Tasks before accounts, as in every change, and tasks by their ids: so of two changes at
        # once none waits for the other while the other waits for it.
        found = {
            turn.task_id: _claim_one(connection, write_payload, turn, now)
            for turn in sorted(turns, key=lambda turn: turn.task_id)
        }
        claimed = [task for turn in turns if (task := found[turn.task_id]) is not None]
        note_turns(connection, [task.account_id for task in claimed])
        if claimed:
            return claimed
        # All were cancelled, or claimed by another controller, since they were read.
    return []


def _claim_one(
    connection: sa.Connection, write_payload: WritePayload, turn: Turn, now: int
) -> Task | None:
    return _change(
        connection,
        write_payload,
        sa.and_(tasks.c.id == turn.task_id, tasks.c.status == Status.SUBMITTED),
        now,
        status=Status.PROCESSING,
        attempt=tasks.c.attempt + 1,
        claimed_at=now,
        stage="",
        percent=0,
    )


def report_progress(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    task_id: int,
    attempt: int,
    *,
    stage: str,
    percent: int,
    preview: bytes | None,
    now: int,
) -> bool:
    """Store an attempt's progress; False if the attempt has lost its lease."""
    done = connection.execute(
        tasks.update().where(_held(task_id, attempt)).values(stage=stage, percent=percent)
    )
    if not done.rowcount:
        return False
    if preview is not None:
        _drop_preview(connection, task_id)
        connection.execute(previews.insert().values(task_id=task_id, jpeg=preview, made_at=now))
    return True


def succeed(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    write_payload: WritePayload,
    task_id: int,
    attempt: int,
    *,
    result: Result,
    units: int,
    now: int,
) -> Task | None:
    """Publish an attempt's result and charge for it; None if the attempt has lost its lease.

    units: thousandths; no more than the reserved units are charged.
    """
    task = _end(
        connection,
        write_payload,
        _held(task_id, attempt),
        now,
        status=Status.SUCCEEDED,
        units=units,
        result=pack(result),
        stage="finish",
        percent=100,
    )
    if task is not None:
        deductions.note(connection, task, accounts.get(connection, task.account_id), now=now)
    return task


def fail(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    write_payload: WritePayload,
    task_id: int,
    attempt: int,
    *,
    message: str,
    now: int,
) -> Task | None:
    """Mark an attempt's task as failed, free of charge; None if the attempt has lost its lease."""
    return _end(
        connection,
        write_payload,
        _held(task_id, attempt),
        now,
        status=Status.FAILED,
        message=message,
    )


def retry(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    write_payload: WritePayload,
    task_id: int,
    attempt: int,
    *,
    not_before: int,
    failed: bool,
    now: int,
) -> Task | None:
    """Put an attempt's task back in the queue; None if the attempt has lost its lease.

    failed: count this as a failure; a normal stop of the server does not.
    """
    return _change(
        connection,
        write_payload,
        _held(task_id, attempt),
        now,
        status=Status.SUBMITTED,
        not_before=not_before,
        failures=tasks.c.failures + int(failed),
        stage="",
        percent=0,
    )


def cancel(
    connection: sa.Connection, write_payload: WritePayload, task_id: int, *, message: str, now: int
) -> Task | None:
    """Cancel an unfinished task, whichever attempt holds it; None if it had ended."""
    live = tasks.c.status.in_([Status.SUBMITTED, Status.PROCESSING])
    return _end(
        connection,
        write_payload,
        sa.and_(tasks.c.id == task_id, live),
        now,
        status=Status.FAILED,
        message=message,
    )


def delete(connection: sa.Connection, account_id: int, task_id: int, *, now: int) -> bool:
    """Delete one of the account's tasks and free its external id; False if it has not ended."""
    done = connection.execute(
        tasks.update()
        .where(
            tasks.c.id == task_id,
            tasks.c.account_id == account_id,
            tasks.c.finished_at.is_not(None),
            tasks.c.deleted_at.is_(None),
        )
        .values(deleted_at=now, external_id=None)
    )
    return bool(done.rowcount)


def is_held(connection: sa.Connection, task_id: int, attempt: int) -> bool:
    """Whether this attempt still holds the task's lease."""
    return (
        connection.execute(sa.select(tasks.c.id).where(_held(task_id, attempt))).first() is not None
    )


def processing(connection: sa.Connection) -> dict[int, int]:
    """Every task that is being processed: its attempt by its id."""
    rows = connection.execute(
        sa.select(tasks.c.id, tasks.c.attempt).where(tasks.c.status == PROCESSING)
    )
    return {row.id: row.attempt for row in rows}


def oldest_unfinished(connection: sa.Connection) -> int | None:
    """When (ms) the oldest unfinished task was created; None if there is none."""
    live = tasks.c.status.in_([Status.SUBMITTED, Status.PROCESSING])
    return connection.execute(sa.select(sa.func.min(tasks.c.created_at)).where(live)).scalar()


def _held(task_id: int, attempt: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        tasks.c.id == task_id,
        tasks.c.attempt == attempt,
        tasks.c.status == Status.PROCESSING,
    )


def _end(
    connection: sa.Connection,
    write_payload: WritePayload,
    which: sa.ColumnElement[bool],
    now: int,
    *,
    units: int = 0,
    **values: Any,
) -> Task | None:
    held = sa.select(tasks.c.id, tasks.c.units_reserved).where(which).with_for_update()
    row = connection.execute(held).first()
    if row is None:
        return None
    charged = min(units, row.units_reserved)
    task = _change(
        connection,
        write_payload,
        which,
        now,
        units_reserved=0,
        units_charged=charged,
        finished_at=now,
        **values,
    )
    if task is not None:
        accounts.settle(connection, task.account_id, held=row.units_reserved, charged=charged)
        _drop_preview(connection, task.id)
    return task


def _change(
    connection: sa.Connection,
    write_payload: WritePayload,
    which: sa.ColumnElement[bool],
    now: int,
    **values: Any,
) -> Task | None:
    row = connection.execute(
        tasks.update()
        .where(which)
        .values(updated_at=now, revision=tasks.c.revision + 1, **values)
        .returning(tasks)
    ).first()
    if row is None:
        return None
    task = to_task(row)
    callbacks.tell_task(connection, write_payload, task, now=now)
    return task


def _drop_preview(connection: sa.Connection, task_id: int) -> None:
    connection.execute(previews.delete().where(previews.c.task_id == task_id))


def unpurged(connection: sa.Connection, *, before: int, limit: int) -> list[int]:
    """Tasks that ended before `before` (ms), or were deleted, whose files are still kept."""
    rows = connection.execute(
        sa.select(tasks.c.id)
        .where(
            tasks.c.finished_at.is_not(None),
            tasks.c.purged_at.is_(None),
            sa.or_(tasks.c.finished_at < before, tasks.c.deleted_at.is_not(None)),
        )
        .order_by(tasks.c.finished_at)
        .limit(limit)
    )
    return list(rows.scalars())


def note_purged(connection: sa.Connection, task_id: int, *, now: int) -> None:
    """Note that a task's files are deleted."""
    connection.execute(tasks.update().where(tasks.c.id == task_id).values(purged_at=now))
