"""Whose turn it is: the highest priority first, and within it one account after the other.

An account's turn is a number that each claim sets to one more than any account has: who has the
least has waited longest. So of two accounts that always have tasks waiting, neither is served twice
before the other, however many each has. An account that runs as many tasks as it may is passed
over.

The accounts that wait are found by going through an index from one to the next (a loose index
scan), so a claim costs what there are accounts waiting, not tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from understudy.tasks.db.repository.due import is_due
from understudy.tasks.db.schema import accounts, tasks

LONGEST_WAIT_MS = 60_000
"""For which a task is put off before its next attempt."""

# Written out, so that the planners know the partial indexes by them.
SUBMITTED: sa.ColumnElement[str] = sa.literal_column("'submitted'")
PROCESSING: sa.ColumnElement[str] = sa.literal_column("'processing'")


@dataclass(frozen=True, slots=True)
class Turn:
    """The task of an account that comes next."""

    task_id: int
    account_id: int


def next_turns(
    connection: sa.Connection, *, now: int, limit: int, slot_limit: int | None
) -> list[Turn]:
    """Those who come next, in order, one of each account and `limit` of them at most.

    slot_limit: how many tasks an account without a limit of its own may run at once; None: any
    number.
    """
    values = {"now": now, "slot_limit": slot_limit, "limit": limit}
    # One account may have tasks of several priorities.
    turns: dict[int, Turn] = {}
    for row in connection.execute(NEXT_TURNS, values):
        turns.setdefault(row.account_id, Turn(row.id, row.account_id))
    return list(turns.values())


def note_turns(connection: sa.Connection, account_ids: Sequence[int]) -> None:
    """Note that these accounts were served, in this order."""
    newest = connection.execute(_NEWEST).scalar() or 0
    turns = {account_id: newest + place for place, account_id in enumerate(account_ids, start=1)}
    # In one order, so that two who do this at once never wait for each other.
    values = [{"account": each, "new_turn": turns[each]} for each in sorted(turns)]
    if values:
        connection.execute(_NOTE, values)


def running_by_account() -> sa.Select[tuple[int, int]]:
    """The query for how many tasks of each account are being processed."""
    return (
        sa.select(tasks.c.account_id, sa.func.count().label("tasks"))
        .where(tasks.c.status == PROCESSING)
        .group_by(tasks.c.account_id)
    )


def _first(which: Callable[[sa.FromClause], Iterable[sa.ColumnElement[bool]]]) -> Any:
    """The id of the task that comes first in the index, of those that meet the conditions."""
    row = tasks.alias()
    in_order = (row.c.priority, row.c.account_id, row.c.not_before, row.c.id)
    conditions = (row.c.status == SUBMITTED, *which(row))
    return sa.select(row.c.id).where(*conditions).order_by(*in_order).limit(1).scalar_subquery()


def _firsts() -> sa.CTE:
    """The first task of every priority and account that waits."""
    wanted = ("id", "priority", "account_id", "not_before", "attempt")
    begin, then = tasks.alias("begin_task"), tasks.alias("then_task")
    firsts = (
        sa.select(*(begin.c[name] for name in wanted))
        .where(begin.c.id == _first(lambda _: ()))
        .cte("firsts", recursive=True)
    )
    # Two questions: SQLite would answer one about the pair by scanning the whole priority.
    next_account = _first(
        lambda row: (
            row.c.priority == firsts.c.priority,
            row.c.account_id > firsts.c.account_id,
        )
    )
    next_priority = _first(lambda row: (row.c.priority > firsts.c.priority,))
    return firsts.union_all(
        sa.select(*(then.c[name] for name in wanted)).join_from(
            firsts, then, then.c.id == sa.func.coalesce(next_account, next_priority)
        )
    )


def _next() -> sa.Select[tuple[int, int]]:
    firsts = _firsts()
    running = running_by_account().subquery("running")
    most = sa.func.coalesce(
        accounts.c.slot_limit, sa.bindparam("slot_limit", type_=sa.Integer), type_=sa.Integer
    )
    due = is_due(
        firsts.c.attempt,
        firsts.c.not_before,
        now=sa.bindparam("now", type_=sa.BigInteger),
        longest_wait=LONGEST_WAIT_MS,
    )
    return (
        sa.select(firsts.c.id, firsts.c.account_id)
        .join(accounts, accounts.c.id == firsts.c.account_id)
        .outerjoin(running, running.c.account_id == firsts.c.account_id)
        .where(due, sa.or_(most.is_(None), sa.func.coalesce(running.c.tasks, 0) < most))
        .order_by(firsts.c.priority.desc(), accounts.c.turn, firsts.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


NEXT_TURNS = _next()
_NEWEST = sa.select(sa.func.max(accounts.c.turn))
_NOTE = (
    accounts.update()
    .where(accounts.c.id == sa.bindparam("account"))
    .values(turn=sa.bindparam("new_turn", type_=sa.BigInteger))
)
