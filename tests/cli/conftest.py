"""The command as a user runs it, and a pair small enough for tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import run_command
from tests.media.media_maker import write_clip
from tests.short_clip import short_clip

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def picture() -> Path:
    return ROOT / "examples" / "photo.jpg"


@pytest.fixture(scope="session")
def clip() -> Path:
    """Three seconds of a sample clip."""
    return short_clip()


@pytest.fixture(scope="session")
def too_short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 2 s, which is too short for a take."""
    return write_clip(tmp_path_factory.mktemp("short") / "short.mp4", frames=12, fps=6)


@pytest.fixture(scope="session")
def understudy() -> Run:
    """Runs the command to its end: `understudy("animate", ...)`."""
    return run_command
