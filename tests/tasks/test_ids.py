"""Ids sort by time and have the forms that the contract promises."""

from __future__ import annotations

from itertools import pairwise

from understudy.tasks.ids import ELEMENT_BITS, TASK_BITS, IdMaker, first_task_id, now_ms, task_time


def test_a_task_id_has_eighteen_digits_until_2090() -> None:
    for at in (now_ms(), 3_786_912_000_000):
        assert len(str(IdMaker(TASK_BITS, lambda at=at: at)())) == 18


def test_an_element_id_stays_exact_in_javascript_until_2090() -> None:
    assert IdMaker(ELEMENT_BITS, lambda: 3_786_912_000_000)() <= 2**53 - 1


def test_ids_grow_even_when_the_clock_stands_or_goes_back() -> None:
    times = iter([100, 100, 100, 50, 101, *([101] * 100)])
    make = IdMaker(TASK_BITS, lambda: next(times))
    ids = [make() for _ in range(105)]
    assert all(a < b for a, b in pairwise(ids))


def test_an_id_tells_when_it_was_made() -> None:
    made = IdMaker(TASK_BITS, lambda: 1_790_000_000_123)()
    assert task_time(made) == 1_790_000_000_123
    assert first_task_id(1_790_000_000_123) <= made < first_task_id(1_790_000_000_124)
