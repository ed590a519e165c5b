"""Higher priorities first, then one account after the other, and no account beyond its slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from tests.tasks.conftest import account_of, empty, untold
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, tasks, transitions, turns
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.schema import accounts as accounts_table
from understudy.tasks.records import Task

MakeTask = Callable[..., NewTask]

LATER = 10**15
SLOTS = {1: None, 2: 1, 3: 2}
"""Of the accounts of the property test."""


def store(database: Database, new: NewTask, *, now: int = 1000) -> Task:
    return database.write_now(tasks.insert, untold, new, now=now, concurrency_limit=10_000)


def claim(database: Database, limit: int = 1, **options: int) -> list[Task]:
    return database.write_now(transitions.claim, untold, now=LATER, limit=limit, **options)


def open_accounts(database: Database, *ids: int) -> None:
    for account_id in ids:
        database.write_now(accounts.insert, account_of(account_id, f"account-{account_id}"), "x")


def test_an_account_of_many_tasks_does_not_keep_another_waiting(
    database: Database, new_task: MakeTask
) -> None:
    open_accounts(database, 2, 3)
    for _ in range(30):
        store(database, new_task(account_id=1))
    for account_id in (2, 2, 3):
        store(database, new_task(account_id=account_id))
    order = [claim(database)[0].account_id for _ in range(8)]
    assert order == [1, 2, 3, 1, 2, 1, 1, 1]


def test_several_slots_are_filled_in_turn(database: Database, new_task: MakeTask) -> None:
    open_accounts(database, 2, 3)
    for account_id in (1, 1, 1, 2, 3):
        store(database, new_task(account_id=account_id))
    assert [task.account_id for task in claim(database, limit=2)] == [1, 2]
    assert [task.account_id for task in claim(database, limit=5)] == [3, 1]
    assert [task.account_id for task in claim(database, limit=5)] == [1]
    assert claim(database, limit=5) == []


def test_a_higher_priority_comes_first(database: Database, new_task: MakeTask) -> None:
    open_accounts(database, 2)
    database.write_now(accounts.change, 2, priority=5)
    low = [store(database, new_task(account_id=1)) for _ in range(2)]
    high = [store(database, new_task(account_id=2)) for _ in range(2)]
    assert [task.priority for task in high] == [5, 5]
    assert [claim(database)[0].id for _ in range(4)] == [task.id for task in (*high, *low)]


def test_a_changed_priority_holds_for_the_tasks_made_after_it(
    database: Database, new_task: MakeTask
) -> None:
    waiting = store(database, new_task())
    database.write_now(accounts.change, 1, priority=-5)
    later = store(database, new_task())
    database.write_now(accounts.change, 1, priority=5)
    newest = store(database, new_task())
    claimed = [claim(database)[0].id for _ in range(3)]
    assert claimed == [newest.id, waiting.id, later.id]


def test_an_account_runs_no_more_tasks_than_it_may(database: Database, new_task: MakeTask) -> None:
    open_accounts(database, 2)
    database.write_now(accounts.change, 2, slot_limit=1)
    for account_id in (1, 1, 1, 2, 2):
        store(database, new_task(account_id=account_id))
    claimed = [task for _ in range(5) for task in claim(database, limit=5, slot_limit=2)]
    assert Counter(task.account_id for task in claimed) == {1: 2, 2: 1}
    ended = next(task for task in claimed if task.account_id == 2)
    database.write_now(transitions.fail, untold, ended.id, ended.attempt, message="no", now=LATER)
    assert [task.account_id for task in claim(database, limit=5, slot_limit=2)] == [2]


def test_a_task_that_is_put_off_holds_up_no_other_account(
    database: Database, new_task: MakeTask
) -> None:
    open_accounts(database, 2)
    (first,) = [store(database, new_task(account_id=1))]
    (held,) = claim(database)
    database.write_now(
        transitions.retry,
        untold,
        held.id,
        held.attempt,
        not_before=LATER + 5000,
        failed=True,
        now=LATER,
    )
    other = store(database, new_task(account_id=2))
    assert [task.id for task in claim(database, limit=5)] == [other.id]
    found = database.write_now(transitions.claim, untold, now=LATER + 5000)
    assert [task.id for task in found] == [first.id]


@dataclass
class Watched:
    """What the property is checked against. served: of each account that could have been claimed
    from all the time, who was served since it was itself."""

    waiting: dict[int, list[Task]] = field(default_factory=lambda: {each: [] for each in SLOTS})
    running: dict[int, list[Task]] = field(default_factory=lambda: {each: [] for each in SLOTS})
    served: dict[int, Counter[int]] = field(default_factory=dict)

    def priority(self, account_id: int) -> int:
        return max(task.priority for task in self.waiting[account_id])

    def able(self) -> set[int]:
        """The accounts whose turn it may be: of those that wait for a slot and may have one, the
        ones with the highest priority."""
        free = {
            each
            for each, most in SLOTS.items()
            if self.waiting[each] and (most is None or len(self.running[each]) < most)
        }
        highest = max((self.priority(each) for each in free), default=0)
        return {each for each in free if self.priority(each) == highest}

    def note(self, task: Task, able: set[int]) -> None:
        account_id = task.account_id
        assert account_id in able
        assert task.priority == self.priority(account_id)
        for each in able - {account_id}:
            served = self.served.setdefault(each, Counter())
            served[account_id] += 1
            assert served[account_id] == 1, f"{account_id} twice before {each}"
        self.served.pop(account_id, None)
        self.waiting[account_id] = [one for one in self.waiting[account_id] if one.id != task.id]
        self.running[account_id].append(task)
        self.forget()

    def forget(self) -> None:
        """Whoever cannot be claimed from now begins anew."""
        able = self.able()
        self.served = {each: who for each, who in self.served.items() if each in able}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.sampled_from(list(SLOTS)), st.sampled_from([0, 0, 0, 1])),
        st.tuples(st.just("claim"), st.just(0), st.just(0)),
        st.tuples(st.just("end"), st.sampled_from(list(SLOTS)), st.just(0)),
    ),
    max_size=40,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_nobody_starves_and_limits_hold(
    database: Database, new_task: MakeTask, steps: list[tuple[str, int, int]]
) -> None:
    database.write_now(_only_accounts)
    watched = Watched()
    for step, account_id, priority in [*steps, *[("claim", 0, 0)] * 10]:
        if step == "create":
            database.write_now(accounts.change, account_id, priority=priority)
            made = store(database, new_task(account_id=account_id))
            watched.waiting[account_id].append(made)
        elif step == "end" and watched.running[account_id]:
            task = watched.running[account_id].pop()
            database.write_now(
                transitions.fail, untold, task.id, task.attempt, message="no", now=LATER
            )
        elif step == "claim":
            able = watched.able()
            claimed = claim(database)
            assert bool(claimed) == bool(able)
            for task in claimed:
                watched.note(task, able)
        watched.forget()


def _only_accounts(connection: sa.Connection) -> None:
    empty(connection)
    for account_id, slots in SLOTS.items():
        accounts.insert(
            connection, account_of(account_id, f"account-{account_id}", slot_limit=slots), "x"
        )


def test_a_claim_reads_an_index_from_account_to_account(database: Database) -> None:
    """With a million tasks waiting, reading them all would take seconds."""
    query = turns.NEXT_TURNS.params(now=1, slot_limit=2, limit=1)
    dialect = sqlite.dialect() if database.is_sqlite else postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

    def plan(connection: sa.Connection) -> str:
        if not database.is_sqlite:
            # Pages that earlier tests left in the table and its indexes would sway the planner.
            connection.exec_driver_sql("TRUNCATE tasks CASCADE")
            # The tables are empty here, where reading them whole is cheapest.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        return "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql))

    found = database.write_now(plan)
    if database.is_sqlite:
        assert "USING INDEX ix_tasks_waiting (priority=? AND account_id>?)" in found
        assert "USING INDEX ix_tasks_waiting (priority>?)" in found
        assert "USING INDEX ix_tasks_running" in found
    else:
        assert found.count("using ix_tasks_waiting") == 3
        assert "account_id > firsts" in found
        assert "Seq Scan on tasks" not in found


@pytest.mark.parametrize("limit", [1, 32])
def test_turns_go_on_from_the_newest(database: Database, new_task: MakeTask, limit: int) -> None:
    open_accounts(database, 2, 3)
    database.write_now(lambda each: each.execute(accounts_table.update().values(turn=7)))
    store(database, new_task(account_id=2))
    claim(database, limit=limit)
    query = sa.select(accounts_table.c.id, accounts_table.c.turn)
    found = database.read_now(lambda each: dict(row for row in each.execute(query)))
    assert found == {1: 7, 2: 8, 3: 7}
