"""Processes of casting that stay for the next picture, or end with this one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from understudy.cache import Cache
from understudy.character.casting_processes import CastingProcesses
from understudy.tracking import cached
from understudy.tracking.trackers import start_tracker

NOBODY = np.full((64, 64, 3), 128, np.uint8)


@pytest.fixture
def staying() -> Iterator[CastingProcesses]:
    processes = CastingProcesses(stay=True)
    yield processes
    processes.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the trackers' processes that are started, in order."""
    numbers: list[int] = []

    def start() -> object:
        process = start_tracker()
        numbers.append(process.pid)
        return process

    monkeypatch.setattr(cached, "start_tracker", start)
    return numbers


def look(processes: CastingProcesses, cache: Cache | None = None) -> None:
    with processes.tracker(cache) as tracker:
        assert tracker(NOBODY).landmarks is None


def test_one_tracker_looks_at_all_pictures(staying: CastingProcesses, started: list[int]) -> None:
    look(staying)
    look(staying)
    with staying.tracker(None, quick=True) as quick:
        assert quick(NOBODY).landmarks is None
    assert len(started) == 1


def test_a_tracker_that_died_meanwhile_is_replaced(
    staying: CastingProcesses, started: list[int]
) -> None:
    look(staying)
    os.kill(started[0], signal.SIGKILL)
    os.waitid(os.P_PID, started[0], os.WEXITED | os.WNOWAIT)
    look(staying)
    assert len(started) == 2


def test_after_the_end_others_are_started(staying: CastingProcesses, started: list[int]) -> None:
    look(staying)
    staying.close()
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
    look(staying)
    assert len(started) == 2


def test_what_is_remembered_starts_no_tracker(
    staying: CastingProcesses, started: list[int], tmp_path: Path
) -> None:
    look(CastingProcesses(), Cache(tmp_path))
    look(staying, Cache(tmp_path))
    assert len(started) == 1


def test_those_that_do_not_stay_end_when_they_are_not_needed(started: list[int]) -> None:
    processes = CastingProcesses()
    look(processes)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
    look(processes)
    assert len(started) == 2
