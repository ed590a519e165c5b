"""Memory that a process has freed."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")


def trim_memory() -> None:
    """Hand freed memory back to the system, which glibc's allocator would keep."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


class GrowthTrimmer:
    """Hands freed memory back once the process has grown: to get it page by page from the system
    again costs more than a small run itself."""

    def __init__(self, least: int) -> None:
        """least: bytes by which the process has grown since it was last trimmed, or made this."""
        self._least = least
        self._before = _resident()

    def trim_if_grown(self) -> None:
        """Hand freed memory back where that is worth it."""
        if _resident() - self._before >= self._least:
            self.trim()

    def trim(self) -> None:
        """Hand freed memory back."""
        trim_memory()
        self._before = _resident()


def _resident() -> int:
    """Bytes of this process in memory; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
