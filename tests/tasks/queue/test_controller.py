"""No task is lost, none is published or charged twice, whatever happens to those who run it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from tests.tasks.conftest import untold
from tests.waiting import PATIENCE_SECONDS, soon
from understudy.media.output import content_credentials
from understudy.media.output.encode import VideoWriter
from understudy.media.output.marks import ContentCredentials, read_marks
from understudy.media.output.provenance import Provenance
from understudy.take.options import TakeRequest
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, tasks, transitions
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.schema import tasks as table
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.localize import UNREACHABLE
from understudy.tasks.files.storage import Storage
from understudy.tasks.ids import now_ms
from understudy.tasks.queue.attempt import GIVEN_UP, MACHINE_PATIENCE_MS
from understudy.tasks.queue.attempt_context import AttemptContext
from understudy.tasks.queue.controller import Controller
from understudy.tasks.queue.leadership import leadership_of
from understudy.tasks.records import Account, Source, Status, Task
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused
from understudy.testing import MemoryExecutor, finished_take

MakeTask = Callable[..., NewTask]


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """A folder that has the inputs of the tasks."""
    made = Storage((tmp_path / "files").as_uri())
    for name in ("picture", "clip"):
        path = tmp_path / "files" / "inputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return made


@asynccontextmanager
async def context_of(
    database: Database, storage: Storage, tmp_path: Path, executor: MemoryExecutor, **changes: Any
) -> AsyncIterator[AttemptContext]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    fetcher = Fetcher(allow_private=True)
    values: dict[str, Any] = {
        "database": database,
        "storage": storage,
        "fetcher": fetcher,
        "keyring": Keyring(["a key of the tests"]),
        "executor": executor,
        "write_payload": lambda task: task.status,
        "price": lambda _task, seconds: round(seconds * 500),
        "scratch": scratch,
        "fetch_seconds": 5.0,
        "max_attempts": 3,
        **changes,
    }
    try:
        yield AttemptContext(**values)
    finally:
        await executor.close()
        await fetcher.close()


@asynccontextmanager
async def leading(context: AttemptContext, **options: Any) -> AsyncIterator[Controller]:
    """A controller that leads, and is stopped at the end."""
    controller = Controller(context, leadership_of(context.database), **options)
    running = asyncio.create_task(controller.run())
    try:
        yield controller
    finally:
        controller.stop()
        await running


def store(database: Database, new: NewTask, *, now: int = 1000) -> Task:
    request = replace(
        new.request,
        picture=Source(key="inputs/picture", max_bytes=100),
        clip=Source(key="inputs/clip", max_bytes=100),
    )
    return database.write_now(
        tasks.insert, untold, replace(new, request=request), now=now, concurrency_limit=100
    )


async def ended(database: Database, task: Task, *, hurry: bool = False) -> Task:
    """The task once it has ended; hurry: what waits to be tried again is due at once."""

    async def check() -> Task | None:
        if hurry:
            await database.write(
                lambda connection: connection.execute(
                    table.update().where(table.c.status == "submitted").values(not_before=0)
                )
            )
        found = await database.read(tasks.find, task.account_id, str(task.id))
        return found if found is not None and found.status.ended else None

    found: Task = await soon(check)
    return found


def files(storage: Storage, folder: str) -> list[Path]:
    root = storage.local_path(folder)
    assert root is not None
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.anyio
@pytest.mark.skipif(not content_credentials.is_available(), reason="needs the extra `provenance`")
async def test_results_are_signed_before_they_are_published(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    async def script(job: Job) -> AsyncIterator[Progressed | Done]:
        made = Provenance("Understudy 1", "a model 2", "trainedAlgorithmicMedia")
        with VideoWriter(job.workspace / "video.mp4", (64, 64), Fraction(5), provenance=made) as to:
            to.write_rgb(np.zeros((64, 64, 3), np.uint8))
        yield Done(value={"seconds": 3.0})

    task = store(database, new_task())
    identity = content_credentials.create_identity("An operator")
    executor = MemoryExecutor(script)
    async with (
        context_of(database, storage, tmp_path, executor, identity=identity) as context,
        leading(context),
    ):
        done = await ended(database, task)
    assert done.result is not None
    path = storage.local_path(done.result.video)
    assert path is not None
    found = read_marks(path).credentials
    assert found == ContentCredentials("valid", "An operator", "trainedAlgorithmicMedia")


@pytest.mark.anyio
async def test_a_task_is_run_published_and_charged(
    database: Database, new_task: MakeTask, account: Account, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task())
    executor = MemoryExecutor()
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        done = await ended(database, task)
    assert done.status is Status.SUCCEEDED
    assert done.result is not None
    assert done.result.duration_ms == 3000
    assert done.units_charged == 1500
    path = storage.local_path(done.result.video)
    assert path is not None
    assert path.read_bytes() == b"a video"
    (job,) = executor.started
    assert Path(job.arguments["media"]["picture"]).read_bytes() == b"picture"
    assert list((tmp_path / "scratch").iterdir()) == []
    assert database.read_now(accounts.get, account.id).units_used == 1500


@pytest.mark.anyio
async def test_no_more_tasks_run_at_once_than_there_are_slots(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    at_once: list[int] = []
    running: set[str] = set()
    both = asyncio.Event()

    async def script(job: Job) -> AsyncIterator[Any]:
        running.add(job.name)
        at_once.append(len(running))
        if len(running) == 2:
            both.set()
        await both.wait()
        await asyncio.sleep(0.01)
        running.discard(job.name)
        async for message in finished_take(job):
            yield message

    made = [store(database, new_task()) for _ in range(6)]
    executor = MemoryExecutor(script, capacity=2)
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        for task in made:
            await ended(database, task)
    assert max(at_once) == 2


@pytest.mark.anyio
async def test_a_worker_that_dies_is_tried_again_and_then_given_up(
    database: Database, new_task: MakeTask, account: Account, storage: Storage, tmp_path: Path
) -> None:
    async def script(job: Job) -> AsyncIterator[Any]:
        yield Progressed(stage="track", fraction=0.2)
        yield Crashed(reason="out of memory")

    task = store(database, new_task())
    executor = MemoryExecutor(script)
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        done = await ended(database, task, hurry=True)
    assert (done.status, done.message) == (Status.FAILED, GIVEN_UP)
    assert [job.attempt for job in executor.started] == [1, 2, 3]
    after = database.read_now(accounts.get, account.id)
    assert (after.units_used, after.units_reserved, after.active_tasks) == (0, 0, 0)


@pytest.mark.anyio
async def test_a_worker_that_dies_once_costs_one_attempt(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    async def script(job: Job) -> AsyncIterator[Any]:
        if job.attempt == 1:
            yield Crashed(reason="out of memory")
        async for message in finished_take(job):
            yield message

    task = store(database, new_task())
    async with (
        context_of(database, storage, tmp_path, MemoryExecutor(script)) as context,
        leading(context),
    ):
        done = await ended(database, task, hurry=True)
    assert (done.status, done.attempt, done.failures) == (Status.SUCCEEDED, 2, 1)
    assert len(files(storage, f"results/{task.id}")) == 1


@pytest.mark.anyio
async def test_what_the_machine_lacks_is_waited_for_and_counts_as_no_failure(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    faults: list[str | None] = []

    async def script(job: Job) -> AsyncIterator[Any]:
        if job.attempt <= 5:
            yield Crashed(reason="write: No space left on device", machine="the disk is full")
            return
        faults.append(leader.fault)
        async for message in finished_take(job):
            yield message

    task = store(database, new_task(), now=now_ms())
    executor = MemoryExecutor(script)
    async with (
        context_of(database, storage, tmp_path, executor, max_attempts=2) as context,
        leading(context) as leader,
    ):
        done = await ended(database, task, hurry=True)
        assert faults == ["the disk is full"]
        await _freed(executor)
        assert leader.fault is None
    assert (done.status, done.attempt, done.failures) == (Status.SUCCEEDED, 6, 0)


@pytest.mark.anyio
async def test_a_task_with_an_option_that_only_newer_code_knows_is_left_to_that(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task(), now=now_ms())
    request = {**database.read_now(_request), "gait": "jaunty"}
    database.write_now(_set_request, request)
    executor = MemoryExecutor()
    async with context_of(database, storage, tmp_path, executor, max_attempts=1) as context:
        async with leading(context):

            async def put_back() -> bool:
                found = await database.read(tasks.find, task.account_id, str(task.id))
                return found is not None and (found.status, found.attempt) == ("submitted", 1)

            await soon(put_back)
        assert executor.started == []
        # Here that which stands for the newer code: it knows what the row says now.
        del request["gait"]
        database.write_now(_set_request, request)
        async with leading(context):
            done = await ended(database, task, hurry=True)
    assert (done.status, done.attempt, done.failures) == (Status.SUCCEEDED, 2, 0)


def _request(connection: sa.Connection) -> Any:
    return connection.execute(sa.select(table.c.request)).scalar_one()


def _set_request(connection: sa.Connection, request: dict[str, Any]) -> None:
    connection.execute(table.update().values(request=request))


@pytest.mark.anyio
async def test_a_storage_that_is_away_is_waited_for(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task(), now=now_ms())
    away = (tmp_path / "files").rename(tmp_path / "away")
    executor = MemoryExecutor()
    async with (
        context_of(database, storage, tmp_path, executor, max_attempts=1) as context,
        leading(context) as leader,
    ):

        async def faulty() -> bool:
            return leader.fault is not None

        await soon(faulty)
        assert leader.fault == "the storage does not respond (its folder is away)"
        away.rename(tmp_path / "files")
        done = await ended(database, task, hurry=True)
    assert (done.status, done.failures) == (Status.SUCCEEDED, 0)


@pytest.mark.anyio
async def test_a_task_that_alone_asks_too_much_of_the_machine_ends_at_last(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    async def script(job: Job) -> AsyncIterator[Any]:
        yield Crashed(reason="write: No space left on device", machine="the disk is full")

    task = store(database, new_task(), now=now_ms() - MACHINE_PATIENCE_MS - 1)
    async with (
        context_of(database, storage, tmp_path, MemoryExecutor(script)) as context,
        leading(context),
    ):
        done = await ended(database, task, hurry=True)
    assert (done.status, done.message) == (Status.FAILED, GIVEN_UP)


@pytest.mark.anyio
async def test_an_upload_that_was_removed_is_named_and_not_tried_again(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task())
    (tmp_path / "files" / "inputs" / "clip").unlink()
    executor = MemoryExecutor()
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        done = await ended(database, task)
    assert (done.status, done.message) == (Status.FAILED, UNREACHABLE)
    assert executor.started == []


@pytest.mark.anyio
async def test_a_clock_that_was_set_back_holds_up_neither_new_tasks_nor_put_off_ones(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    hour = 3_600_000
    fresh = store(database, new_task(), now=now_ms() + hour)
    put_off = store(database, new_task(), now=now_ms() + hour)
    held = table.update().where(table.c.id == put_off.id)
    database.write_now(lambda connection: connection.execute(held.values(attempt=1)))
    async with (
        context_of(database, storage, tmp_path, MemoryExecutor()) as context,
        leading(context),
    ):
        for task in (fresh, put_off):
            assert (await ended(database, task)).status is Status.SUCCEEDED


@pytest.mark.anyio
async def test_a_refused_input_is_not_tried_again(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    async def script(job: Job) -> AsyncIterator[Any]:
        yield Refused(field="image_url", found="x", allowed="y", code=1201, message="no character")

    task = store(database, new_task())
    executor = MemoryExecutor(script)
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        done = await ended(database, task)
    assert (done.status, done.message) == (Status.FAILED, "no character")
    assert len(executor.started) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("lie", ["no file", "link", "no length", "endless", "watermark"])
async def test_a_worker_that_lies_publishes_nothing(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path, lie: str
) -> None:
    async def script(job: Job) -> AsyncIterator[Any]:
        video = job.workspace / "video.mp4"
        if lie == "link":
            video.symlink_to("/etc/passwd")
        elif lie != "no file":
            video.write_bytes(b"a video")
        values = {"no length": {}, "endless": {"seconds": 1e9}}
        yield Done(value=values.get(lie, {"seconds": 3.0}))

    new = new_task()
    if lie == "watermark":
        new = replace(new, request=replace(new.request, take=TakeRequest(watermark=True)))
    task = store(database, new)
    executor = MemoryExecutor(script)
    async with (
        context_of(database, storage, tmp_path, executor, max_attempts=1) as context,
        leading(context),
    ):
        done = await ended(database, task)
    assert (done.status, done.message) == (Status.FAILED, GIVEN_UP)


async def _forever(job: Job) -> AsyncIterator[Any]:
    yield Progressed(stage="render", fraction=0.5)
    await asyncio.Event().wait()


async def _started(executor: MemoryExecutor, count: int = 1) -> None:
    async def check() -> bool:
        return len(executor.started) >= count

    await soon(check)


async def _freed(executor: MemoryExecutor) -> None:
    async def check() -> bool:
        return not await executor.attached()

    await soon(check)


@pytest.mark.anyio
async def test_a_cancelled_task_frees_its_slot(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task())
    executor = MemoryExecutor(_forever, capacity=1)
    async with (
        context_of(database, storage, tmp_path, executor) as context,
        leading(context) as leader,
    ):
        await _started(executor)
        database.write_now(
            transitions.cancel, context.write_payload, task.id, message="stopped", now=5
        )
        leader.cancel(task.id)
        executor.script = finished_take
        other = store(database, new_task())
        leader.wake()
        assert (await ended(database, other)).status is Status.SUCCEEDED
        # The row says so a moment before the attempt lets go of its job.
        await _freed(executor)
    done = await ended(database, task)
    assert (done.status, done.message) == (Status.FAILED, "stopped")


@pytest.mark.anyio
async def test_a_task_cancelled_elsewhere_is_noticed(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    """Another server's cancel is only to be seen in the row."""

    async def script(job: Job) -> AsyncIterator[Any]:
        for place in range(1, 100):
            yield Progressed(stage=f"stage {place}", fraction=place / 100)
            await asyncio.sleep(0.02)

    task = store(database, new_task())
    executor = MemoryExecutor(script)
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        await _started(executor)
        database.write_now(
            transitions.cancel, context.write_payload, task.id, message="stopped", now=5
        )
        await _freed(executor)


@pytest.mark.anyio
async def test_stopping_puts_tasks_back_without_counting_a_failure(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task())
    executor = MemoryExecutor(_forever)
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        await _started(executor)
    found = database.read_now(tasks.find, task.account_id, str(task.id))
    assert found is not None
    assert (found.status, found.attempt, found.failures) == (Status.SUBMITTED, 1, 0)
    executor = MemoryExecutor()
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        done = await ended(database, task)
    assert (done.status, done.attempt) == (Status.SUCCEEDED, 2)


@pytest.mark.anyio
async def test_stopping_gives_running_takes_their_grace(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    async def script(job: Job) -> AsyncIterator[Any]:
        await asyncio.sleep(0.05)
        async for message in finished_take(job):
            yield message

    task = store(database, new_task())
    executor = MemoryExecutor(script)
    async with (
        context_of(database, storage, tmp_path, executor) as context,
        leading(context, grace=9),
    ):
        await _started(executor)
    assert (await ended(database, task)).status is Status.SUCCEEDED


@pytest.mark.anyio
async def test_what_a_killed_server_was_at_is_tried_again(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    """The row is as a server leaves it that is killed: processing, and nobody at it."""
    task = store(database, new_task())
    database.write_now(transitions.claim, str, now=2000)
    left = tmp_path / "scratch" / f"{task.id}-1"
    left.mkdir(parents=True)
    async with (
        context_of(database, storage, tmp_path, MemoryExecutor()) as context,
        leading(context),
    ):
        done = await ended(database, task, hurry=True)
    assert (done.status, done.attempt, done.failures) == (Status.SUCCEEDED, 2, 1)
    assert not left.exists()


@pytest.mark.anyio
async def test_a_job_that_goes_on_elsewhere_is_taken_up_again(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    go_on = asyncio.Event()

    async def script(job: Job) -> AsyncIterator[Any]:
        await go_on.wait()
        async for message in finished_take(job):
            yield message

    task = store(database, new_task())
    executor = MemoryExecutor(script, lasting=True)
    async with context_of(database, storage, tmp_path, executor) as context:
        claimed = database.write_now(transitions.claim, str, now=2000)
        assert claimed
        job = Job(
            task_id=task.id,
            attempt=1,
            function="take",
            arguments={},
            workspace=tmp_path / "scratch" / f"{task.id}-1",
        )
        first = asyncio.ensure_future(anext(executor.run(job)))
        await _started(executor)
        first.cancel()
        async with leading(context) as leader:

            async def at_it() -> bool:
                return leader.running == 1 and job.workspace.exists()

            await soon(at_it)
            go_on.set()
            done = await ended(database, task)
    assert (done.status, done.attempt) == (Status.SUCCEEDED, 1)
    assert len(executor.started) == 1


@pytest.mark.anyio
async def test_a_full_storage_costs_attempts_and_no_task(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    """A file in the place of the results' folder stands for a disk that takes nothing more."""
    task = store(database, new_task())
    block = tmp_path / "files" / "results"
    block.touch()

    async def script(job: Job) -> AsyncIterator[Any]:
        if job.attempt == 2:
            block.unlink()
        async for message in finished_take(job):
            yield message

    async with (
        context_of(database, storage, tmp_path, MemoryExecutor(script)) as context,
        leading(context),
    ):
        done = await ended(database, task, hurry=True)
    assert (done.status, done.failures) == (Status.SUCCEEDED, 1)


@pytest.mark.anyio
async def test_an_attempt_that_lost_its_lease_leaves_no_result(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    task = store(database, new_task())

    async def script(job: Job) -> AsyncIterator[Any]:
        database.write_now(transitions.cancel, lambda _: "", task.id, message="stopped", now=5)
        (job.workspace / "video.mp4").write_bytes(b"too late")
        yield Done(value={"seconds": 3.0})

    executor = MemoryExecutor(script)
    async with context_of(database, storage, tmp_path, executor) as context, leading(context):
        done = await ended(database, task)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while files(storage, f"results/{task.id}"):
                await asyncio.sleep(0.01)
    assert (done.status, done.result, done.units_charged) == (Status.FAILED, None, 0)


@pytest.mark.anyio
async def test_of_two_controllers_one_leads_and_the_other_takes_over(
    database: Database, new_task: MakeTask, storage: Storage, tmp_path: Path
) -> None:
    one, two = MemoryExecutor(), MemoryExecutor()
    async with (
        context_of(database, storage, tmp_path, one) as first,
        context_of(database, storage, tmp_path, two) as second,
    ):
        async with leading(first):
            await ended(database, store(database, new_task()))
            async with leading(second):
                for _ in range(3):
                    await ended(database, store(database, new_task()))
        assert (len(one.started), len(two.started)) == (4, 0)
        async with leading(second):
            await ended(database, store(database, new_task()))
    assert len(two.started) == 1


def test_leadership_is_had_by_one(database: Database) -> None:
    first, second = leadership_of(database), leadership_of(database)
    assert first.take()
    assert first.holds()
    assert not second.take()
    assert not second.holds()
    first.let_go()
    assert not first.holds()
    assert second.take()
    second.let_go()


@pytest.mark.anyio
async def test_leadership_is_lost_with_the_database_session(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no sessions")
    first, second = leadership_of(database), leadership_of(database)
    try:
        assert first.take()
        database.read_now(
            lambda connection: connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND"
                    " database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        )

        async def second_takes() -> bool:
            # The session is told to end, and ends some time after.
            return second.take()

        assert await soon(second_takes)
        assert not first.holds()
    finally:
        first.let_go()
        second.let_go()


@pytest.mark.anyio
async def test_a_leader_that_says_nothing_is_replaced(database: Database) -> None:
    """As of a process that is frozen: its connection stays open."""
    if database.is_sqlite:
        pytest.skip("SQLite's lock is a local file's")
    first, second = (leadership_of(database, lease_seconds=0.2) for _ in range(2))
    try:
        assert first.take()

        async def second_takes() -> bool:
            return second.take()

        assert await soon(second_takes)
        assert not first.holds()
    finally:
        first.let_go()
        second.let_go()
