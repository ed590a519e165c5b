from __future__ import annotations

import pytest

from tests.tracking.formats.walker import walker
from understudy.tracking.performance import Performance


@pytest.fixture(scope="session")
def walk() -> Performance:
    """Two seconds of somebody who steps on the spot."""
    return walker()
