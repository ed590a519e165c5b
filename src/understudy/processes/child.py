"""A child process of ours, seen from its parent: it runs a module and exchanges messages."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import IO, Self

from understudy import errors
from understudy.processes.messages import Message, MessageError, read_message, write_message

# Bytes of the child's standard error that a failure quotes.
_STDERR_TAIL = 4000
# Seconds between two looks at `cancelled`.
_POLL_SECONDS = 0.05
# Bytes read from the pipe at once.
_READ_BYTES = 1 << 20
# Seconds that a child whose pipe has closed gets to report its exit status.
_EXIT_SECONDS = 1


class ChildFailed(Exception):  # noqa: N818 - a state of the process
    """A child process died or broke the protocol; the message quotes the end of its stderr."""


class Child:
    """One child process, which runs a module that calls `serving.serve`.

    It belongs to the thread that started it: on Linux it is killed when that thread ends, elsewhere
    when the parent process does. Leaving the `with` block kills it, whatever it is doing.
    """

    def __init__(
        self, module: str, *, name: str, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start the process; it loads while the caller goes on.

        module: run as `python -m`, with this process's import path. name: how failures call it.
        environment: variables that are set in addition to this process's own.
        """
        self._name = name
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": _import_path(), **(environment or {})},
            # Ctrl-C on a terminal is for the parent, which ends its children itself.
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

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def fileno(self) -> int:
        """The descriptor that becomes readable when an answer arrives."""
        return self._source.fileno()

    def send(self, message: Message) -> None:
        """Send a request.

        Raises ChildFailed where the process has died.
        """
        try:
            write_message(_Writer(self._sink), message)
        except BrokenPipeError:
            raise self._failure("the process ended") from None

    def receive(self, cancelled: Callable[[], bool] | None = None) -> Message:
        """Wait for the next answer.

        Raises InputRefused where the child says so, ChildFailed where the process has died or its
        answer cannot be read, TakeCancelled once `cancelled` returns true.
        """
        try:
            message = read_message(_Reader(self._source, cancelled))
        except MessageError as error:
            raise self._failure(str(error)) from error
        if message is None:
            raise self._failure("the process ended")
        if message.kind == "refused":
            raise _refusal(message)
        return message

    def _failure(self, what: str) -> ChildFailed:
        try:
            code: int | str = self._process.wait(timeout=_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            code = "still running"
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _STDERR_TAIL))
        printed = self._stderr.read().decode(errors="replace").strip()
        return ChildFailed(f"{self._name}: {what} (exit code {code})\n{printed}".rstrip())


def _refusal(message: Message) -> errors.InputRefused:
    """The refusal that a child sends, as it was raised there."""
    values = message.values
    return errors.InputRefused(
        str(values["field"]),
        found=str(values["found"]),
        allowed=str(values["allowed"]),
        code=int(values["code"]),
        message=str(values["message"]),
    )


class _Writer:
    """Writes all the bytes, even where the pipe accepts only some at a time."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink

    def write(self, data: bytes | memoryview, /) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._sink.write(rest) :]


class _Reader:
    """Reads exactly as many bytes as asked for, and checks `cancelled` meanwhile."""

    def __init__(self, source: IO[bytes], cancelled: Callable[[], bool] | None) -> None:
        self._source = source
        self._cancelled = cancelled

    def read(self, size: int, /) -> bytearray:
        data = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._source, selectors.EVENT_READ)
            while len(data) < size:
                if self._cancelled is not None and self._cancelled():
                    raise errors.TakeCancelled("cancelled while waiting for a child process")
                if selector.select(_POLL_SECONDS):
                    part = os.read(self._source.fileno(), min(_READ_BYTES, size - len(data)))
                    if not part:
                        break
                    data += part
        return data


def _import_path() -> str:
    return os.pathsep.join(path for path in sys.path if path)
