"""Tasks are stored once, found by either id, and listed newest first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pytest
import sqlalchemy as sa

from tests.tasks.conftest import untold
from understudy.take.options import TakeRequest
from understudy.tasks.db import schema
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, rows, tasks
from understudy.tasks.db.repository.tasks import ExternalIdTaken, IdTaken, NewTask
from understudy.tasks.records import Account, Result, Source, Status, TaskRequest

MakeTask = Callable[..., NewTask]


def store(database: Database, new: NewTask, *, limit: int = 100) -> Any:
    return database.write_now(tasks.insert, untold, new, now=1000, concurrency_limit=limit)


def test_a_stored_task_reads_back_as_it_was_made(database: Database, new_task: MakeTask) -> None:
    made = store(database, new_task(external_id="mine", callback_url="https://example.com/cb"))
    assert database.read_now(tasks.find, made.account_id, str(made.id)) == made
    assert database.read_now(tasks.find, made.account_id, "mine") == made
    assert made.status is Status.SUBMITTED
    assert made.created_at == made.updated_at == 1000


def test_an_id_that_another_server_made_too_is_told(database: Database, new_task: MakeTask) -> None:
    made = store(database, new_task(external_id="mine"))
    for external_id in (None, "another"):
        with pytest.raises(IdTaken):
            store(database, new_task(id=made.id, external_id=external_id))
    assert database.read_now(accounts.get, made.account_id).active_tasks == 1


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
        except accounts.ConcurrencyReached:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(12))) == limit
    assert database.read_now(accounts.get, account.id).active_tasks == limit


# As rows were written before the options of a take had a value of their own.
_EARLIER_REQUEST = {
    "model": "kling-v3",
    "engine": "puppet",
    "orientation": "image",
    "mode": "pro",
    "clip": {"url": "https://example.com/clip.mp4", "max_bytes": 100},
    "picture": {"key": "inputs/1/picture", "file_id": "f", "max_bytes": 50},
    "prompt": "zoom in",
    "sound": False,
    "watermark": True,
    "element_id": 101,
    "element_images": [{"key": "elements/1", "max_bytes": 10}],
    "callback_url": "https://example.com/cb",
}


def _rewrite_request(connection: sa.Connection, request: dict[str, Any]) -> None:
    connection.execute(schema.tasks.update().values(request=request))


def test_a_row_of_an_earlier_version_reads_as_a_request(
    database: Database, new_task: MakeTask
) -> None:
    made = store(database, new_task())
    database.write_now(_rewrite_request, _EARLIER_REQUEST)
    found = database.read_now(tasks.find, made.account_id, str(made.id))
    assert found is not None
    assert found.request == TaskRequest(
        take=TakeRequest(
            model="kling-v3",
            orientation="image",
            mode="pro",
            prompt="zoom in",
            sound=False,
            watermark=True,
        ),
        clip=Source(url="https://example.com/clip.mp4", max_bytes=100),
        picture=Source(key="inputs/1/picture", file_id="f", max_bytes=50),
        element_id=101,
        element_images=(Source(key="elements/1", max_bytes=10),),
        callback_url="https://example.com/cb",
    )
    # And it is written as it was.
    assert rows.pack(found.request) == _EARLIER_REQUEST


@pytest.mark.parametrize("newer", [{"mode": "4k"}, {"gait": "jaunty"}])
def test_a_row_with_an_option_that_only_newer_code_knows_is_read_without_it(
    database: Database, new_task: MakeTask, newer: dict[str, str]
) -> None:
    """Or nobody could list the tasks of an account while servers of both versions run."""
    made = store(database, new_task())
    database.write_now(_rewrite_request, {**_EARLIER_REQUEST, **newer})
    (found,) = database.read_now(tasks.page, made.account_id, offset=0, limit=9)
    assert found.request.unknown == tuple(newer)
    assert found.request.take.prompt == "zoom in"


def test_a_result_with_a_file_that_only_newer_code_knows_is_read_without_it(
    database: Database, new_task: MakeTask
) -> None:
    made = store(database, new_task())
    stored = {"video_id": "v", "duration_ms": 3000, "video": "v.mp4", "hologram": "v.holo"}
    database.write_now(
        lambda connection: connection.execute(schema.tasks.update().values(result=stored))
    )
    found = database.read_now(tasks.find, made.account_id, str(made.id))
    assert found is not None
    assert found.result == Result(video_id="v", duration_ms=3000, video="v.mp4")


def test_an_option_that_nobody_asked_for_is_not_in_the_row() -> None:
    """Code that does not know a new option can then read the tasks that do without it."""
    source = Source(url="https://example.com/clip.mp4", max_bytes=100)
    packed = rows.pack(TaskRequest(take=TakeRequest(loop=True), clip=source))
    assert packed is not None
    assert packed.keys() == {"model", "engine", "orientation", "mode", "loop", "clip"}


def test_options_and_media_have_different_names() -> None:
    """They lie side by side in a row's JSON."""
    options, media = ({field.name for field in fields(kind)} for kind in (TakeRequest, TaskRequest))
    assert not options & media
