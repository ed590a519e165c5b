"""A child process that runs jobs, seen from the server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from understudy.cores import CORES_VARIABLE
from understudy.errors import MachineFault
from understudy.tasks.workers import cancellation
from understudy.tasks.workers.messages import (
    MAX_LINE_BYTES,
    MAX_REASON_CHARACTERS,
    Crashed,
    Done,
    PieceAsked,
    Progressed,
    Ready,
    Refused,
    parse,
)

# The environment variables that a job may need. The server's secrets (its key, the database's
# password, the storage's credentials) are not among them.
_PASSED_ON = (
    "PATH", "HOME", "USER", "LANG", "LC_", "TZ", "PYTHON", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "XDG_", "CUDA", "NVIDIA", "OMP_", "MKL_", "OPENBLAS_", "OPENCV_", "NUMBA_", "TORCH", "HF_",
    "SSL_CERT", "UNDERSTUDY_CACHE", "UNDERSTUDY_GPU", "UNDERSTUDY_SGLANG", "UNDERSTUDY_WAN",
    "UNDERSTUDY_WEIGHTS_DIR", "PYTORCH",
)  # fmt: skip
_LAST_LINES = 40
Answer = Callable[[PieceAsked], Awaitable[str]]
CANNOT_START = "a worker cannot start"


@dataclass(slots=True)
class WorkerProcess:
    """One process group of guard, worker and whatever the job starts."""

    process: asyncio.subprocess.Process
    lifeline: int
    said: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))
    _listener: asyncio.Task[None] | None = None
    _ready: bool = False

    @classmethod
    async def start(
        cls, jobs: str, *, memory_mb: int, temporary: Path, cores: int | None = None
    ) -> WorkerProcess:
        """Start a child that runs the functions of the module `jobs`.

        memory_mb: what its processes may each reserve, 0 for no limit. temporary: a folder for
        its temporary files. cores: how many it shall keep to, None for all. Raises MachineFault.
        """
        try:
            theirs, ours = os.pipe()
        except OSError as error:
            raise MachineFault(f"{CANNOT_START}: {error.strerror}") from error
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "understudy.tasks.workers.worker",
                jobs,
                str(memory_mb),
                str(theirs),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=MAX_LINE_BYTES,
                pass_fds=(theirs,),
                start_new_session=True,
                env=_environment(os.environ, temporary, cores),
            )
        except BaseException as error:
            os.close(ours)
            if isinstance(error, OSError):
                raise MachineFault(f"{CANNOT_START}: {error.strerror}") from error
            raise
        finally:
            os.close(theirs)
        child = cls(process, ours)
        child._listener = asyncio.create_task(child._listen())
        return child

    async def run(
        self, job: str, arguments: Mapping[str, Any], answer: Answer | None = None
    ) -> AsyncIterator[Progressed | Done | Refused | Crashed]:
        """Run one job; yields its progress and, last, how it ended.

        answer: answers what the job asks about the pieces of a take that it shares.
        """
        assert self.process.stdout is not None
        await self._send({"job": job, "arguments": arguments})
        while True:
            try:
                line = await self.process.stdout.readline()
            except ValueError:
                yield Crashed(reason="the worker sent a message that is too long")
                return
            if not line:
                yield Crashed(
                    reason="the worker ended without a result",
                    machine=None if self._ready else CANNOT_START,
                )
                return
            message = parse(line)
            if isinstance(message, Ready):
                self._ready = True
                continue
            if isinstance(message, PieceAsked):
                if answer is None:
                    yield Crashed(reason="the worker asked what nobody answers")
                    return
                await self._send({"answer": await answer(message)})
                continue
            if isinstance(message, Crashed) and not self._ready:
                message = Crashed(reason=message.reason, machine=CANNOT_START)
            yield message
            if not isinstance(message, Progressed):
                return

    async def _send(self, values: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self.process.stdin.write(json.dumps(values).encode() + b"\n")
            await self.process.stdin.drain()

    def with_last_words(
        self, message: Progressed | Done | Refused | Crashed
    ) -> Progressed | Done | Refused | Crashed:
        """The message; a crash gets what the child wrote to stderr last."""
        if not isinstance(message, Crashed) or not self.said:
            return message
        reason = "\n".join((message.reason, *self.said))[-MAX_REASON_CHARACTERS:]
        return Crashed(reason=reason, machine=message.machine)

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def ask_to_stop(self) -> None:
        """Raise the flag that a running job looks at; see `cancellation`."""
        if self.alive and self._ready:
            self.process.send_signal(cancellation.SIGNAL)

    async def kill(self) -> None:
        """Kill the whole group and wait until it is gone."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener
            os.close(self.lifeline)

    async def _listen(self) -> None:
        """Drain the child's stderr and keep its last lines."""
        assert self.process.stderr is not None
        rest = b""
        while chunk := await self.process.stderr.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            self.said.extend(line.decode(errors="replace")[:500] for line in lines)
            rest = rest[-65536:]


def _environment(ours: Mapping[str, str], temporary: Path, cores: int | None) -> dict[str, str]:
    passed = {name: value for name, value in ours.items() if name.startswith(_PASSED_ON)}
    kept_to = {} if cores is None else {CORES_VARIABLE: str(cores)}
    return {**passed, **kept_to, "TMPDIR": str(temporary)}
