"""The first signal asks, the second insists."""

from __future__ import annotations

import os
import signal

import pytest

from understudy.cli.interruption import watching_for_interruption


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_sets_the_flag_and_tells_the_user(number: signal.Signals) -> None:
    told: list[str] = []
    with watching_for_interruption(lambda: told.append("stopping")) as interrupted:
        assert not interrupted()
        os.kill(os.getpid(), number)
        assert interrupted()
    assert told == ["stopping"]


def test_the_second_signal_interrupts_at_once() -> None:
    with watching_for_interruption(lambda: None) as interrupted:
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_handlers_of_before_come_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with watching_for_interruption(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
