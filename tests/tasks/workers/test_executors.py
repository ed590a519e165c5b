"""What every executor does: the local one, and that on a Ray cluster where Ray is installed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.tasks.workers.conftest import MakeExecutor
from understudy.take.options import TakeMedia, TakeRequest
from understudy.tasks.workers.executor import Executor, Job
from understudy.tasks.workers.messages import Crashed, Done, Refused
from understudy.tasks.workers.questions import TakeArguments


def job(path: Path, prompt: str = "", *, watermark: bool = False, number: int = 1) -> Job:
    path.mkdir(exist_ok=True)
    clip = path / "clip"
    clip.write_bytes(b"a clip")
    request = TakeRequest(prompt=prompt, watermark=watermark)
    given = TakeArguments(request=request, media=TakeMedia(clip=clip), workspace=path)
    return Job(
        task_id=number,
        attempt=1,
        function="take",
        arguments=given.to_json(),
        workspace=path,
        inputs=(clip,),
    )


async def everything(made: Executor, of: Job) -> list[Any]:
    await made.attached()
    return [message async for message in made.run(of)]


@pytest.mark.anyio
async def test_a_job_tells_its_progress_and_what_it_made(
    executor: MakeExecutor, tmp_path: Path
) -> None:
    *progress, last = await everything(executor(), job(tmp_path, watermark=True))
    assert [message.stage for message in progress] == [
        "open", "open", "inspect", "track", "cast", "retarget", "render", "finish",
    ]  # fmt: skip
    assert [message.preview is not None for message in progress].count(True) == 1
    assert last == Done(value={"seconds": 3.066})
    assert (tmp_path / "video.mp4").read_bytes() == b"a clip"
    assert (tmp_path / "video.watermarked.mp4").exists()


@pytest.mark.anyio
async def test_a_refused_input_is_told_as_such(executor: MakeExecutor, tmp_path: Path) -> None:
    last = (await everything(executor(), job(tmp_path, "refuse")))[-1]
    assert isinstance(last, Refused)
    assert (last.field, last.code) == ("image_url", 1201)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("prompt", "changes", "reason"),
    [
        ("fail", {}, "a fault, as requested"),
        ("die", {}, "killed, probably because memory ran out"),
        ("grow", {"memory_mb": 512}, "ran out of memory"),
        ("hang", {"seconds": 0.5}, "longer than 0.5 s"),
    ],
)
async def test_whatever_a_job_dies_of_is_told_as_a_crash(
    executor: MakeExecutor, tmp_path: Path, prompt: str, changes: dict[str, Any], reason: str
) -> None:
    last = (await everything(executor(**changes), job(tmp_path, prompt)))[-1]
    assert isinstance(last, Crashed)
    assert reason in last.reason


@pytest.mark.anyio
async def test_a_cancelled_job_is_gone_at_once(executor: MakeExecutor, tmp_path: Path) -> None:
    made = executor()
    await made.attached()
    started = asyncio.Event()

    async def watch() -> list[Any]:
        seen = []
        async for message in made.run(job(tmp_path, "hang")):
            seen.append(message)
            started.set()
        return seen

    watching = asyncio.create_task(watch())
    await started.wait()
    assert await made.attached() == {"1#1"}
    await made.cancel("1#1")
    assert isinstance((await watching)[-1], Crashed)
    assert await made.attached() == frozenset()
