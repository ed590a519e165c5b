"""A job can be asked to stop, and its process then runs the next one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from understudy.tasks.workers.cancellation import CANCELLED
from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.messages import Crashed, Done, Progressed


@pytest.mark.anyio
async def test_a_job_that_stops_when_asked_leaves_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()), prepend=os.pathsep)
    child = await WorkerProcess.start(
        "tests.tasks.workers.ray.loading", memory_mb=0, temporary=tmp_path, cores=1
    )
    try:
        waits = {"workspace": str(tmp_path), "wait_for": str(tmp_path / "never")}
        job = child.run("take", waits)
        first = await anext(job)
        child.ask_to_stop()
        assert await anext(job) == Crashed(reason=CANCELLED)
        again, last = [each async for each in child.run("take", {"workspace": str(tmp_path)})]
        assert isinstance(again, Progressed)
        assert again == first
        assert isinstance(last, Done)
    finally:
        await child.kill()
