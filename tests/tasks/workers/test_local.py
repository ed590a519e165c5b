"""Jobs run in children that end with their server, within limits, and say nothing but data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until
from understudy.take.options import TakeMedia, TakeRequest
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.messages import (
    Crashed,
    Done,
    Message,
    Progressed,
    Refused,
    line_of,
    parse,
)
from understudy.tasks.workers.questions import TakeArguments

REHEARSAL = "understudy.testing.rehearsal"
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")


def job(path: Path, prompt: str = "", *, watermark: bool = False) -> Job:
    clip = path / "clip"
    clip.write_bytes(b"a clip")
    request = TakeRequest(prompt=prompt, watermark=watermark)
    given = TakeArguments(request=request, media=TakeMedia(clip=clip), workspace=path)
    return Job(task_id=1, attempt=1, function="take", arguments=given.to_json(), workspace=path)


def executor(**changes: Any) -> LocalExecutor:
    return LocalExecutor(2, **{"seconds": 60, "memory_mb": 1024, "jobs": REHEARSAL, **changes})


@pytest.mark.anyio
async def test_closing_ends_every_job(tmp_path: Path) -> None:
    made = executor()
    running = made.run(job(tmp_path, "hang"))
    assert isinstance(await anext(running), Progressed)
    await made.close()
    assert isinstance([message async for message in running][-1], Crashed)


@pytest.mark.anyio
@needs_proc
async def test_the_job_sees_no_secret_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child's environment is read while it runs."""
    monkeypatch.setenv("UNDERSTUDY_SECRET_KEY", "hush")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("UNDERSTUDY_WEIGHTS_MIRROR", "https://name:hush@example.com")
    monkeypatch.setenv("UNDERSTUDY_WEIGHTS_DIR", "/weights")
    made = executor()
    running = made.run(job(tmp_path, "hang"))
    await anext(running)
    (held,) = made._running.values()
    child = held.child
    assert child is not None
    environment = Path(f"/proc/{child.process.pid}/environ").read_bytes()
    await made.close()
    async for _ in running:
        pass
    assert b"hush" not in environment
    assert b"UNDERSTUDY_WEIGHTS_DIR=/weights" in environment
    assert f"TMPDIR={tmp_path}".encode() in environment


SERVER = """
    import asyncio, sys
    from pathlib import Path
    from understudy.tasks.workers.executor import Job
    from understudy.tasks.workers.local import LocalExecutor

    async def main():
        path = Path(sys.argv[1])
        made = LocalExecutor(1, seconds=60, memory_mb=0, jobs="orphans")
        job = Job(task_id=1, attempt=1, function="take", arguments={}, workspace=path)
        async for message in made.run(job):
            print(message.stage, flush=True)

    asyncio.run(main())
"""
ORPHANS = """
    import os, subprocess, sys, time

    def take(arguments, report):
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        for pid in (os.getppid(), os.getpid(), helper.pid):
            report(str(pid), 0.5, None)
        time.sleep(600)
"""


def test_nothing_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    with _orphans(tmp_path) as (server, _, processes):
        server.send_signal(signal.SIGKILL)
        _wait_for_the_end(processes)


def test_a_worker_does_not_outlive_its_guard(tmp_path: Path) -> None:
    with _orphans(tmp_path) as (_, guard, processes):
        os.kill(guard, signal.SIGKILL)
        _wait_for_the_end(processes[:1])
        os.kill(processes[1], signal.SIGKILL)


@contextmanager
def _orphans(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, list[int]]]:
    """A server, its guard's process id, and those of a worker and of what the worker started."""
    (tmp_path / "orphans.py").write_text(textwrap.dedent(ORPHANS))
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), *sys.path))},
    ) as server:
        assert server.stdout is not None
        guard, *processes = (int(server.stdout.readline()) for _ in range(3))
        yield server, guard, processes
        server.kill()


def _wait_for_the_end(processes: list[int]) -> None:
    """Wait until processes are gone, or are zombies that wait for who started them."""
    until(lambda: not any(map(_runs, processes)))


def _runs(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def test_a_system_without_these_limits_runs_jobs_all_the_same(tmp_path: Path) -> None:
    """As on macOS, which knows no score for memory and may refuse the limit on it."""
    program = """
        import resource
        from pathlib import Path
        from understudy.tasks.workers import worker

        def refuse(*_):
            raise ValueError("current limit exceeds maximum limit")

        resource.setrlimit = refuse
        worker.OOM_SCORE_FILE = "/nowhere/oom_score_adj"
        worker._limit(64)
        print("runs")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "runs\n"


@pytest.mark.parametrize(
    "message",
    [
        Progressed(stage="track", fraction=0.25, preview="/9g="),  # type: ignore[arg-type]
        Progressed(stage="track", fraction=0.25),
        Done(value={"seconds": 3.5}),
        Refused(field="f", found="a", allowed="b", code=1201, message="m"),
        Crashed(reason="r", machine="the disk is full"),
    ],
)
def test_a_line_is_read_as_the_message_that_it_was_made_of(message: Message) -> None:
    assert parse(line_of(message)) == message


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
