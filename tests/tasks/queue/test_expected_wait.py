"""A waiting task's place is the one that turns give it, and its wait follows from the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tasks.conftest import account_of, empty, untold
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, tasks, transitions, waiting
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.repository.waiting import WaitingGroup
from understudy.tasks.queue.expected_wait import (
    AccountOrder,
    QueuePlace,
    QueueState,
    wait_of_newcomer,
)
from understudy.tasks.records import Result

MakeTask = Callable[..., NewTask]
RESULT = Result(video_id="v", duration_ms=3000, video="results/v.mp4")


def group(account_id: int, tasks: int, **changes: int | None) -> WaitingGroup:
    made = WaitingGroup(priority=0, account_id=account_id, turn=0, slot_limit=None, tasks=tasks)
    return replace(made, **changes)  # type: ignore[arg-type]


def queue(*groups: WaitingGroup, **changes: object) -> QueueState:
    made = QueueState(groups=groups, running={9: 2}, mean_run=10.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def places(
    state: QueueState, account_id: int, ordered: list[tuple[int, int]]
) -> dict[int, QueuePlace]:
    """The places of an account's waiting tasks, by their ids."""
    order = AccountOrder(account_id, ordered)
    return {task_id: order.place(state, task_id, priority) for priority, task_id in ordered}


def test_a_thousand_tasks_of_another_account_count_once_for_each_own() -> None:
    found = places(queue(group(1, 1000), group(2, 2)), 2, [(0, 51), (0, 52)])
    assert [found[each].position for each in (51, 52)] == [1, 3]
    assert found[51].length == 1002


def test_whoever_has_waited_longer_comes_first() -> None:
    state = queue(group(1, 5, turn=3), group(2, 5, turn=8), group(3, 5, turn=9))
    assert places(state, 2, [(0, 51), (0, 52)])[51].position == 2
    assert places(state, 2, [(0, 51), (0, 52)])[52].position == 5


def test_higher_priorities_come_first_whoever_has_them() -> None:
    state = queue(group(1, 3, priority=5), group(2, 1, priority=5), group(2, 1), group(4, 9))
    found = places(state, 2, [(5, 51), (0, 52)])
    assert (found[51].position, found[52].position) == (1, 5)


def test_a_task_beyond_those_that_are_known_has_the_place_of_the_last() -> None:
    state = queue(group(1, 50), group(2, 3), group(2, 2, priority=1))
    ordered = [(1, 51), (1, 52), (0, 53), (0, 54), (0, 55)]
    first = AccountOrder(2, ordered[:1], complete=False)
    assert first.place(state, 55, 0) == places(state, 2, ordered)[55]
    assert first.place(state, 52, 1) == places(state, 2, ordered)[52]


def test_a_task_that_came_since_comes_after_those_that_are_known() -> None:
    state = queue(group(1, 50), group(2, 2), group(2, 1, priority=1))
    known, later = [(1, 51), (0, 53), (0, 54)], [(1, 51), (1, 52), (0, 53), (0, 54)]
    assert AccountOrder(2, known).place(state, 55, 0) == places(state, 2, [*known, (0, 55)])[55]
    assert AccountOrder(2, known).place(state, 52, 1) == places(state, 2, later)[52]
    assert AccountOrder(2, []).place(state, 51, 0).position == 1


def test_the_wait_is_the_time_in_which_so_many_slots_come_free() -> None:
    state = queue(group(1, 10), group(2, 4))
    ordered = [(0, number) for number in range(4)]
    assert [places(state, 2, ordered)[each].seconds for each in range(4)] == [5, 15, 25, 35]
    assert places(replace(state, mean_run=None), 2, ordered)[0].seconds is None
    assert places(replace(state, running={}), 2, ordered)[0].seconds is None


@pytest.mark.parametrize(("own", "of_all"), [(1, None), (None, 1)])
def test_an_account_at_its_limit_waits_for_its_own_tasks(
    own: int | None, of_all: int | None
) -> None:
    state = queue(group(2, 3, slot_limit=own), running={2: 1, 3: 9}, slot_limit=of_all)
    found = places(state, 2, [(0, 51), (0, 52), (0, 53)])
    assert [place.seconds for place in found.values()] == [10, 20, 30]


def test_a_newcomer_waits_for_one_task_of_nobody() -> None:
    assert wait_of_newcomer(queue()) == 0
    assert wait_of_newcomer(queue(group(1, 1000))) == 5
    assert wait_of_newcomer(queue(group(1, 10, priority=1), group(2, 10))) == 55
    assert wait_of_newcomer(queue(group(1, 10), mean_run=None)) is None


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from([0, 0, 1])), min_size=1, max_size=12),
    st.integers(0, 4),
)
def test_places_are_the_order_in_which_tasks_are_claimed(
    database: Database, new_task: MakeTask, made: list[tuple[int, int]], claimed: int
) -> None:
    database.write_now(empty)
    for account_id in (1, 2, 3):
        database.write_now(accounts.insert, account_of(account_id, str(account_id)), "x")
    for account_id, priority in made:
        database.write_now(accounts.change, account_id, priority=priority)
        new = new_task(account_id=account_id)
        database.write_now(tasks.insert, untold, new, now=1000, concurrency_limit=99)
    for _ in range(claimed):
        database.write_now(transitions.claim, untold, now=2000)
    state = QueueState(
        groups=tuple(database.read_now(waiting.waiting_groups)),
        running=database.read_now(waiting.running_tasks),
        mean_run=None,
    )
    told: dict[int, int] = {}
    for account_id in (1, 2, 3):
        ordered = database.read_now(waiting.waiting_ids, account_id, [0, 1], limit=99)
        found = places(state, account_id, ordered)
        told |= {task_id: place.position for task_id, place in found.items()}
    order: list[int] = []
    while task := database.write_now(transitions.claim, untold, now=2000):
        order += [each.id for each in task]
    assert set(told) == set(order)
    # Accounts that were never served are told to be first, each of them.
    assert all(abs(told[task_id] - place) <= 2 for place, task_id in enumerate(order, start=1))


def test_the_mean_run_is_that_of_tasks_that_succeeded(
    database: Database, new_task: MakeTask
) -> None:
    def run(claimed: int, ended: int, *, failed: bool = False) -> None:
        database.write_now(tasks.insert, untold, new_task(), now=1, concurrency_limit=99)
        (task,) = database.write_now(transitions.claim, untold, now=claimed)
        fence = (task.id, task.attempt)
        if failed:
            database.write_now(transitions.fail, untold, *fence, message="no", now=ended)
        else:
            database.write_now(
                transitions.succeed, untold, *fence, result=RESULT, units=1, now=ended
            )

    assert database.read_now(waiting.mean_run_ms) is None
    run(1000, 5000)
    run(1000, 9000)
    run(1000, 1001, failed=True)
    assert database.read_now(waiting.mean_run_ms) == 6000
