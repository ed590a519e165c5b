"""Counting a transformer's passes, so that a take can tell how far it is and be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Called before each pass of the transformer: passes done, passes of the segment.
OnPass = Callable[[int, int], None]


@contextmanager
def counting(transformer: Any, passes: int, on_pass: OnPass) -> Iterator[None]:
    """Call `on_pass` before each of a segment's passes; what it raises ends the segment."""
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        on_pass(done, passes)
        done += 1

    hook = transformer.register_forward_pre_hook(count)
    try:
        yield
    finally:
        hook.remove()
