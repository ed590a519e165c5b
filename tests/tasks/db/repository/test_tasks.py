"""Tasks are stored once, found by either id, and listed newest first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, tasks
from understudy.tasks.db.repository.tasks import ExternalIdTaken, NewTask
from understudy.tasks.records import Account, Status

MakeTask = Callable[..., NewTask]


def store(database: Database, new: NewTask, *, limit: int = 100) -> Any:
    return database.write_now(tasks.insert, new, now=1000, concurrency_limit=limit)


def test_a_stored_task_reads_back_as_it_was_made(database: Database, new_task: MakeTask) -> None:
    made = store(database, new_task(external_id="mine", callback_url="https://example.com/cb"))
    assert database.read_now(tasks.find, made.account_id, str(made.id)) == made
    assert database.read_now(tasks.find, made.account_id, "mine") == made
    assert made.status is Status.SUBMITTED
    assert made.created_at == made.updated_at == 1000


def test_an_external_id_that_looks_like_a_task_id_is_found(
    database: Database, new_task: MakeTask
) -> None:
    made = store(database, new_task(external_id="123456789012345678"))
    assert database.read_now(tasks.find, made.account_id, "123456789012345678") == made


def test_another_accounts_task_is_not_found(database: Database, new_task: MakeTask) -> None:
    made = store(database, new_task(external_id="mine"))
    for reference in (str(made.id), "mine", "", "a\0b", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨"):
        assert database.read_now(tasks.find, 2, reference) is None
    assert database.read_now(tasks.find_many, 2, ids=[made.id]) == []


def test_an_external_id_is_taken_once_even_by_creates_at_once(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    def attempt(_: int) -> bool:
        try:
            store(database, new_task(external_id="one"))
        except ExternalIdTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert database.read_now(accounts.get, account.id).active_tasks == 1


def test_pages_hold_every_task_once_newest_first(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    made = [store(database, new_task()).id for _ in range(7)]
    pages = [
        [task.id for task in database.read_now(tasks.page, account.id, offset=offset, limit=3)]
        for offset in (0, 3, 6, 9)
    ]
    assert pages == [made[6:3:-1], made[3:0:-1], made[:1], []]


def test_older_tasks_follow_a_cursor_and_filters(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    made = [store(database, new_task()).id for _ in range(5)]
    read = database.read_now(
        tasks.older, account.id, before_id=made[4], since=0, statuses=(), limit=2
    )
    assert [task.id for task in read] == [made[3], made[2]]
    none = database.read_now(
        tasks.older,
        account.id,
        before_id=made[4],
        since=0,
        statuses=[Status.FAILED],
        limit=2,
    )
    assert none == []
    later = database.read_now(
        tasks.older, account.id, before_id=2**62, since=2**42, statuses=(), limit=2
    )
    assert later == []


def test_many_are_found_by_ids_or_external_ids(database: Database, new_task: MakeTask) -> None:
    one = store(database, new_task(external_id="a"))
    two = store(database, new_task(external_id="b"))
    found = database.read_now(tasks.find_many, one.account_id, ids=[one.id, two.id, 5])
    assert {task.id for task in found} == {one.id, two.id}
    found = database.read_now(tasks.find_many, one.account_id, external_ids=["b", "c"])
    assert [task.id for task in found] == [two.id]


def test_live_tasks_are_counted(database: Database, new_task: MakeTask) -> None:
    assert database.read_now(tasks.count_live) == {"submitted": 0, "processing": 0}
    store(database, new_task())
    assert database.read_now(tasks.count_live) == {"submitted": 1, "processing": 0}


@pytest.mark.parametrize("limit", [1, 3])
def test_creates_at_once_never_pass_the_concurrency_limit(
    database: Database, new_task: MakeTask, account: Account, limit: int
) -> None:
    def attempt(_: int) -> bool:
        try:
            store(database, new_task(), limit=limit)
        except accounts.TooManyTasks:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(12))) == limit
    assert database.read_now(accounts.get, account.id).active_tasks == limit
