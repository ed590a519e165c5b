"""A task is published, charged and ended once, by the attempt that holds it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, callbacks, tasks, transitions
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.schema import callback_events, compatibility, metadata
from understudy.tasks.records import Account, Result, Status, Task, Try

MakeTask = Callable[..., NewTask]

TRIED = Try(at=9000, milliseconds=5, http_status=500, error=None)
RESULT = Result(video_id="v", duration_ms=9066, video="results/v.mp4")


def write_payload(task: Task) -> str:
    return f"{task.id} {task.status}"


def store(database: Database, new: NewTask) -> Task:
    return database.write_now(tasks.insert, write_payload, new, now=1000, concurrency_limit=100)


def claim(database: Database, now: int = 2000) -> Task:
    (task,) = database.write_now(transitions.claim, write_payload, now=now)
    return task


def test_the_task_that_waited_longest_is_claimed_first(
    database: Database, new_task: MakeTask
) -> None:
    first, second = store(database, new_task()), store(database, new_task())
    assert [claim(database).id, claim(database).id] == [first.id, second.id]
    assert database.write_now(transitions.claim, write_payload, now=2000) == []


def test_a_task_is_claimed_by_one_of_many_at_once(database: Database, new_task: MakeTask) -> None:
    made = {store(database, new_task()).id for _ in range(4)}

    def attempt(_: int) -> list[Task]:
        return database.write_now(transitions.claim, write_payload, now=2000)

    with ThreadPoolExecutor(8) as pool:
        claimed = [task.id for found in pool.map(attempt, range(12)) for task in found]
    assert sorted(claimed) == sorted(made)


def test_success_publishes_charges_and_frees_the_place(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    store(database, new_task(units=9000))
    held = claim(database)
    done = database.write_now(
        transitions.succeed,
        write_payload,
        held.id,
        held.attempt,
        result=RESULT,
        units=4500,
        now=3000,
    )
    assert done is not None
    assert (done.status, done.result, done.units_charged) == (Status.SUCCEEDED, RESULT, 4500)
    assert done.finished_at == done.updated_at == 3000
    after = database.read_now(accounts.get, account.id)
    assert (after.active_tasks, after.units_reserved, after.units_used) == (0, 0, 4500)


def test_never_more_is_charged_than_was_held(database: Database, new_task: MakeTask) -> None:
    store(database, new_task(units=2000))
    held = claim(database)
    done = database.write_now(
        transitions.succeed,
        write_payload,
        held.id,
        held.attempt,
        result=RESULT,
        units=4500,
        now=3000,
    )
    assert done is not None
    assert done.units_charged == 2000


def test_a_late_attempt_changes_nothing(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    store(database, new_task())
    late = claim(database)
    database.write_now(
        transitions.retry,
        write_payload,
        late.id,
        late.attempt,
        not_before=2500,
        failed=True,
        now=2100,
    )
    current = claim(database, now=2500)
    assert (current.id, current.attempt, current.failures) == (late.id, late.attempt + 1, 1)
    write = database.write_now
    fence = (late.id, late.attempt)
    assert write(transitions.succeed, write_payload, *fence, result=RESULT, units=1, now=9) is None
    assert write(transitions.fail, write_payload, *fence, message="no", now=9) is None
    assert not write(
        transitions.report_progress, *fence, stage="render", percent=9, preview=None, now=9
    )
    assert database.read_now(tasks.find, account.id, str(late.id)) == current
    assert database.read_now(accounts.get, account.id).units_reserved == 5000


def test_a_postponed_task_is_not_claimed_before_its_time(
    database: Database, new_task: MakeTask
) -> None:
    store(database, new_task())
    held = claim(database)
    database.write_now(
        transitions.retry,
        write_payload,
        held.id,
        held.attempt,
        not_before=5000,
        failed=True,
        now=2100,
    )
    assert database.write_now(transitions.claim, write_payload, now=4999) == []
    assert claim(database, now=5000).id == held.id


def test_cancelling_ends_a_task_once_and_costs_nothing(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    waiting, running = store(database, new_task()), store(database, new_task())
    claim(database), claim(database)
    for task in (waiting, running):
        done = database.write_now(
            transitions.cancel, write_payload, task.id, message="Task was cancelled", now=3000
        )
        assert done is not None
        assert (done.status, done.message, done.units_charged) == (
            Status.FAILED,
            "Task was cancelled",
            0,
        )
        again = database.write_now(
            transitions.cancel, write_payload, task.id, message="Task was cancelled", now=3000
        )
        assert again is None
    after = database.read_now(accounts.get, account.id)
    assert (after.active_tasks, after.units_reserved, after.units_used) == (0, 0, 0)


def test_a_preview_is_kept_while_the_take_runs(database: Database, new_task: MakeTask) -> None:
    store(database, new_task())
    held = claim(database)
    for now, jpeg in ((10, b"one"), (20, b"two")):
        assert database.write_now(
            transitions.report_progress,
            held.id,
            held.attempt,
            stage="render",
            percent=40,
            preview=jpeg,
            now=now,
        )
    assert database.read_now(tasks.preview, held.id, after=0) == (b"two", 20)
    assert database.read_now(tasks.preview, held.id, after=20) is None
    database.write_now(transitions.fail, write_payload, held.id, held.attempt, message="x", now=30)
    assert database.read_now(tasks.preview, held.id, after=0) is None


def test_every_change_of_status_is_told_in_the_same_transaction(
    database: Database, new_task: MakeTask
) -> None:
    made = store(database, new_task(callback_url="https://example.com/cb"))
    held = claim(database)
    database.write_now(
        transitions.retry, write_payload, held.id, held.attempt, not_before=0, failed=True, now=1
    )
    held = claim(database)
    database.write_now(
        transitions.succeed, write_payload, held.id, held.attempt, result=RESULT, units=1, now=2
    )
    assert _bodies(database) == [
        f"{made.id} {status}"
        for status in ("submitted", "processing", "submitted", "processing", "succeeded")
    ]


def test_a_change_that_cannot_be_told_does_not_happen(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    made = store(database, new_task(callback_url="https://example.com/cb"))

    def broken(_: Task) -> str:
        raise ValueError

    try:
        database.write_now(transitions.claim, broken, now=2000)
    except ValueError:
        found = database.read_now(tasks.find, account.id, str(made.id))
        assert found is not None
        assert found.status is Status.SUBMITTED
    else:
        raise AssertionError("the claim went through")


def test_of_one_task_the_next_event_waits_for_the_one_before(
    database: Database, new_task: MakeTask
) -> None:
    store(database, new_task(callback_url="https://example.com/a"))
    store(database, new_task(callback_url="https://example.com/b"))
    for _ in range(2):
        held = claim(database)
        database.write_now(
            transitions.succeed,
            write_payload,
            held.id,
            held.attempt,
            result=RESULT,
            units=1,
            now=2001,
        )
    due = database.read_now(callbacks.due, now=9000, limit=10)
    assert [event.seq for event in due] == [0, 0]
    database.write_now(callbacks.note_try, due[0], TRIED, status="delivered", next_try_at=0)
    database.write_now(callbacks.note_try, due[1], TRIED, status="pending", next_try_at=9500)
    due = database.read_now(callbacks.due, now=9000, limit=10)
    assert [(event.url, event.seq) for event in due] == [("https://example.com/a", 1)]
    due = database.read_now(callbacks.due, now=9500, limit=10)
    assert {(event.url, event.tries) for event in due} == {
        ("https://example.com/a", 0),
        ("https://example.com/b", 1),
    }


def _bodies(database: Database) -> list[str]:
    query = sa.select(callback_events.c.body).order_by(callback_events.c.seq)
    return list(database.read_now(lambda connection: connection.execute(query).scalars().all()))


STEPS = st.lists(
    st.sampled_from(["create", "claim", "succeed", "fail", "retry", "cancel", "late"]),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_whatever_happens_units_and_places_add_up(
    database: Database, new_task: MakeTask, account: Account, steps: list[str]
) -> None:
    database.write_now(_empty)
    database.write_now(accounts.set_units, account.id, 20_000, now=1)
    seen: list[Task] = []
    for step in steps:
        if step == "create":
            try:
                seen.append(store(database, new_task(units=3000)))
            except accounts.UnitsUsedUp:
                continue
        elif step == "claim":
            seen += database.write_now(transitions.claim, write_payload, now=10**15)
        elif seen:
            task = seen[len(seen) // 2 if step == "late" else -1]
            _step(database, step, task)
    left = database.read_now(accounts.get, account.id)
    rows = database.read_now(tasks.page, account.id, offset=0, limit=500)
    live = [task for task in rows if not task.status.ended]
    assert left.active_tasks == len(live)
    assert left.units_reserved == sum(task.units_reserved for task in rows) == 3000 * len(live)
    assert left.units_used == sum(task.units_charged for task in rows)
    assert left.units_left is not None
    assert left.units_left >= 0


def _step(database: Database, step: str, task: Task) -> None:
    fence = (task.id, task.attempt)
    if step in ("succeed", "late"):
        database.write_now(
            transitions.succeed, write_payload, *fence, result=RESULT, units=2500, now=2
        )
    elif step == "fail":
        database.write_now(transitions.fail, write_payload, *fence, message="no", now=2)
    elif step == "retry":
        database.write_now(
            transitions.retry, write_payload, *fence, not_before=0, failed=True, now=2
        )
    else:
        database.write_now(transitions.cancel, write_payload, task.id, message="stop", now=2)


def _empty(connection: sa.Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        if table.name != "accounts" and table is not compatibility:
            connection.execute(table.delete())
    connection.execute(
        sa.text("UPDATE accounts SET active_tasks = 0, units_reserved = 0, units_used = 0")
    )
