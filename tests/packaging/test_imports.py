"""Imports go down only, and importing the project costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

HEAVY = {
    "alembic",
    "av",
    "cv2",
    "fastapi",
    "jax",
    "matplotlib",
    "mediapipe",
    "numba",
    "numpy",
    "PIL",
    "pydantic",
    "rich",
    "scipy",
    "sqlalchemy",
    "uvicorn",
}


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in memory after `statement` in a fresh interpreter."""
    listing = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run(
        [sys.executable, "-c", f"{statement}; {listing}"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("statement", ["import understudy", "import understudy.cli"])
def test_importing_loads_nothing_heavy(statement: str) -> None:
    assert not loaded_by(statement) & HEAVY


def test_a_rehearsed_take_loads_little() -> None:
    """Each is a process of its own, and tests make them by the hundred."""
    assert loaded_by("import understudy.testing.rehearsal") & HEAVY == {"numpy"}


def test_no_import_goes_up() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
