"""Memory that a process has freed."""

from __future__ import annotations

import ctypes
import sys


def trim_memory() -> None:
    """Hand freed memory back to the system, which glibc's allocator would keep."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
