"""Making a child process end when its parent dies, however the parent dies.

On Linux the kernel does it, with the parent-death signal (prctl(2), PR_SET_PDEATHSIG). Elsewhere a
thread notices that the child has been handed to another parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.5


def die_with_parent(parent: int, *, signalled: bool = sys.platform == "linux") -> None:
    """End this process as soon as `parent`, the process that started it, is gone.

    signalled: by the kernel's signal, which Linux alone has and which also comes when the parent's
    thread that started us ends; otherwise by a thread of ours that looks twice a second.
    """
    if signalled:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()
    # The parent may have died before we asked.
    _exit_if_orphaned(parent)


def _watch(parent: int) -> None:
    while True:
        _exit_if_orphaned(parent)
        time.sleep(_POLL_SECONDS)


def _exit_if_orphaned(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(1)
