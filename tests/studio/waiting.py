"""Waiting for what no locator can be asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.waiting import PATIENCE_SECONDS


def wait_until(page: Any, holds: Callable[[], bool]) -> None:
    """Give a page time until a condition holds; fails when it never does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "what was waited for did not come"
        page.wait_for_timeout(50)


def stands_at(video: Any, seconds: float) -> bool:
    """Whether a video shows the moment that is so many seconds from its start.

    While it seeks it tells the time already that it does not show yet.
    """
    time_shown = video.evaluate("video => video.seeking ? -1 : video.currentTime")
    return bool(abs(time_shown - seconds) < 0.02)
