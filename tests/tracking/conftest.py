from __future__ import annotations

from collections.abc import Iterator

import pytest

from understudy.tracking.trackers import TrackerPool


@pytest.fixture(scope="module")
def pool() -> Iterator[TrackerPool]:
    """Two tracker processes for the tests of a module."""
    with TrackerPool(2) as processes:
        yield processes
