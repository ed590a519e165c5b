"""What may succeed later is tried again, with growing pauses."""

from __future__ import annotations

import random

import pytest

from understudy_client import ClientError, ConnectionFailedError, Retries
from understudy_client.errors import refusal
from understudy_client.retries import may_have_acted

LOST = ConnectionFailedError("lost", sent=True)


def test_pauses_double_with_jitter_up_to_the_longest() -> None:
    retries = Retries(attempts=10, first=1.0, longest=6.0, chance=random.Random(1))
    pauses = [retries.pause(attempt, LOST) for attempt in range(1, 6)]
    for pause, most in zip(pauses, [1, 2, 4, 6, 6], strict=True):
        assert pause is not None
        assert most / 2 <= pause <= most
    assert len(set(pauses)) == 5


def test_the_last_attempt_is_the_last() -> None:
    retries = Retries(attempts=2)
    assert retries.pause(1, LOST) is not None
    assert retries.pause(2, LOST) is None


def test_the_servers_own_pause_is_kept_and_one_that_is_too_long_is_not_waited_for() -> None:
    retries = Retries(longest=30)
    assert retries.pause(1, refusal("no", status=429, code=1303, retry_after=7)) == 7
    assert retries.pause(1, refusal("no", status=503, code=5001, retry_after=31)) is None


@pytest.mark.parametrize(
    ("error", "retried", "acted"),
    [
        (ConnectionFailedError("lost", sent=True), True, True),
        (ConnectionFailedError("refused", sent=False), True, False),
        (refusal("no", status=500, code=5000), True, True),
        (refusal("no", status=502), True, True),
        (refusal("no", status=429, code=1302), True, False),
        (refusal("no", status=429, code=1303), True, False),
        (refusal("no", status=429, code=1304), False, False),
        (refusal("no", status=429, code=1102), False, False),
        (refusal("no", status=400, code=1201), False, False),
        (refusal("no", status=401, code=1002), False, False),
    ],
)
def test_each_failure_is_judged(error: ClientError, retried: bool, acted: bool) -> None:
    assert (Retries().pause(1, error) is not None) is retried
    assert may_have_acted(error) is acted
