"""Progress is written seldom enough that a fleet's does not keep the database busy."""

from __future__ import annotations

import pytest

from understudy.tasks.queue.progress_writer import pause_between_writes


@pytest.mark.parametrize(("slots", "seconds"), [(1, 1), (200, 1), (1000, 5), (10_000, 50)])
def test_the_pause_grows_with_the_fleet(slots: int, seconds: float) -> None:
    assert pause_between_writes(slots) == seconds
