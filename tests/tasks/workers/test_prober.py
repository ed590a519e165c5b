"""Files are looked at in a child that may die of them."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.media.media_maker import write_clip
from understudy.errors import InputRefused
from understudy.tasks.workers.prober import ProbeFailed, Prober, ProbeTimedOut

JOBS = """
    import os, signal, time
    from understudy.errors import InputRefused

    def pid(arguments, report):
        return {"pid": os.getpid()}

    def die(arguments, report):
        os.kill(os.getpid(), signal.SIGKILL)

    def hang(arguments, report):
        time.sleep(600)

    def refuse(arguments, report):
        raise InputRefused("file", found="a", allowed="b")
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of jobs that misbehave."""
    (tmp_path / "misbehaving.py").write_text(textwrap.dedent(JOBS))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "misbehaving"


@asynccontextmanager
async def probing(tmp_path: Path, jobs: str) -> AsyncIterator[Prober]:
    prober = Prober(tmp_path, memory_mb=1024, jobs=jobs)
    try:
        yield prober
    finally:
        await prober.close()


@pytest.mark.anyio
async def test_one_child_answers_until_it_dies(tmp_path: Path, jobs: str) -> None:
    async with probing(tmp_path, jobs) as prober:
        first = await prober.ask("pid", {}, seconds=20)
        assert await prober.ask("pid", {}, seconds=20) == first
        with pytest.raises(InputRefused, match="a; b"):
            await prober.ask("refuse", {}, seconds=20)
        assert await prober.ask("pid", {}, seconds=20) == first
        with pytest.raises(ProbeFailed) as died:
            await prober.ask("die", {}, seconds=20)
        assert not isinstance(died.value, ProbeTimedOut)
        second = await prober.ask("pid", {}, seconds=20)
        assert second != first
        with pytest.raises(ProbeTimedOut, match=r"longer than 0\.2 s"):
            await prober.ask("hang", {}, seconds=0.2)
        assert await prober.ask("pid", {}, seconds=20) not in (first, second)


@pytest.mark.anyio
async def test_those_who_ask_at_once_take_turns(tmp_path: Path, jobs: str) -> None:
    async with probing(tmp_path, jobs) as prober:
        answers = await asyncio.gather(*(prober.ask("pid", {}, seconds=20) for _ in range(5)))
    assert len({answer["pid"] for answer in answers}) == 1


@pytest.mark.anyio
async def test_the_jobs_of_the_service_tell_facts(tmp_path: Path) -> None:
    from PIL import Image

    picture, clip = tmp_path / "picture", tmp_path / "clip"
    Image.new("RGB", (400, 300)).save(picture, "PNG")
    write_clip(clip.with_suffix(".mp4"), size=(640, 360), frames=16, fps=5).rename(clip)
    head = tmp_path / "head"
    head.write_bytes(picture.read_bytes()[:64])
    common = {"field": "file", "max_bytes": 10**8}
    async with probing(tmp_path, "understudy.tasks.workers.jobs") as prober:
        facts = await prober.ask("check_picture", {"path": str(picture), **common}, seconds=60)
        assert facts == {"width": 400, "height": 300, "format": "png"}
        arguments = {"path": str(head), "total_bytes": 9999, **common}
        assert await prober.ask("check_picture_head", arguments, seconds=60) == facts
        head.write_bytes(picture.read_bytes()[:12])
        assert await prober.ask("check_picture_head", arguments, seconds=60) == {}
        arguments = {"path": str(clip), "max_seconds": 30, **common}
        facts = await prober.ask("check_clip", arguments, seconds=60)
        assert (facts["width"], facts["height"], facts["sound"]) == (640, 360, False)
        assert facts["seconds"] == pytest.approx(3.2)
