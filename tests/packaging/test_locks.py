"""The lock files are complete, fit what pyproject.toml asks for, and name no address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*==[0-9][0-9a-z.+!]*")

# What MediaPipe lists and its holistic solution does not import.
UNWANTED = {
    "jax",
    "jaxlib",
    "matplotlib",
    "opencv-contrib-python",
    "opencv-python",
    "sentencepiece",
    "sounddevice",
    "torch",
}


def pins(lock: str) -> dict[str, Version]:
    entries = (ROOT / lock).read_text().split()
    return {canonicalize_name(n): Version(v) for n, v in (e.split("==") for e in entries)}


def wanted(lock: str) -> list[Requirement]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = pyproject["project"]["dependencies"] + pyproject["dependency-groups"]["lean"]
    if "dev" in lock:
        client = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text())
        lines += pyproject["project"]["optional-dependencies"]["dev"]
        lines += client["project"]["dependencies"]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_and_versions_and_nothing_else(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert lines
    assert [line for line in lines if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_fits_what_the_project_asks_for(lock: str) -> None:
    locked = pins(lock)
    for requirement in wanted(lock):
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{name} is not in {lock}: run scripts/lock --keep"
        assert locked[name] in requirement.specifier, f"{requirement} against {locked[name]}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_leaves_out_what_mediapipe_lists_without_need(lock: str) -> None:
    assert not UNWANTED & pins(lock).keys()


def test_both_locks_agree() -> None:
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev[name] for name in run} == run
