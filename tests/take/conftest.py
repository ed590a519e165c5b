"""A short clip and a drawn picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.short_clip import short_clip

EXAMPLES = Path(__file__).parents[2] / "examples"
PICTURE = EXAMPLES / "photo.jpg"


@pytest.fixture(scope="session")
def clip() -> Path:
    """Three seconds of the sample dance, with its sound."""
    return short_clip()
