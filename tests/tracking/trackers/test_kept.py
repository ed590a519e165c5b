"""Tracker processes that stay from one take to the next."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from understudy.processes.messages import Message
from understudy.tracking.trackers import KeptTrackers, TrackerPool


@pytest.fixture
def kept() -> Iterator[KeptTrackers]:
    trackers = KeptTrackers(lambda: TrackerPool(1))
    yield trackers
    trackers.close()


def use(pool: TrackerPool) -> int:
    """Have the process look at a picture of nobody; its number."""
    (answered,) = pool.processes
    answered.send(Message("picture", arrays={"rgb": np.zeros((64, 64, 3), np.uint8)}))
    assert answered.receive().kind
    return answered.pid


def test_the_next_take_gets_the_processes_of_the_one_before(kept: KeptTrackers) -> None:
    with kept.lent() as pool:
        first = use(pool)
    with kept.lent() as pool:
        assert use(pool) == first


def test_a_process_that_died_meanwhile_is_replaced(kept: KeptTrackers) -> None:
    with kept.lent() as pool:
        first = use(pool)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    with kept.lent() as pool:
        assert use(pool) != first


def test_those_of_a_take_that_failed_are_killed_and_replaced(kept: KeptTrackers) -> None:
    used: list[tuple[TrackerPool, int]] = []

    def fail() -> None:
        with kept.lent() as pool:
            used.append((pool, use(pool)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    ((broken, first),) = used
    assert not broken.is_whole
    with kept.lent() as pool:
        assert use(pool) != first


def test_those_that_stopped_in_the_middle_of_a_job_are_replaced(kept: KeptTrackers) -> None:
    with kept.lent() as pool:
        first = use(pool)
        pool.close()
    with kept.lent() as pool:
        assert use(pool) != first
