"""Workers of the built-in engine stay for the next job; the jobs' progress names the process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tasks.workers.test_kept import LOADING, job, process_of, runs
from understudy.engines import DEFAULT_ENGINE
from understudy.tasks.workers.cancellation import CANCELLED
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.messages import Crashed, Done, Progressed

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")

SERVER = """if True:
    import asyncio, sys
    from pathlib import Path
    from tests.tasks.workers.test_kept_workers import make_executor, task
    from tests.tasks.workers.test_kept import process_of

    async def serve():
        print(await process_of(make_executor(), task(Path(sys.argv[1]))), flush=True)
        await asyncio.Event().wait()

    asyncio.run(serve())
"""


@pytest.fixture(autouse=True)
def _module_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()), prepend=os.pathsep)


def make_executor(idle_seconds: float = 60) -> LocalExecutor:
    return LocalExecutor(
        2, seconds=60, memory_mb=0, jobs=LOADING, kept_workers=1, idle_seconds=idle_seconds
    )


@pytest.fixture
async def executor() -> AsyncIterator[LocalExecutor]:
    made = make_executor()
    yield made
    await made.close()


def task(folder: Path, number: int = 1, **arguments: str) -> Job:
    return job(folder, DEFAULT_ENGINE, number, **arguments)


async def ended(process: str) -> None:
    while runs(process):
        await asyncio.sleep(0.01)


@pytest.mark.anyio
async def test_the_next_job_gets_the_worker_of_the_one_before(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    first = await process_of(executor, task(tmp_path))
    assert await process_of(executor, task(tmp_path)) == first
    other = await process_of(executor, job(tmp_path, "another engine"))
    assert other != first
    await ended(other)


@pytest.mark.anyio
async def test_jobs_do_not_wait_for_a_worker_and_no_more_stay_than_shall(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    one = executor.run(task(tmp_path, wait_for=str(gate)))
    first = await anext(one)
    assert isinstance(first, Progressed)
    second = await process_of(executor, task(tmp_path, number=2))
    assert second != first.stage
    gate.touch()
    assert [type(message) async for message in one] == [Done]
    await ended(first.stage)
    assert await process_of(executor, task(tmp_path)) == second


@pytest.mark.anyio
async def test_a_job_that_is_cancelled_leaves_its_worker_for_the_next(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    one = executor.run(task(tmp_path, wait_for=str(tmp_path / "never")))
    first = await anext(one)
    assert isinstance(first, Progressed)
    ending = asyncio.create_task(executor.cancel("1#1"))
    assert [message async for message in one] == [Crashed(reason=CANCELLED)]
    await ending
    assert await process_of(executor, task(tmp_path)) == first.stage


@pytest.mark.anyio
async def test_a_worker_that_crashed_is_replaced(executor: LocalExecutor, tmp_path: Path) -> None:
    first = await process_of(executor, task(tmp_path))
    *_, last = [message async for message in executor.run(task(tmp_path / "missing"))]
    assert isinstance(last, Crashed)
    await ended(first)
    assert await process_of(executor, task(tmp_path)) != first


@pytest.mark.anyio
async def test_a_worker_that_died_while_idle_is_replaced(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    first = await process_of(executor, task(tmp_path))
    guard = Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1]
    os.kill(int(first), signal.SIGKILL)
    # The guard ends with it, and the executor sees that.
    while Path(f"/proc/{guard}").exists():
        await asyncio.sleep(0.01)
    assert await process_of(executor, task(tmp_path)) != first


@pytest.mark.anyio
async def test_a_worker_that_nobody_needs_ends(tmp_path: Path) -> None:
    made = make_executor(idle_seconds=0.05)
    await ended(await process_of(made, task(tmp_path)))
    await made.close()


@pytest.mark.anyio
async def test_closing_ends_idle_workers(tmp_path: Path) -> None:
    made = make_executor()
    first = await process_of(made, task(tmp_path))
    await made.close()
    await ended(first)


@pytest.mark.anyio
async def test_an_idle_worker_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    worker = (await server.stdout.readline()).decode().strip()
    assert runs(worker)
    server.kill()
    await server.wait()
    await ended(worker)
