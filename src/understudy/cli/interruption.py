"""Ctrl-C and the terminate signal as a flag that a long run checks now and then."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import typer

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def say_stopping() -> None:
    """Tell the user that the signal was received."""
    typer.echo("understudy: stopping (press Ctrl-C again to stop at once)", err=True)


@contextmanager
def watching_for_interruption(
    on_first: Callable[[], None] = say_stopping,
) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether the user asked to stop.

    The first signal only sets the flag, so that a run ends at a place of its own choosing and
    clears up; `on_first` is called then. The second raises KeyboardInterrupt where the program is.
    Must be entered in the main thread.
    """
    asked = Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        on_first()

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
