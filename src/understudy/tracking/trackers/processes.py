"""A tracker's process as the main process sees it."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable
from types import TracebackType
from typing import IO, Self

from understudy import errors
from understudy.processes.messages import Message, MessageError, read_message, write_message

_STDERR_TAIL = 4000
_POLL = 0.05
_CHUNK = 1 << 20


class TrackerError(Exception):
    """A tracker's process failed; the message carries the end of what it printed."""


class TrackerProcess:
    """One process with a tracker in it.

    It belongs to the thread that started it: on Linux it is killed when that thread ends. Leaving
    the `with` block kills it, whatever it is doing.
    """

    def __init__(self) -> None:
        """Start the process; it loads while the caller goes on."""
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", f"{__package__}.worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            bufsize=0,
            env=_environment(),
            # Ctrl-C on a terminal is for the take, which ends its trackers itself.
            process_group=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._sink = self._process.stdin
        self._source = self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the process and wait for its end."""
        self._process.kill()
        self._process.wait()
        self._sink.close()
        self._source.close()
        self._stderr.close()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def fileno(self) -> int:
        """The descriptor that turns readable when an answer comes."""
        return self._source.fileno()

    def send(self, message: Message) -> None:
        """Send a request.

        Raises TrackerError where the process has died.
        """
        try:
            write_message(_Writer(self._sink), message)
        except BrokenPipeError:
            raise self._fault() from None

    def receive(self, cancelled: Callable[[], bool] | None = None) -> Message:
        """Wait for the next answer.

        Raises InputRefused where the worker says so, TrackerError where the process has died or
        says what cannot be read, TakeCancelled once `cancelled` says so.
        """
        try:
            message = read_message(_Reader(self._source, cancelled))
        except MessageError as error:
            raise self._fault(str(error)) from error
        if message is None:
            raise self._fault()
        if message.kind == "refused":
            field, found, allowed = (str(message.values[k]) for k in ("field", "found", "allowed"))
            raise errors.InputRefused(field, found=found, allowed=allowed)
        return message

    def _fault(self, what: str = "the process ended") -> TrackerError:
        try:
            code: int | str = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = "still running"
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _STDERR_TAIL))
        printed = self._stderr.read().decode(errors="replace").strip()
        return TrackerError(f"tracker: {what} (exit code {code})\n{printed}".rstrip())


class _Writer:
    """Takes all bytes of a write, also where the pipe takes them in parts."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink

    def write(self, data: bytes | memoryview, /) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._sink.write(rest) :]


class _Reader:
    """Reads exactly as many bytes as asked for, and looks up now and then."""

    def __init__(self, source: IO[bytes], cancelled: Callable[[], bool] | None) -> None:
        self._source = source
        self._cancelled = cancelled

    def read(self, size: int, /) -> bytearray:
        data = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._source, selectors.EVENT_READ)
            while len(data) < size:
                if self._cancelled is not None and self._cancelled():
                    raise errors.TakeCancelled("cancelled while tracking")
                if selector.select(_POLL):
                    part = os.read(self._source.fileno(), min(_CHUNK, size - len(data)))
                    if not part:
                        break
                    data += part
        return data


def _environment() -> dict[str, str]:
    """The worker's environment: our import path, one thread for each numeric library."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = "1"
    return environment
