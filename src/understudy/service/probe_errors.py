"""The errors that clients get when a child process could not check a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from understudy.service.http.contract_errors import InternalFault, InternalTimeout
from understudy.tasks.workers.prober import ProbeFailed, ProbeTimedOut


@contextmanager
def probing(too_long: str) -> Iterator[None]:
    """Raise InternalTimeout with the message `too_long` for a probe that takes too long, and
    InternalFault for one that fails; the prober has logged why."""
    try:
        yield
    except (TimeoutError, ProbeTimedOut) as error:
        raise InternalTimeout(too_long) from error
    except ProbeFailed as error:
        raise InternalFault from error
