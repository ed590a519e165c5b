"""A module of jobs of an engine that keeps models: its progress names the process it runs in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from understudy.errors import TakeCancelled
from understudy.tasks.workers import cancellation


def take(
    arguments: dict[str, Any], report: Callable[[str, float, bytes | None], None]
) -> dict[str, Any]:
    """Name the process and its cores; then wait for a file, or until cancelled, where asked to."""
    report(str(os.getpid()), 0.5, None)
    wait_for = arguments.get("wait_for")
    while wait_for is not None and not Path(wait_for).exists():
        if cancellation.requested():
            raise TakeCancelled
        time.sleep(0.01)
    (Path(arguments["workspace"]) / "made").write_text(os.environ.get("UNDERSTUDY_CORES", ""))
    return {"node": os.environ.get("CUDA_VISIBLE_DEVICES", "")}
