"""The processor cores that may be used."""

from __future__ import annotations

import os

CORES_VARIABLE = "UNDERSTUDY_CORES"
"""Set for the processes of a take that shares its machine with others."""


def usable_cores() -> int:
    """How many cores this process may use: fewer than the machine has in a container or under
    `taskset`, where the system tells, and where the variable says so."""
    if hasattr(os, "sched_getaffinity"):
        usable = len(os.sched_getaffinity(0))
    else:
        usable = os.cpu_count() or 1
    said = os.environ.get(CORES_VARIABLE, "")
    return min(usable, max(1, int(said))) if said.isdecimal() else usable
