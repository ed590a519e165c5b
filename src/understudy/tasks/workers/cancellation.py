"""The flag by which a running job is asked to stop, so that what its process has loaded stays.

The flag is raised by a signal, which the guard passes on to the worker. A job that looks at it ends
by errors.TakeCancelled; one that does not is killed.
"""

from __future__ import annotations

import signal
from types import FrameType

SIGNAL = signal.SIGUSR1
CANCELLED = "the job was cancelled"
"""The reason that a worker gives for a job that stopped because of it."""

_asked = False


def requested() -> bool:
    """Whether the job that runs in this process shall stop."""
    return _asked


def begin() -> None:
    """Lower the flag: another job begins."""
    global _asked  # noqa: PLW0603 - one job to a process at a time
    _asked = False


def listen() -> None:
    """Raise the flag whenever the signal comes."""
    signal.signal(SIGNAL, _raise_flag)


def _raise_flag(number: int, frame: FrameType | None) -> None:
    global _asked  # noqa: PLW0603
    _asked = True
