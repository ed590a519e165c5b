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
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

_PREFIX = ".understudy-"
_SUFFIX = ".unfinished"


class AllOrNothing(ABC):
    """A context manager that completes what it writes; after an exception nothing is left."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    @abstractmethod
    def close(self) -> None:
        """Complete what was written and put it in its place."""

    @abstractmethod
    def abort(self) -> None:
        """Stop and leave nothing."""


class _Unfinished(AllOrNothing):
    """Write to `path`; `close`, or leaving without an exception, makes it `destination`."""

    def __init__(self, destination: Path) -> None:
        self.destination = destination
        remove_abandoned(destination.parent)
        self.path, self._lock = self._create()

    def close(self) -> None:
        """Put what was written in its place, on disk before it is seen; does nothing a second
        time."""
        if self._lock < 0:
            return
        try:
            os.fsync(self._lock)
            self._place()
        finally:
            self.abort()

    def abort(self) -> None:
        """Remove what was written, unless it is in its place; does nothing a second time."""
        if self._lock < 0:
            return
        self._remove()
        os.close(self._lock)
        self._lock = -1

    @abstractmethod
    def _create(self) -> tuple[Path, int]:
        """The path to write to, and the handle that locks it."""

    @abstractmethod
    def _place(self) -> None:
        """Rename `path` to `destination`."""

    @abstractmethod
    def _remove(self) -> None:
        """Remove `path`, where it is."""


class UnfinishedFile(_Unfinished):
    """A file; raises OSError where its folder cannot be written to."""

    def _create(self) -> tuple[Path, int]:
        while True:
            # The ending tells libav which container to write; the whole name is of bounded length.
            path = _beside(self.destination, self.destination.suffix[:8])
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                return path, handle
            # Somebody tidied up between the two calls.
            os.close(handle)

    def _place(self) -> None:
        self.path.replace(self.destination)

    def _remove(self) -> None:
        self.path.unlink(missing_ok=True)


class UnfinishedFolder(_Unfinished):
    """A folder, whose destination must be absent or empty in the end; raises OSError where the
    folder above cannot be written to."""

    def _create(self) -> tuple[Path, int]:
        path = _beside(self.destination, "")
        path.mkdir()
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return path, handle

    def _place(self) -> None:
        self.path.rename(self.destination)

    def _remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


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


def _beside(destination: Path, ending: str) -> Path:
    return destination.parent / f"{_PREFIX}{secrets.token_hex(8)}{ending}{_SUFFIX}"
