"""Watching a command: its time, its memory, its children, its failure."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bench.processes import CommandFailed, descendants, measure, proportional_set_size

needs_proc = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")

# Holds 80 MB for half a second, in a child of its own.
HOLD = "import time; held = bytearray(b'x') * 80_000_000; time.sleep(0.5)"


@needs_proc
def test_the_memory_of_children_counts() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}])"
    usage = measure([sys.executable, "-c", parent])
    assert usage.peak_memory > 80_000_000
    assert usage.processes == 2
    assert usage.seconds > 0.5


def test_processor_time_is_that_of_the_command_alone() -> None:
    busy = measure([sys.executable, "-c", "sum(range(20_000_000))"])
    idle = measure([sys.executable, "-c", "pass"])
    assert busy.cpu_seconds > idle.cpu_seconds


def test_a_command_that_fails_raises_its_complaint() -> None:
    with pytest.raises(CommandFailed, match="no such luck"):
        measure([sys.executable, "-c", "raise SystemExit('no such luck')"])


@needs_proc
def test_a_process_that_has_gone_holds_nothing() -> None:
    assert proportional_set_size(2**22 + 1) == 0
    assert descendants(os.getpid())[0] == os.getpid()
