"""Processes of casting that stay for the next picture, or end with this one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.weights.onnx_bytes import half_and_relu
from understudy.cache import Cache
from understudy.character import casting_processes
from understudy.character.casting_processes import CastingProcesses
from understudy.character.learned import LearnedModels
from understudy.tracking import cached
from understudy.tracking.trackers import start_tracker
from understudy.weights.inference import InferenceProcess

NOBODY = np.full((64, 64, 3), 128, np.uint8)


@pytest.fixture
def staying() -> Iterator[CastingProcesses]:
    processes = CastingProcesses(stay=True)
    yield processes
    processes.close()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(half_and_relu())
    return path


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> list[InferenceProcess | None]:
    """The processes that the learned models of each picture are given, in order."""
    given: list[InferenceProcess | None] = []

    def models(cache: Cache | None, process: InferenceProcess | None) -> LearnedModels:
        given.append(process)
        return LearnedModels(cache, process)

    monkeypatch.setattr(casting_processes, "LearnedModels", models)
    return given


def run(processes: CastingProcesses, lent: list[InferenceProcess | None], model: Path) -> int:
    """Open a model as casting does; the number of the process that it is in."""
    with processes.models(None):
        process = lent[-1]
        assert process is not None
        process.open(model).close()
        assert process.pid is not None
        return process.pid


def test_models_stay_for_the_next_picture(
    staying: CastingProcesses, lent: list[InferenceProcess | None], model: Path
) -> None:
    first = run(staying, lent, model)
    # The file is gone: the model could not be opened again.
    model.unlink()
    assert run(staying, lent, model) == first


def test_a_process_that_died_meanwhile_is_replaced(
    staying: CastingProcesses, lent: list[InferenceProcess | None], model: Path
) -> None:
    first = run(staying, lent, model)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert run(staying, lent, model) != first


def test_after_the_end_another_is_started(
    staying: CastingProcesses, lent: list[InferenceProcess | None], model: Path
) -> None:
    first = run(staying, lent, model)
    staying.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert run(staying, lent, model) != first


def test_those_that_do_not_stay_are_each_picture_s_own(
    lent: list[InferenceProcess | None],
) -> None:
    with CastingProcesses().models(None):
        assert lent == [None]


@pytest.mark.parametrize("stay", [True, False])
def test_the_tracker_ends_before_the_models_need_memory(
    stay: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    def start() -> object:
        process = start_tracker()
        started.append(process.pid)
        return process

    monkeypatch.setattr(cached, "start_tracker", start)
    with CastingProcesses(stay=stay).tracker(None) as tracker:
        assert tracker(NOBODY).landmarks is None
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
