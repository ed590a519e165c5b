"""Files go when their time is over, or when their owner says so; records stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tasks.conftest import untold
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import callbacks, tasks, transitions, uploads
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.files.retention import Retention
from understudy.tasks.files.storage import Storage
from understudy.tasks.records import Account, Result, Task, Upload

MakeTask = Callable[..., NewTask]
KEPT = 1000


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """An empty folder."""
    return Storage((tmp_path / "files").as_uri())


async def put(storage: Storage, key: str) -> None:
    await storage.put(key, b"data")


def there(storage: Storage, key: str) -> bool:
    path = storage.local_path(key)
    assert path is not None
    return path.exists()


async def finished(database: Database, storage: Storage, new: NewTask, *, at: int) -> Task:
    database.write_now(tasks.insert, untold, new, now=1, concurrency_limit=99)
    (held,) = database.write_now(transitions.claim, str, now=1)
    assert held is not None
    for key in (f"results/{new.id}/1/v.mp4", f"inputs/{new.id}/picture"):
        await put(storage, key)
    done = database.write_now(
        transitions.succeed,
        str,
        held.id,
        held.attempt,
        result=Result(video_id="v", duration_ms=1, video=f"results/{new.id}/1/v.mp4"),
        units=1,
        now=at,
    )
    assert done is not None
    return done


async def delete(database: Database, storage: Storage, *, now: int) -> int:
    retention = Retention(database, storage, kept_ms=KEPT, clock=lambda: now)
    return await retention.delete_batch()


@pytest.mark.anyio
async def test_results_and_inputs_go_when_their_time_is_over(
    database: Database, storage: Storage, new_task: MakeTask
) -> None:
    old = await finished(database, storage, new_task(), at=1000)
    young = await finished(database, storage, new_task(), at=2000)
    assert await delete(database, storage, now=2000) == 0
    assert await delete(database, storage, now=2500) == 1
    assert not there(storage, f"results/{old.id}")
    assert not there(storage, f"inputs/{old.id}")
    assert there(storage, f"results/{young.id}/1/v.mp4")
    record = database.read_now(tasks.find, old.account_id, str(old.id))
    assert record is not None
    assert record.purged_at == 2500
    assert await delete(database, storage, now=2500) == 0


@pytest.mark.anyio
async def test_unfinished_tasks_are_kept_however_old(
    database: Database, storage: Storage, new_task: MakeTask
) -> None:
    new = new_task()
    database.write_now(tasks.insert, untold, new, now=1, concurrency_limit=99)
    await put(storage, f"inputs/{new.id}/picture")
    assert await delete(database, storage, now=10**12) == 0
    assert there(storage, f"inputs/{new.id}/picture")


@pytest.mark.anyio
async def test_a_job_stopped_half_way_goes_on_where_it_was(
    database: Database, storage: Storage, new_task: MakeTask
) -> None:
    """The files are gone and the row does not know it yet."""
    old = await finished(database, storage, new_task(), at=1000)
    await storage.delete_all(f"results/{old.id}")
    assert await delete(database, storage, now=9000) == 1
    assert not there(storage, f"inputs/{old.id}")


@pytest.mark.anyio
async def test_a_deleted_task_is_found_no_more_and_its_files_go(
    database: Database, storage: Storage, new_task: MakeTask, account: Account
) -> None:
    done = await finished(database, storage, new_task(external_id="mine"), at=1000)
    running = new_task()
    database.write_now(tasks.insert, untold, running, now=1, concurrency_limit=99)
    remove = transitions.delete
    assert not database.write_now(remove, 99, done.id, now=1500)
    assert not database.write_now(remove, account.id, running.id, now=1500)
    assert database.write_now(remove, account.id, done.id, now=1500)
    assert not database.write_now(remove, account.id, done.id, now=1500)
    for reference in (str(done.id), "mine"):
        assert database.read_now(tasks.find, account.id, reference) is None
    listed = database.read_now(tasks.page, account.id, offset=0, limit=9)
    assert [task.id for task in listed] == [running.id]
    assert await delete(database, storage, now=1501) == 1
    assert not there(storage, f"results/{done.id}")
    database.write_now(
        tasks.insert, untold, new_task(external_id="mine"), now=2000, concurrency_limit=99
    )


def upload_of(account: Account, name: str, *, used_at: int) -> Upload:
    return Upload(
        id=name,
        account_id=account.id,
        kind="picture",
        key=f"uploads/1/{name}",
        bytes=4,
        content_type="image/png",
        facts={},
        created_at=1,
        used_at=used_at,
    )


@pytest.mark.anyio
async def test_uploads_go_when_nobody_used_them_for_long(
    database: Database, storage: Storage, account: Account
) -> None:
    for name, used_at in (("old", 1000), ("young", 2000)):
        database.write_now(uploads.insert, upload_of(account, name, used_at=used_at))
        await put(storage, f"uploads/1/{name}")
    assert await delete(database, storage, now=2500) == 1
    assert not there(storage, "uploads/1/old")
    assert there(storage, "uploads/1/young")
    assert database.read_now(uploads.find, account.id, "old") is None
    assert not database.write_now(uploads.touch, ["old"], now=3000)
    assert database.write_now(uploads.touch, ["young", "young"], now=3000)
    assert await delete(database, storage, now=3500) == 0


@pytest.mark.anyio
async def test_what_an_unfinished_task_may_need_is_kept_however_long_it_waits(
    database: Database, storage: Storage, account: Account, new_task: MakeTask
) -> None:
    """Of an upload's use within the minute before nothing is noted."""
    made, noted = 100_000, 100_000 - uploads.NOTED_WITHIN_MS
    for name, used_at in (("its", noted), ("older", noted - 1)):
        database.write_now(uploads.insert, upload_of(account, name, used_at=used_at))
        await put(storage, f"uploads/1/{name}")
    new = new_task()
    database.write_now(tasks.insert, untold, new, now=made, concurrency_limit=99)
    assert await delete(database, storage, now=9_000_000) == 1
    assert there(storage, "uploads/1/its")
    assert not there(storage, "uploads/1/older")
    database.write_now(transitions.cancel, str, new.id, message="", now=9_000_000)
    assert await delete(database, storage, now=9_000_000) == 1
    assert not there(storage, "uploads/1/its")


@pytest.mark.anyio
async def test_an_upload_whose_deletion_was_stopped_is_deleted_at_last(
    database: Database, storage: Storage, account: Account
) -> None:
    """It is hidden already, and its file still there."""
    database.write_now(uploads.insert, upload_of(account, "half", used_at=1000))
    await put(storage, "uploads/1/half")
    database.write_now(uploads.purge_unused, before=1500, now=1500, limit=9)
    assert database.read_now(uploads.find, account.id, "half") is None
    assert await delete(database, storage, now=2500) == 1
    assert not there(storage, "uploads/1/half")


@pytest.mark.anyio
async def test_told_events_are_forgotten_and_untold_ones_kept(
    database: Database, storage: Storage, account: Account
) -> None:
    for subject in (1, 2):
        database.write_now(
            callbacks.insert,
            account_id=account.id,
            subject=subject,
            seq=1,
            url="https://example.com",
            told="processing",
            body="{}",
            now=1,
        )
    events = database.read_now(callbacks.of_account, account.id, offset=0, limit=9)
    tried = events[0]
    from understudy.tasks.records import Try

    database.write_now(
        callbacks.note_try,
        tried,
        Try(at=1, milliseconds=1, http_status=200, error=None),
        status="delivered",
        next_try_at=1,
    )
    far_future = 4 * 10**12
    assert await delete(database, storage, now=far_future) == 1
    left = database.read_now(callbacks.of_account, account.id, offset=0, limit=9)
    assert [event.id for event in left] == [events[1].id]
