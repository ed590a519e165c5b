"""What a client is told when a child could not look at a file for us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from understudy.service.http.contract_errors import InternalFault, InternalTimeout
from understudy.tasks.workers.prober import ProbeFailed, ProbeTimedOut


@contextmanager
def looking(too_long: str) -> Iterator[None]:
    """Tell a look that takes too long as InternalTimeout, in these words, and a crash as
    InternalFault; why the child crashed, the prober has logged."""
    try:
        yield
    except (TimeoutError, ProbeTimedOut) as error:
        raise InternalTimeout(too_long) from error
    except ProbeFailed as error:
        raise InternalFault from error
