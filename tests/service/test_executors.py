"""The settings reach the executor."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.tasks.workers.test_kept import LOADING, job, process_of
from understudy.engines import DEFAULT_ENGINE
from understudy.service.executors import open_executor
from understudy.settings import Settings
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.prober import Prober

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")


@pytest.mark.anyio
@pytest.mark.parametrize("kept", [0, 1])
async def test_workers_stay_where_the_operator_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()), prepend=os.pathsep)
    settings = Settings(kept_workers=kept, slots=1, take_memory_mb=0)
    async with AsyncExitStack() as ends:
        executor = open_executor(settings, LOADING, Prober(tmp_path, memory_mb=0), ends)
        assert isinstance(executor, LocalExecutor)
        first = await process_of(executor, job(tmp_path, DEFAULT_ENGINE))
        second = await process_of(executor, job(tmp_path, DEFAULT_ENGINE))
    assert (first == second) == bool(kept)
