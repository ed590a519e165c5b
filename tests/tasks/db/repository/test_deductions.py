"""What tasks cost their accounts, as it is stored."""

from __future__ import annotations

from dataclasses import replace

from tests.tasks.conftest import MakeTask, account_of, untold
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, deductions, tasks, transitions
from understudy.tasks.ids import TASK_BITS, task_time
from understudy.tasks.records import UNLIMITED_UNITS, Account, Deduction, Result

RESULT = Result(video_id="v", duration_ms=3066, video="results/1/1/v.mp4")


def paid(database: Database, make: MakeTask, *, units: int, key: str = "key") -> int:
    """The id of a task that succeeded for so many units."""
    new = make()
    new = replace(new, request=replace(new.request, key_name=key))
    database.write_now(tasks.insert, untold, new, now=task_time(new.id), concurrency_limit=100)
    (held,) = database.write_now(transitions.claim, untold, now=8_000_000_000_000)
    assert held is not None
    database.write_now(
        transitions.succeed, untold, held.id, held.attempt, result=RESULT, units=units, now=7
    )
    return new.id


def found(database: Database, account: Account, **changes: object) -> list[Deduction]:
    conditions = {"before_id": 2**62, "since": 0, "key_names": None, "limit": 10, **changes}
    return database.read_now(deductions.older, account.id, **conditions)


def test_a_deduction_holds_what_the_take_was_and_the_balance_before_it(
    database: Database, account: Account, new_task: MakeTask
) -> None:
    first = paid(database, new_task, units=1500)
    database.write_now(accounts.set_units, account.id, 9000, now=1)
    second = paid(database, new_task, units=2700)
    newest, oldest = found(database, account)
    assert oldest == Deduction(
        task_id=first,
        account_id=account.id,
        key_name="key",
        model="kling-v2-6",
        mode="std",
        sound=True,
        duration_ms=3066,
        units=1500,
        units_before=UNLIMITED_UNITS,
        deducted_at=7,
    )
    # Units that are set anew are what is left.
    assert (newest.task_id, newest.units, newest.units_before) == (second, 2700, 9000)


def test_deductions_are_of_the_account_and_narrowed_by_id_time_and_key(
    database: Database, account: Account, new_task: MakeTask
) -> None:
    ids = [paid(database, new_task, units=1, key=key) for key in ("a", "b", "a")]

    def listed(**changes: object) -> list[int]:
        return [each.task_id for each in found(database, account, **changes)]

    assert listed() == ids[::-1]
    assert listed(key_names=("a",)) == [ids[2], ids[0]]
    assert listed(key_names=("a", "b", "c"), limit=2) == [ids[2], ids[1]]
    assert listed(before_id=ids[1]) == [ids[0]]
    assert listed(since=(ids[2] >> TASK_BITS) + 1) == []
    assert found(database, account_of(2, "bob")) == []


def test_a_task_that_fails_costs_nothing(
    database: Database, account: Account, new_task: MakeTask
) -> None:
    new = new_task()
    database.write_now(tasks.insert, untold, new, now=1, concurrency_limit=100)
    database.write_now(transitions.cancel, untold, new.id, message="Task was cancelled", now=2)
    assert found(database, account) == []
