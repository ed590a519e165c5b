"""Stand-ins for tests of what is built on Understudy.

`rehearsing` starts a real server of which only the takes are stand-ins; `rehearsal` is the module
of jobs that it runs. `MemoryExecutor` runs functions of the test in place of takes.
"""

from understudy.testing.executor import MemoryExecutor, finished_take
from understudy.testing.service import RehearsalServer, rehearsing

__all__ = ["MemoryExecutor", "RehearsalServer", "finished_take", "rehearsing"]
