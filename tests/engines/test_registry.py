"""Engines are found by entry point."""

from __future__ import annotations

import subprocess
import sys

import pytest

from understudy.engines import Engine, engine_names, load_engine
from understudy.errors import EngineUnavailable


def test_the_puppet_is_installed_and_ready() -> None:
    assert "puppet" in engine_names()
    engine = load_engine("puppet")
    assert isinstance(engine, Engine)
    assert engine.info.name == "puppet"
    assert engine.info.inputs == {"performance", "character"}


def test_an_engine_that_is_not_installed_is_said_to_be_so() -> None:
    with pytest.raises(EngineUnavailable, match=r"'nothing'.*installed: .*puppet"):
        load_engine("nothing")


def test_an_engine_for_another_machine_need_not_run_here() -> None:
    with pytest.raises(EngineUnavailable):
        load_engine("wan-animate-2")
    assert load_engine("wan-animate-2", elsewhere=True).info.needs.gpus == 1


def test_looking_at_the_engines_loads_no_compiler_and_no_codec() -> None:
    look = (
        "import sys, understudy.engines as e; e.load_engine('puppet').read_prompt('zoom in');"
        "print(sorted({'numba', 'av', 'mediapipe', 'cv2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
