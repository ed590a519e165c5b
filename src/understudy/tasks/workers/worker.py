"""The program of a child process: runs jobs that come as lines on stdin.

Two processes. The guard, which is this program's first process, does nothing but wait; the worker,
its child, runs the jobs. When the server dies (its end of the lifeline closes) or the worker does,
the guard kills the whole process group, so that no helper process of a take outlives it and keeps
a core or a GPU.

    python -m understudy.tasks.workers.worker MODULE MEMORY_MB LIFELINE
"""

from __future__ import annotations

import base64
import ctypes
import importlib
import json
import os
import resource
import select
import signal
import sys
import traceback
from typing import Any

from understudy.errors import InputRefused

NICE = 5
# The kernel, when memory runs out, should take a worker and not the server.
OOM_SCORE = 500
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Split into guard and worker; neither returns before the other is done."""
    module, memory_mb, lifeline = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    messages = os.dup(1)
    # What libraries print must not mix with the messages.
    os.dup2(2, 1)
    guard = os.getpid()
    worker = os.fork()
    if worker:
        _guard(worker, lifeline, messages)
    os.close(lifeline)
    _die_with(guard)
    _limit(memory_mb)
    _work(module, messages)


def _guard(worker: int, lifeline: int, messages: int) -> None:
    os.close(0)
    poll = select.poll()
    poll.register(lifeline, select.POLLHUP)
    watched = os.pidfd_open(worker)
    poll.register(watched, select.POLLIN)
    ready = {descriptor for descriptor, _ in poll.poll()}
    if watched in ready:
        _, status = os.waitpid(worker, 0)
        code = os.waitstatus_to_exitcode(status)
        if code:
            _say(messages, {"kind": "crashed", "reason": _in_words(code)})
    os.killpg(0, signal.SIGKILL)


def _in_words(code: int) -> str:
    if code == -signal.SIGKILL:
        return "the worker was killed, as it is when memory runs out"
    return f"the worker died of {signal.Signals(-code).name}" if code < 0 else f"status {code}"


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _limit(memory_mb: int) -> None:
    os.nice(NICE)
    # Interrupts of the terminal are the server's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123 - no pathlib, to start fast
            file.write(str(OOM_SCORE))
    except OSError:
        pass
    if memory_mb:
        most = memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _work(module: str, messages: int) -> None:
    jobs = importlib.import_module(module)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _say(messages, _run(jobs, request, messages))


def _run(jobs: Any, request: dict[str, Any], messages: int) -> dict[str, Any]:
    def report(stage: str, fraction: float, preview: bytes | None) -> None:
        encoded = None if preview is None else base64.b64encode(preview).decode()
        _say(
            messages,
            {"kind": "progress", "stage": stage, "fraction": fraction, "preview": encoded},
        )

    try:
        value = getattr(jobs, request["job"])(request["arguments"], report)
    except InputRefused as refusal:
        return {
            "kind": "refused",
            "field": refusal.field,
            "found": refusal.found,
            "allowed": refusal.allowed,
            "code": refusal.code,
            "message": refusal.message,
        }
    except MemoryError:
        return {"kind": "crashed", "reason": "the worker's memory did not suffice"}
    except Exception:
        return {"kind": "crashed", "reason": traceback.format_exc()[-15_000:]}
    return {"kind": "done", "value": value}


def _say(messages: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(messages, data) :]


if __name__ == "__main__":
    main()
