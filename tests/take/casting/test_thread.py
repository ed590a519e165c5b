"""The thread that casts: what stays with it, and what was cast for a later take."""

from __future__ import annotations

import threading

import pytest

from tests.engines.paper_doll import paper_doll
from understudy.character.character import Character
from understudy.errors import InputRefused
from understudy.take.casting.thread import CastFor, CastingThread

WANTED = CastFor("puppet", "std", "a picture")


def test_a_take_ends_when_its_work_is_done() -> None:
    with CastingThread() as casting:
        released = threading.Event()
        with casting.lent() as lent:
            first = lent.begin(released.wait)
            second = lent.begin(threading.get_ident)
            released.set()
        assert first.done()
        assert second.done()
        with casting.lent() as lent:
            assert lent.begin(threading.get_ident).result() == second.result()


def test_what_was_cast_ahead_is_handed_over_once() -> None:
    doll = paper_doll()
    with CastingThread() as casting:
        casting.begin_ahead(lambda: (WANTED, lambda: doll))
        assert casting.begin(lambda: casting.cast_ahead(WANTED)).result() is doll
        assert casting.begin(lambda: casting.cast_ahead(WANTED)).result() is None


def test_what_was_cast_for_something_else_is_dropped() -> None:
    with CastingThread() as casting:
        casting.begin_ahead(lambda: (WANTED, paper_doll))
        other = CastFor("puppet", "pro", "a picture")
        assert casting.begin(lambda: casting.cast_ahead(other)).result() is None
        assert casting.begin(lambda: casting.cast_ahead(WANTED)).result() is None


def test_a_refusal_ahead_is_raised_to_the_take_that_it_concerns() -> None:
    def refuse() -> Character:
        raise InputRefused("image_url", found="nobody", allowed="use a picture of somebody")

    with CastingThread() as casting:
        casting.begin_ahead(lambda: (WANTED, refuse))
        asked = casting.begin(lambda: casting.cast_ahead(WANTED))
        with pytest.raises(InputRefused, match="nobody"):
            asked.result()


def test_a_picture_that_cannot_be_opened_ahead_is_left_to_its_take() -> None:
    def fail() -> tuple[CastFor, object]:
        raise InputRefused("image_url", found="no picture", allowed="use a picture")

    with CastingThread() as casting:
        casting.begin_ahead(fail)  # type: ignore[arg-type]
        assert casting.begin(lambda: casting.cast_ahead(WANTED)).result() is None


@pytest.mark.parametrize(
    ("fault", "stays"), [(InputRefused("a", found="b", allowed="c"), True), (OSError(), False)]
)
def test_after_a_fault_the_processes_are_others(fault: Exception, stays: bool) -> None:
    ended: list[bool] = []

    def fail() -> None:
        raise fault

    with CastingThread(stay=True) as casting:
        processes = casting.begin(casting.processes).result()
        processes.close = lambda: ended.append(True)  # type: ignore[method-assign]
        with pytest.raises(type(fault)):
            casting.begin(fail).result()
        assert bool(ended) != stays
