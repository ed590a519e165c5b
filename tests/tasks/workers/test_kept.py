"""A child keeps an engine's models from one job to the next; the jobs' progress names it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from understudy.tasks.workers.cancellation import CANCELLED
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.messages import Crashed, Done, Progressed

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")

LOADING = "tests.tasks.workers.ray.loading"
SLOW_TO_LOAD = ("one", "another")


async def is_resident(engine: str) -> bool:
    return engine in SLOW_TO_LOAD


@pytest.fixture(autouse=True)
def _module_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()), prepend=os.pathsep)


@pytest.fixture
async def executor() -> AsyncIterator[LocalExecutor]:
    made = LocalExecutor(2, seconds=60, memory_mb=0, jobs=LOADING, is_resident=is_resident)
    yield made
    await made.close()


def job(folder: Path, engine: str = "one", number: int = 1, **arguments: Any) -> Job:
    return Job(
        task_id=number,
        attempt=1,
        function="take",
        arguments={"workspace": str(folder), **arguments},
        workspace=folder,
        engine=engine,
    )


async def process_of(executor: LocalExecutor, of: Job) -> str:
    """Run a job to its end; the process that it ran in."""
    first, last = [message async for message in executor.run(of)]
    assert isinstance(first, Progressed)
    assert isinstance(last, Done)
    return first.stage


def runs(process: str) -> bool:
    """Whether a process runs; a zombie waits for who started it."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.anyio
async def test_jobs_of_an_engine_share_a_process_and_those_of_another_get_their_own(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    first = await process_of(executor, job(tmp_path))
    assert await process_of(executor, job(tmp_path)) == first
    plain = await process_of(executor, job(tmp_path, "quick to load"))
    assert plain != first
    assert await process_of(executor, job(tmp_path, "quick to load")) != plain
    assert await process_of(executor, job(tmp_path)) == first
    # One engine's models make room for another's.
    other = await process_of(executor, job(tmp_path, "another"))
    assert other != first
    assert not runs(first)
    assert await process_of(executor, job(tmp_path)) not in (first, other)


@pytest.mark.anyio
async def test_jobs_of_one_engine_wait_for_one_another(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    one = executor.run(job(tmp_path, wait_for=str(gate)))
    first = await anext(one)
    assert isinstance(first, Progressed)
    second = asyncio.create_task(process_of(executor, job(tmp_path, number=2)))
    while await executor.attached() != {"1#1", "2#1"}:
        await asyncio.sleep(0)
    gate.touch()
    assert [type(message) async for message in one] == [Done]
    assert await second == first.stage


@pytest.mark.anyio
async def test_a_job_that_is_cancelled_while_it_waits_never_begins(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    one = executor.run(job(tmp_path, wait_for=str(gate)))
    await anext(one)
    waiting = executor.run(job(tmp_path, number=2))
    second = asyncio.ensure_future(anext(waiting))
    while await executor.attached() != {"1#1", "2#1"}:
        await asyncio.sleep(0)
    await executor.cancel("2#1")
    gate.touch()
    assert [type(message) async for message in one] == [Done]
    assert await second == Crashed(reason=CANCELLED)
    await waiting.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["cancel", "close"])
async def test_a_job_that_is_ended_leaves_the_models_loaded(
    executor: LocalExecutor, tmp_path: Path, how: str
) -> None:
    one = executor.run(job(tmp_path, wait_for=str(tmp_path / "never")))
    first = await anext(one)
    assert isinstance(first, Progressed)
    if how == "cancel":
        ending = asyncio.create_task(executor.cancel("1#1"))
        assert [message async for message in one] == [Crashed(reason=CANCELLED)]
        await ending
    else:
        await one.aclose()
    assert await process_of(executor, job(tmp_path)) == first.stage


@pytest.mark.anyio
async def test_a_crash_costs_its_job_and_the_next_one_loads_anew(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    first = await process_of(executor, job(tmp_path))
    *_, last = [message async for message in executor.run(job(tmp_path / "missing"))]
    assert isinstance(last, Crashed)
    assert "FileNotFoundError" in last.reason
    assert await process_of(executor, job(tmp_path)) != first


@pytest.mark.anyio
async def test_a_process_that_died_while_idle_is_replaced(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    first = await process_of(executor, job(tmp_path))
    guard = Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1]
    os.kill(int(first), 9)
    # The guard ends with it, and the executor sees that.
    while Path(f"/proc/{guard}").exists():
        await asyncio.sleep(0.01)
    assert await process_of(executor, job(tmp_path)) != first


@pytest.mark.anyio
async def test_models_that_nobody_uses_are_unloaded(tmp_path: Path) -> None:
    made = LocalExecutor(
        1, seconds=60, memory_mb=0, jobs=LOADING, is_resident=is_resident, idle_seconds=0.05
    )
    first = await process_of(made, job(tmp_path))
    while runs(first):
        await asyncio.sleep(0.01)
    assert await process_of(made, job(tmp_path)) != first
    await made.close()
