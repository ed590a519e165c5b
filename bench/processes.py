"""Running a command while watching what it and all its children take of the machine."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
INTERVAL = 0.05


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took.

    seconds: from start to end, as a person waits. cpu_seconds: of all its processes together.
    peak_memory: bytes, the largest sum over its processes of the proportional set size (memory
    that processes share is counted once), sampled every 50 ms; 0 where /proc does not tell.
    processes: the largest number of them at once.
    """

    seconds: float
    cpu_seconds: float
    peak_memory: int
    processes: int


class CommandFailed(Exception):  # noqa: N818 - as in the errors of the project
    """A command of a measurement ended with an error."""


def measure(command: Sequence[str | Path], **environment: str) -> Usage:
    """Run `command` to its end and return what it took. Raises CommandFailed with its stderr.

    environment: variables for it, beside those of this process.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
        text=True,
    ) as process:
        watch = MemoryWatch(process.pid)
        watch.start()
        _, complaint = process.communicate()
        seconds = time.perf_counter() - begun
        watch.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise CommandFailed(complaint.strip())
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Usage(seconds, cpu, watch.peak, watch.processes)


class MemoryWatch:
    """Samples the memory of a process and its descendants in a thread."""

    def __init__(self, root: int) -> None:
        self.peak = 0
        self.processes = 0
        self._root = root
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(INTERVAL):
            family = descendants(self._root)
            self.processes = max(self.processes, len(family))
            self.peak = max(self.peak, sum(proportional_set_size(pid) for pid in family))


def descendants(root: int) -> list[int]:
    """`root` and all processes below it that are alive."""
    found = [root]
    for parent in found:
        try:
            for task in (PROC / str(parent) / "task").iterdir():
                found.extend(int(child) for child in (task / "children").read_text().split())
        except OSError:
            continue
    return found


def proportional_set_size(pid: int) -> int:
    """Memory of a process in bytes, each shared page divided by its users; 0 when it has gone."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
