"""The executor in memory behaves as the real ones do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Done, Progressed
from understudy.testing import MemoryExecutor
from understudy.testing.executor import Message


def job(workspace: Path) -> Job:
    return Job(task_id=1, attempt=1, function="take", arguments={}, workspace=workspace)


async def waiting(_: Job) -> AsyncIterator[Message]:
    yield Progressed(stage="render", fraction=0.1)
    await asyncio.Event().wait()


@pytest.mark.anyio
async def test_a_take_succeeds_at_once_and_leaves_a_video(tmp_path: Path) -> None:
    executor = MemoryExecutor()
    messages = [message async for message in executor.run(job(tmp_path))]
    assert messages == [Progressed(stage="render", fraction=0.5), Done(value={"seconds": 3.0})]
    assert (tmp_path / "video.mp4").exists()
    assert await executor.attached() == frozenset()


@pytest.mark.anyio
async def test_a_script_that_fails_is_a_crash(tmp_path: Path) -> None:
    async def failing(_: Job) -> AsyncIterator[Message]:
        yield Progressed(stage="open", fraction=0.0)
        raise RuntimeError("a fault")

    messages = [message async for message in MemoryExecutor(failing).run(job(tmp_path))]
    assert isinstance(messages[-1], Crashed)
    assert "a fault" in messages[-1].reason


@pytest.mark.anyio
async def test_closing_the_iterator_ends_a_job_unless_jobs_last(tmp_path: Path) -> None:
    for lasting, held in ((False, frozenset()), (True, frozenset({"1#1"}))):
        executor = MemoryExecutor(waiting, lasting=lasting)
        messages = executor.run(job(tmp_path))
        await anext(messages)
        await messages.aclose()
        assert await executor.attached() == held
        await executor.close()


@pytest.mark.anyio
async def test_a_lasting_job_is_taken_up_again_and_told_when_it_is_cancelled(
    tmp_path: Path,
) -> None:
    executor = MemoryExecutor(waiting, lasting=True)
    first = executor.run(job(tmp_path))
    await anext(first)
    await first.aclose()
    again = executor.run(job(tmp_path))
    ended = asyncio.ensure_future(anext(again))
    await asyncio.sleep(0)
    await executor.cancel("1#1")
    assert isinstance(await ended, Crashed)
    assert len(executor.started) == 1
