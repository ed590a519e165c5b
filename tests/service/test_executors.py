"""Whose models the server keeps loaded between takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.service.executors import NeedsByEngine
from understudy.settings import Settings
from understudy.tasks.workers.prober import Prober


@pytest.mark.anyio
async def test_models_are_kept_as_engines_and_the_operator_say(tmp_path: Path) -> None:
    needs = {"sglang": {"resident": True}}
    settings = Settings(data=tmp_path, engine_needs=needs)  # type: ignore[arg-type]
    prober = Prober(tmp_path, memory_mb=0)
    try:
        asked = NeedsByEngine(settings, prober)
        assert await asked.are_resident("wan-animate-2")
        assert await asked.are_resident("sglang")
        assert not await asked.are_resident("puppet")
    finally:
        await prober.close()
