"""Stand-ins for the tests of programs that use Understudy.

`rehearsing` starts a real server of which only the takes are stand-ins; `rehearsal` is the module
of jobs that it runs. `MemoryExecutor` runs functions of the test in place of takes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from understudy.testing.executor import MemoryExecutor, finished_take
    from understudy.testing.service import RehearsalServer, rehearsing

__all__ = ["MemoryExecutor", "RehearsalServer", "finished_take", "rehearsing"]

# Loaded when they are asked for: every rehearsed take is a process that needs none of them, and
# the database alone takes it longer to load than all that it does need.
_HOMES = {
    "MemoryExecutor": "executor",
    "finished_take": "executor",
    "RehearsalServer": "service",
    "rehearsing": "service",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
