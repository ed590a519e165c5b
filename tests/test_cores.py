"""The cores that may be used are counted, not those of the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from understudy.cores import CORES_VARIABLE, usable_cores


def test_there_is_at_least_one_and_no_more_than_the_machine_has() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux")
def test_a_process_that_is_kept_to_one_core_counts_one() -> None:
    program = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]);"
        "from understudy.cores import usable_cores; print(usable_cores())"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.split() == [b"1"]


def test_a_process_may_be_told_to_keep_to_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES_VARIABLE, "1")
    assert usable_cores() == 1
    monkeypatch.setenv(CORES_VARIABLE, "many")
    assert usable_cores() >= 1
