"""A job that a slot holds: running, or ended and not yet taken."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused, line_of
from understudy.tasks.workers.ray.boards import LeadingBoard, PeerBoard
from understudy.tasks.workers.ray.orders import Order

_KEPT_LINES = 256
"""Of a job's messages, for a controller that comes later: older progress is of no use."""

Message = Progressed | Done | Refused | Crashed


@dataclass(slots=True, eq=False)
class HeldJob:
    """What a slot knows of a job. dropped: how many of its first lines are no longer kept."""

    order: Order
    lines: deque[bytes] = field(default_factory=lambda: deque(maxlen=_KEPT_LINES))
    dropped: int = 0
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    running: asyncio.Task[None] | None = None
    child: WorkerProcess | None = None
    board: LeadingBoard | PeerBoard | None = None

    def tell(self, message: Message) -> None:
        """Keep a message, and wake who waits for it."""
        if self.ended:
            return
        self.dropped += len(self.lines) == _KEPT_LINES
        self.lines.append(line_of(message))
        self.ended = not isinstance(message, Progressed)
        self.changed.set()

    def after(self, seen: int) -> tuple[int, list[bytes]]:
        """The lines after the first `seen`, as far as they are kept, and how many there were."""
        lines = list(self.lines)[max(0, seen - self.dropped) :]
        return self.dropped + len(self.lines), lines
