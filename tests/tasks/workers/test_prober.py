"""Files are looked at in a child that may die of them."""

from __future__ import annotations

import asyncio
import os
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.media.media_maker import write_clip
from understudy.errors import InputRefused, MachineFault
from understudy.tasks.workers.prober import ProbeFailed, Prober, ProbeTimedOut
from understudy.tasks.workers.questions import (
    ClipCheck,
    HeadFacts,
    Nothing,
    PictureCheck,
    PictureFacts,
    Question,
    picture_head,
    whole_clip,
    whole_picture,
)

JOBS = """
    import errno, os, signal, time
    from understudy.errors import InputRefused

    def pid(arguments, report):
        return {"pid": os.getpid()}

    def die(arguments, report):
        os.kill(os.getpid(), signal.SIGKILL)

    def hang(arguments, report):
        time.sleep(600)

    def nap(arguments, report):
        time.sleep(0.5)
        return {"pid": os.getpid()}

    def full(arguments, report):
        raise OSError(errno.ENOSPC, "No space left on device")

    def refuse(arguments, report):
        raise InputRefused("file", found="a", allowed="b")

    def lie(arguments, report):
        return {"pid": "of a stranger"}
"""


@dataclass(frozen=True)
class Process:
    pid: int


PID, LIE = (Question(job, {}, Process) for job in ("pid", "lie"))
NAP = replace(PID, job="nap")
FULL = replace(PID, job="full")
REFUSE, DIE, HANG = (Question(job, {}, Nothing) for job in ("refuse", "die", "hang"))


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of jobs that misbehave."""
    (tmp_path / "misbehaving.py").write_text(textwrap.dedent(JOBS))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return "misbehaving"


@asynccontextmanager
async def probing(tmp_path: Path, jobs: str, children: int = 1) -> AsyncIterator[Prober]:
    prober = Prober(tmp_path, memory_mb=1024, children=children, jobs=jobs)
    try:
        yield prober
    finally:
        await prober.close()


@pytest.mark.anyio
async def test_one_child_answers_until_it_dies(tmp_path: Path, jobs: str) -> None:
    async with probing(tmp_path, jobs) as prober:
        first = await prober.ask(PID, seconds=20)
        assert await prober.ask(PID, seconds=20) == first
        with pytest.raises(InputRefused, match="a; b"):
            await prober.ask(REFUSE, seconds=20)
        assert await prober.ask(PID, seconds=20) == first
        with pytest.raises(ProbeFailed) as died:
            await prober.ask(DIE, seconds=20)
        assert not isinstance(died.value, ProbeTimedOut)
        second = await prober.ask(PID, seconds=20)
        assert second != first
        with pytest.raises(ProbeTimedOut, match=r"longer than 0\.2 s"):
            await prober.ask(HANG, seconds=0.2)
        assert await prober.ask(PID, seconds=20) not in (first, second)


@pytest.mark.anyio
async def test_those_who_ask_at_once_take_turns(tmp_path: Path, jobs: str) -> None:
    async with probing(tmp_path, jobs) as prober:
        answers = await asyncio.gather(*(prober.ask(PID, seconds=20) for _ in range(5)))
    assert len({answer.pid for answer in answers}) == 1


@pytest.mark.anyio
async def test_an_answer_of_another_type_than_was_asked_for_is_none(
    tmp_path: Path, jobs: str
) -> None:
    async with probing(tmp_path, jobs) as prober:
        with pytest.raises(ProbeFailed, match="lie is not valid"):
            await prober.ask(LIE, seconds=20)


@pytest.mark.anyio
async def test_waiting_for_a_child_does_not_count_as_the_jobs_time(
    tmp_path: Path, jobs: str
) -> None:
    async with probing(tmp_path, jobs) as prober:
        await prober.ask(PID, seconds=20)
        naps = (prober.ask(NAP, seconds=1.2, account=1) for _ in range(4))
        assert len(await asyncio.gather(*naps)) == 4


@pytest.mark.anyio
async def test_one_accounts_slow_files_do_not_hold_up_anothers(tmp_path: Path, jobs: str) -> None:
    async with probing(tmp_path, jobs, children=3) as prober:
        slow = [asyncio.create_task(prober.ask(HANG, seconds=20, account=1)) for _ in range(5)]
        await asyncio.sleep(0)
        assert await prober.ask(PID, seconds=20, account=2)
        assert not any(each.done() for each in slow)
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


@pytest.mark.anyio
async def test_what_the_machine_lacks_is_told_apart_from_a_file_that_cannot_be_checked(
    tmp_path: Path, jobs: str
) -> None:
    async with probing(tmp_path, jobs) as prober:
        with pytest.raises(MachineFault, match="the disk is full"):
            await prober.ask(FULL, seconds=20)
    async with probing(tmp_path, "no_such_module") as prober:
        with pytest.raises(MachineFault, match="a worker cannot start"):
            await prober.ask(PID, seconds=20)


@pytest.mark.anyio
async def test_the_jobs_of_the_service_tell_facts(tmp_path: Path) -> None:
    from PIL import Image

    picture, clip = tmp_path / "picture", tmp_path / "clip"
    Image.new("RGB", (400, 300)).save(picture, "PNG")
    write_clip(clip.with_suffix(".mp4"), size=(640, 360), frames=16, fps=5).rename(clip)
    head = tmp_path / "head"
    head.write_bytes(picture.read_bytes()[:64])
    check = PictureCheck(path=picture, field="file", max_bytes=10**8)
    beginning = PictureCheck(path=head, field="file", max_bytes=10**8, total_bytes=9999)
    longest = ClipCheck(path=clip, field="file", max_bytes=10**8, max_seconds=30)
    async with probing(tmp_path, "understudy.tasks.workers.jobs") as prober:
        facts = await prober.ask(whole_picture(check), seconds=60)
        assert facts == PictureFacts(400, 300, "png")
        assert await prober.ask(picture_head(beginning), seconds=60) == HeadFacts(facts)
        head.write_bytes(picture.read_bytes()[:12])
        assert await prober.ask(picture_head(beginning), seconds=60) == HeadFacts(None)
        told = await prober.ask(whole_clip(longest), seconds=60)
        assert (told.width, told.height, told.sound) == (640, 360, False)
        assert told.seconds == pytest.approx(3.2)
