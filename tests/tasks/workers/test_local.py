"""Jobs run in children that end with their server, within limits, and say nothing but data."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused, parse

REHEARSAL = "understudy.testing.rehearsal"


def job(path: Path, prompt: str = "", **changes: Any) -> Job:
    clip = path / "clip"
    clip.write_bytes(b"a clip")
    arguments = {
        "prompt": prompt,
        "clip": str(clip),
        "workspace": str(path),
        "watermark": False,
        "orientation": "video",
        "mode": "std",
        "sound": True,
        **changes,
    }
    return Job(task_id=1, attempt=1, function="take", arguments=arguments, workspace=path)


def executor(**changes: Any) -> LocalExecutor:
    return LocalExecutor(2, **{"seconds": 60, "memory_mb": 1024, "jobs": REHEARSAL, **changes})


async def everything(made: LocalExecutor, of: Job) -> list[Any]:
    return [message async for message in made.run(of)]


def test_a_job_tells_its_progress_and_what_it_made(tmp_path: Path) -> None:
    *progress, last = asyncio.run(everything(executor(), job(tmp_path, watermark=True)))
    assert [message.stage for message in progress] == [
        "open", "open", "inspect", "track", "cast", "retarget", "render", "finish",
    ]  # fmt: skip
    assert [message.preview is not None for message in progress].count(True) == 1
    assert last == Done(value={"seconds": 3.066})
    assert (tmp_path / "video.mp4").read_bytes() == b"a clip"
    assert (tmp_path / "video.watermarked.mp4").exists()


def test_a_refused_input_is_told_as_such(tmp_path: Path) -> None:
    last = asyncio.run(everything(executor(), job(tmp_path, "refuse")))[-1]
    assert isinstance(last, Refused)
    assert (last.field, last.code) == ("image_url", 1201)


@pytest.mark.parametrize(
    ("prompt", "changes", "reason"),
    [
        ("fail", {}, "a fault that was asked for"),
        ("die", {}, "killed, as it is when memory runs out"),
        ("grow", {"memory_mb": 512}, "memory did not suffice"),
        ("hang", {"seconds": 0.5}, "longer than 0.5 s"),
    ],
)
def test_whatever_a_job_dies_of_is_told_as_a_crash(
    tmp_path: Path, prompt: str, changes: dict[str, Any], reason: str
) -> None:
    last = asyncio.run(everything(executor(**changes), job(tmp_path, prompt)))[-1]
    assert isinstance(last, Crashed)
    assert reason in last.reason


def test_a_cancelled_job_is_gone_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        made = executor()
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

    asyncio.run(run())


def test_closing_ends_every_job(tmp_path: Path) -> None:
    async def run() -> None:
        made = executor()
        running = made.run(job(tmp_path, "hang"))
        assert isinstance(await anext(running), Progressed)
        await made.close()
        assert isinstance([message async for message in running][-1], Crashed)

    asyncio.run(run())


def test_the_job_sees_no_secret_of_the_server(tmp_path: Path) -> None:
    """The child's environment is read while it runs."""

    async def run() -> bytes:
        made = executor()
        running = made.run(job(tmp_path, "hang"))
        await anext(running)
        (child,) = made._children.values()
        environment = Path(f"/proc/{child.process.pid}/environ").read_bytes()
        await made.close()
        async for _ in running:
            pass
        return environment

    os.environ["UNDERSTUDY_SECRET_KEY"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "hush"
    try:
        environment = asyncio.run(run())
    finally:
        del os.environ["UNDERSTUDY_SECRET_KEY"], os.environ["AWS_SECRET_ACCESS_KEY"]
    assert b"hush" not in environment
    assert f"TMPDIR={tmp_path}".encode() in environment


SERVER = """
    import asyncio, sys
    from pathlib import Path
    from understudy.tasks.workers.executor import Job
    from understudy.tasks.workers.local import LocalExecutor

    async def main():
        path = Path(sys.argv[1])
        arguments = {"prompt": "spawn", "clip": "", "workspace": "", "watermark": False}
        made = LocalExecutor(1, seconds=60, memory_mb=0, jobs="orphans")
        job = Job(task_id=1, attempt=1, function="take", arguments=arguments, workspace=path)
        async for message in made.run(job):
            print(message.stage, flush=True)

    asyncio.run(main())
"""
ORPHANS = """
    import os, subprocess, sys, time

    def take(arguments, report):
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        report(f"{os.getppid()}-{helper.pid}", 0.5, None)
        time.sleep(600)
"""


def test_nothing_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "orphans.py").write_text(textwrap.dedent(ORPHANS))
    server = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert server.stdout is not None
    guard, helper = map(int, server.stdout.readline().split(b"-"))
    watched = [os.pidfd_open(pid) for pid in (guard, helper)]
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    for descriptor in watched:
        _wait_for_the_end(descriptor)


def _wait_for_the_end(descriptor: int) -> None:
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    assert poll.poll(10_000), "a process outlived its server"
    os.close(descriptor)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"kind": "done"}',
        b'{"kind": "done", "value": 5}',
        b'{"kind": "progress", "stage": "x", "fraction": 2}',
        b'{"kind": "progress", "stage": "x", "fraction": "1"}',
        b'{"kind": "progress", "stage": "x", "fraction": NaN}',
        b'{"kind": "progress", "stage": "x", "fraction": 0, "preview": "!"}',
        b'{"kind": "progress", "stage": "x", "fraction": 0, "preview": 5}',
        b'{"kind": "refused", "field": "f", "found": "", "allowed": "", "code": 1, "message": ""}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_is_a_crash(line: bytes) -> None:
    assert isinstance(parse(line), Crashed)
