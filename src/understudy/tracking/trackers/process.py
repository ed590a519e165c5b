"""Starting a process with a tracker in it."""

from __future__ import annotations

from understudy.processes.child import Child

# Several trackers share the cores, so each numeric library gets one thread.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def start_tracker() -> Child:
    """Start a tracker's process, which answers the requests that `worker` describes."""
    return Child(f"{__package__}.worker", name="tracker", environment=_ENVIRONMENT)
