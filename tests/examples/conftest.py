"""Puts the samples' own package on the path, as running `examples/draw.py` does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

sys.path.insert(0, str(EXAMPLES))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the committed pictures and clips."""
    return EXAMPLES
