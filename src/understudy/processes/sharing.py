"""Work that several processes share: pieces by name, each done by whoever claims it first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from understudy.processes.messages import Message


class Board(Protocol):
    """Where the workers of one take find which pieces are left, and leave what they made.

    Every worker runs the same take and meets the same pieces. What a piece comes to depends on
    nothing but the take, so that a worker may do one again whose worker is gone.
    """

    @property
    def leads(self) -> bool:
        """Whether this worker finishes the take. The others begin with the last pieces."""
        ...

    def claim(self, name: str) -> bool:
        """Whether this worker is to do a piece; at most one worker is told so."""
        ...

    def put(self, name: str, made: Message) -> None:
        """Leave what a piece came to."""
        ...

    def wait_for(self, name: str, cancelled: Callable[[], bool]) -> Message | None:
        """What a piece came to that another worker claimed; None where that worker is gone.

        Raises TakeCancelled.
        """
        ...


def never() -> bool:
    """For work that nobody cancels."""
    return False
