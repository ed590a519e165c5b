"""Files and folders that appear only when they are complete.

A file is written beside its destination under a name of ours, locked for as long as its writer
lives, and renamed onto the destination at the end. The kernel lets the lock go however the writer
dies, so that whoever writes to the same folder next can tell what was left behind and removes it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

_PREFIX = ".understudy-"
_SUFFIX = ".unfinished"


class UnfinishedFile:
    """A context manager: write to `path`; leaving it without an exception makes it `destination`.

    On an exception, or without a call of `finish`, nothing is left. Raises OSError where the folder
    cannot be written to.
    """

    def __init__(self, destination: Path) -> None:
        self.destination = destination
        remove_abandoned(destination.parent)
        self.path, self._lock = _create(destination)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.discard()

    def finish(self) -> None:
        """Put the file in its place, on disk before it is seen; does nothing a second time."""
        if self._lock < 0:
            return
        try:
            os.fsync(self._lock)
            self.path.replace(self.destination)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove what was written, unless it is in its place; does nothing a second time."""
        if self._lock < 0:
            return
        self.path.unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = -1


class UnfinishedFolder:
    """A context manager: write files to `path`; leaving it without an exception makes it
    `destination`, which must be absent or empty then.

    On an exception, or without a call of `finish`, nothing is left. Raises OSError where the folder
    above cannot be written to.
    """

    def __init__(self, destination: Path) -> None:
        self.destination = destination
        remove_abandoned(destination.parent)
        name = f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
        self.path = destination.parent / name
        self.path.mkdir()
        self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.discard()

    def finish(self) -> None:
        """Put the folder in its place; does nothing a second time."""
        if self._lock < 0:
            return
        try:
            os.fsync(self._lock)
            self.path.rename(self.destination)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove what was written, unless it is in its place; does nothing a second time."""
        if self._lock < 0:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)
        self._lock = -1


def remove_abandoned(folder: Path) -> int:
    """Remove the unfinished files and folders in `folder` whose writers are gone; how many there
    were."""
    removed = 0
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        try:
            way = os.O_RDONLY | os.O_DIRECTORY if path.is_dir() else os.O_RDWR
            handle = os.open(path, way | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            removed += 1
        except OSError:
            pass  # Its writer lives.
        finally:
            os.close(handle)
    return removed


def _create(destination: Path) -> tuple[Path, int]:
    while True:
        # The ending tells libav which container to write; the whole name is of bounded length.
        name = f"{_PREFIX}{secrets.token_hex(8)}{destination.suffix[:8]}{_SUFFIX}"
        path = destination.parent / name
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return path, handle
        # Somebody tidied up between the two calls.
        os.close(handle)
