"""Who waits in the queue, who runs, and how long tasks ran of late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from understudy.tasks.db.repository.turns import SUBMITTED, running_by_account
from understudy.tasks.db.schema import accounts, tasks

_RUNS = 200
"""Tasks that ended last, whose runs are averaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGroup:
    """The waiting tasks of one account and priority; turn, slot_limit: the account's."""

    priority: int
    account_id: int
    turn: int
    slot_limit: int | None
    tasks: int


def waiting_groups(connection: sa.Connection) -> list[WaitingGroup]:
    """All waiting tasks, counted by priority and account."""
    counted = (
        sa.select(tasks.c.priority, tasks.c.account_id, sa.func.count().label("tasks"))
        .where(tasks.c.status == SUBMITTED)
        .group_by(tasks.c.priority, tasks.c.account_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(counted, accounts.c.turn, accounts.c.slot_limit).join(
            accounts, accounts.c.id == counted.c.account_id
        )
    )
    return [WaitingGroup(**row._mapping) for row in rows]


def running_tasks(connection: sa.Connection) -> dict[int, int]:
    """How many tasks of each account are being processed."""
    return {row.account_id: row.tasks for row in connection.execute(running_by_account())}


def mean_run_ms(connection: sa.Connection) -> float | None:
    """For how long those of the last tasks that succeeded ran; None when there are none."""
    last = (
        sa.select(tasks.c.status, (tasks.c.finished_at - tasks.c.claimed_at).label("run"))
        # As the index has it.
        .where(tasks.c.finished_at.is_not(None), tasks.c.purged_at.is_(None))
        .order_by(tasks.c.finished_at.desc())
        .limit(_RUNS)
        .subquery()
    )
    # Those of older code have no time of claim, and so no run.
    mean = sa.select(sa.func.avg(last.c.run)).where(last.c.status == "succeeded")
    found = connection.execute(mean).scalar()
    return None if found is None else float(found)


def waiting_ids(
    connection: sa.Connection, account_id: int, priorities: Collection[int], *, limit: int
) -> list[tuple[int, int]]:
    """The first of the account's waiting tasks of these priorities, in the order in which they are
    claimed: priority and id.
    """
    found: list[tuple[int, int]] = []
    # One after the other, each in the index's order.
    for priority in sorted(priorities, reverse=True):
        values = {"account_id": account_id, "priority": priority, "limit": limit - len(found)}
        found += [(priority, row.id) for row in connection.execute(_WAITING_IDS, values)]
    return found


_WAITING_IDS = (
    sa.select(tasks.c.id)
    .where(
        tasks.c.status == SUBMITTED,
        tasks.c.account_id == sa.bindparam("account_id"),
        tasks.c.priority == sa.bindparam("priority"),
    )
    .order_by(tasks.c.not_before, tasks.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
