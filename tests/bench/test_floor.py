"""A take's parts, each alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.floor import Floor, cpu_seconds
from bench.processes import Usage
from bench.takes import MeasuredTake, Pair


def test_the_floor_counts_decoding_once_and_what_it_is_compared_with() -> None:
    usage = Usage(seconds=9.0, cpu_seconds=18.0, peak_memory=0, processes=1)
    take = MeasuredTake(Pair(Path("a.png"), Path("b.mp4")), Path("c.mp4"), usage, {})
    row = Floor(decode=1.0, track=8.0, encode=4.0).row(take)
    assert row["take / floor"] == pytest.approx(1.5)


def test_the_work_of_children_is_counted() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    spent = cpu_seconds(lambda: subprocess.run([sys.executable, "-c", busy], check=True))
    assert spent >= 0.3
