"""The program of a child process: runs jobs that arrive as lines on stdin.

Two processes. The guard, this program's first process, only waits; the worker, its child, runs the
jobs. When the server dies (its end of the lifeline closes) or the worker does, the guard kills the
whole process group, so that no helper process of a take lives on and keeps a core or a GPU. When
the guard dies, the worker's own lifeline closes and the worker ends. Pipes and threads do this the
same way on every POSIX system.

    python -m understudy.tasks.workers.worker MODULE MEMORY_MB LIFELINE
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

from understudy.errors import InputRefused, TakeCancelled, machine_fault
from understudy.tasks.workers import cancellation, conversation
from understudy.tasks.workers.conversation import Conversation

NICE = 5
"""Below the server, which answers requests, and above what the machine does when idle."""
OOM_SCORE = 500
"""Of -1000 to 1000: when memory runs out, Linux kills a worker before the server (0)."""
OOM_SCORE_FILE = "/proc/self/oom_score_adj"
MAX_TRACE_CHARACTERS = 15_000
"""Below the 20,000 of a message's reason, which gets the worker's last lines as well."""


def main() -> None:
    """Split into guard and worker; neither returns before the other is done."""
    module, memory_mb, lifeline = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    messages = os.dup(1)
    # What libraries print must not mix with the messages.
    os.dup2(2, 1)
    read_end, write_end = os.pipe()
    cancellation.listen()
    worker = os.fork()
    if worker:
        signal.signal(cancellation.SIGNAL, lambda number, _: os.kill(worker, number))
        os.close(read_end)
        _guard(worker, lifeline, messages)
    os.close(lifeline)
    os.close(write_end)
    _on_close(read_end, lambda: os.kill(os.getpid(), signal.SIGKILL))
    _limit(memory_mb)
    _work(module, messages)


def _guard(worker: int, lifeline: int, messages: int) -> None:
    os.close(0)
    _on_close(lifeline, lambda: os.killpg(0, signal.SIGKILL))
    _, status = os.waitpid(worker, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        talk = Conversation(messages, sys.stdin.buffer)
        talk.say({"kind": "crashed", "reason": _in_words(code)})
    os.killpg(0, signal.SIGKILL)


def _on_close(pipe: int, act: Callable[[], None]) -> None:
    """Call `act` in a thread once the other end of a pipe is closed, however its holder ends."""

    def wait() -> None:
        os.read(pipe, 1)
        act()

    threading.Thread(target=wait, daemon=True).start()


def _in_words(code: int) -> str:
    if code == -signal.SIGKILL:
        return "the worker was killed, probably because memory ran out"
    return f"the worker died of {signal.Signals(-code).name}" if code < 0 else f"status {code}"


def _limit(memory_mb: int) -> None:
    """Give way to the server; what a system does not know, or refuses, is left out."""
    os.nice(NICE)
    # Interrupts from the terminal are the server's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError), open(OOM_SCORE_FILE, "w") as file:  # noqa: PTH123 - no pathlib, to start fast
        file.write(str(OOM_SCORE))
    if memory_mb:
        most = memory_mb * 1024 * 1024
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _work(module: str, messages: int) -> None:
    jobs = importlib.import_module(module)
    talk = Conversation(messages, sys.stdin.buffer)
    conversation.begin(talk)
    talk.say({"kind": "ready"})
    while line := sys.stdin.buffer.readline():
        talk.say(_run(jobs, json.loads(line), talk))


def _run(jobs: Any, request: dict[str, Any], talk: Conversation) -> dict[str, Any]:
    def report(stage: str, fraction: float, preview: bytes | None) -> None:
        encoded = None if preview is None else base64.b64encode(preview).decode()
        talk.say({"kind": "progress", "stage": stage, "fraction": fraction, "preview": encoded})

    cancellation.begin()
    try:
        value = getattr(jobs, request["job"])(request["arguments"], report)
    except InputRefused as refusal:
        if machine_fault(refusal) is not None:
            return _crashed(refusal)
        return {
            "kind": "refused",
            "field": refusal.field,
            "found": refusal.found,
            "allowed": refusal.allowed,
            "code": refusal.code,
            "message": refusal.message,
        }
    except TakeCancelled:
        return {"kind": "crashed", "reason": cancellation.CANCELLED}
    except MemoryError:
        return {"kind": "crashed", "reason": "the worker ran out of memory"}
    except Exception as error:
        return _crashed(error)
    return {"kind": "done", "value": value}


def _crashed(error: Exception) -> dict[str, Any]:
    trace = "".join(traceback.format_exception(error))
    return {
        "kind": "crashed",
        "reason": trace[-MAX_TRACE_CHARACTERS:],
        "machine": machine_fault(error),
    }


if __name__ == "__main__":
    main()
