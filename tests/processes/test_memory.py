"""Memory is handed back only where a process has grown."""

from __future__ import annotations

import sys

import pytest

from understudy.processes import memory

MIB = 1 << 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is handed back on Linux")


def test_little_growth_is_not_worth_trimming(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed: list[int] = []
    monkeypatch.setattr(memory, "trim_memory", lambda: trimmed.append(1))
    trimmer = memory.GrowthTrimmer(64 * MIB)
    little = bytearray(b"x") * (4 * MIB)
    trimmer.trim_if_grown()
    assert not trimmed
    much = bytearray(b"x") * (96 * MIB)
    trimmer.trim_if_grown()
    assert len(trimmed) == 1
    # What is in use now is no growth any more.
    trimmer.trim_if_grown()
    assert len(trimmed) == 1
    del little, much
