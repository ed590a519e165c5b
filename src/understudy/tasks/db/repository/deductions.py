"""What tasks cost their accounts: written when a task succeeds, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

import sqlalchemy as sa

from understudy.tasks.db.schema import deductions
from understudy.tasks.ids import first_task_id
from understudy.tasks.records import Account, Deduction, Task

_COLUMNS = [deductions.c[field.name] for field in fields(Deduction)]


def note(connection: sa.Connection, task: Task, account: Account, *, now: int) -> None:
    """Note what a task that succeeded has cost; account: as it is with the units charged."""
    assert task.result is not None
    deduction = Deduction(
        task_id=task.id,
        account_id=task.account_id,
        key_name=task.request.key_name or "",
        model=task.request.take.model,
        mode=task.request.take.mode,
        sound=task.request.take.sound,
        duration_ms=task.result.duration_ms,
        units=task.units_charged,
        units_before=account.units_balance + task.units_charged,
        deducted_at=now,
    )
    connection.execute(deductions.insert().values(**asdict(deduction)))


def older(  # noqa: PLR0913 - one for each condition
    connection: sa.Connection,
    account_id: int,
    *,
    before_id: int,
    since: int,
    key_names: Sequence[str] | None,
    limit: int,
) -> list[Deduction]:
    """The account's deductions of tasks made at `since` (ms) or later, newest task first, of ids
    under `before_id`; key_names: of the keys that count, None for all.
    """
    query = (
        sa.select(*_COLUMNS)
        .where(
            deductions.c.account_id == account_id,
            deductions.c.task_id < before_id,
            deductions.c.task_id >= first_task_id(since),
        )
        .order_by(deductions.c.task_id.desc())
        .limit(limit)
    )
    if key_names is not None:
        query = query.where(deductions.c.key_name.in_(key_names))
    return [Deduction(**row._mapping) for row in connection.execute(query)]
