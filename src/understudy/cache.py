"""The cache: results about clips and pictures, reused by later takes with the same input.

An entry is one file: a magic word, the SHA-256 of what follows, and a message (plain arrays and
JSON, see `trackers.messages`). An entry that is damaged in any way is removed and counts as absent;
a folder that cannot be written to keeps nothing, and nobody is the worse for it but in time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import Any

import platformdirs

from understudy.errors import InputRefused
from understudy.processes.messages import Message, MessageError, read_message, write_message

FOLDER_VARIABLE = "UNDERSTUDY_CACHE_DIR"
SIZE_VARIABLE = "UNDERSTUDY_CACHE_MIB"
DEFAULT_MAX_BYTES = 512 << 20

_MAGIC = b"understudy-cache-1\n"
_SUFFIX = ".entry"
_UNFINISHED = ".unfinished"
_DIGEST_BYTES = hashlib.sha256().digest_size
_START = len(_MAGIC) + _DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class Usage:
    """What the entries of one kind take: their number, bytes, and when the last one was used.

    used: seconds since the epoch.
    """

    kind: str
    entries: int
    bytes: int
    used: float


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries that is kept under a size by removing what was not used for longest."""

    folder: Path
    max_bytes: int = DEFAULT_MAX_BYTES

    def load(self, kind: str, key: Mapping[str, Any]) -> Message | None:
        """The entry stored under a kind and a key (JSON values), None where there is none."""
        path = self._path(kind, key)
        try:
            with path.open("rb") as file:
                message = _read(file)
        except OSError:
            return None
        with contextlib.suppress(OSError):
            if message is None:
                path.unlink()
            else:
                os.utime(path)
        return message

    def store(self, kind: str, key: Mapping[str, Any], message: Message) -> None:
        """Store an entry, whole or not at all; one larger than the cache is not stored."""
        if sum(array.nbytes for array in message.arrays.values()) > self.max_bytes:
            return
        path = self._path(kind, key)
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=_UNFINISHED)
            try:
                with os.fdopen(handle, "w+b") as file:
                    size = _write(file, message)
                if size > self.max_bytes:
                    Path(name).unlink()
                    return
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._shrink(keep=path)

    def usage(self) -> tuple[Usage, ...]:
        """What each kind of entry takes, by name; a folder that is not there holds nothing."""
        found: dict[str, list[os.stat_result]] = {}
        for path in self._entries():
            with contextlib.suppress(OSError):
                found.setdefault(path.name.rsplit("-", 1)[0], []).append(path.stat())
        return tuple(
            Usage(
                kind,
                len(files),
                sum(file.st_size for file in files),
                max(file.st_mtime for file in files),
            )
            for kind, files in sorted(found.items())
        )

    def clear(self) -> Usage:
        """Remove all entries, also unfinished ones; what was removed."""
        entries = size = 0
        last = 0.0
        for path in (*self._entries(), *self._entries(_UNFINISHED)):
            with contextlib.suppress(OSError):
                file = path.stat()
                path.unlink()
                entries, size, last = entries + 1, size + file.st_size, max(last, file.st_mtime)
        return Usage("all", entries, size, last)

    def _entries(self, suffix: str = _SUFFIX) -> list[Path]:
        return sorted(self.folder.glob(f"*{suffix}")) if self.folder.is_dir() else []

    def _shrink(self, *, keep: Path) -> None:
        """Remove what was not used for longest until the folder is small enough again."""
        entries = []
        for path in self.folder.iterdir():
            if path.suffix in (_SUFFIX, _UNFINISHED):
                with contextlib.suppress(FileNotFoundError):
                    status = path.stat()
                    entries.append((status.st_mtime_ns, path, status.st_size))
        total = sum(size for *_, size in entries)
        for _, path, size in sorted(entries):
            if total <= self.max_bytes:
                break
            if path != keep:
                path.unlink(missing_ok=True)
                total -= size

    def _path(self, kind: str, key: Mapping[str, Any]) -> Path:
        name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        return self.folder / f"{kind}-{name[:40]}{_SUFFIX}"


def user_cache() -> Cache:
    """The cache of the user who runs us: in `UNDERSTUDY_CACHE_DIR`, of `UNDERSTUDY_CACHE_MIB`.

    Raises InputRefused where the size is no whole number.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    folder = Path(named) if named else Path(platformdirs.user_cache_dir("understudy", False))
    return Cache(folder / "performance", _max_bytes(os.environ.get(SIZE_VARIABLE, "")))


def _max_bytes(mebibytes: str) -> int:
    if not mebibytes:
        return DEFAULT_MAX_BYTES
    if not mebibytes.isdecimal():
        raise InputRefused(
            SIZE_VARIABLE,
            found=f"the value is '{mebibytes}'",
            allowed="use a whole number of MiB; 0 keeps nothing",
        )
    return int(mebibytes) << 20


def _write(file: BufferedRandom, message: Message) -> int:
    """Write an entry; the number of its bytes. It may be large, so there is no second copy."""
    file.write(_MAGIC + bytes(_DIGEST_BYTES))
    write_message(file, message)
    size = file.tell()
    file.seek(_START)
    digest = hashlib.file_digest(file, "sha256").digest()
    file.seek(len(_MAGIC))
    file.write(digest)
    return size


def _read(file: BufferedReader) -> Message | None:
    """The message of an entry, None where the entry is damaged."""
    head = file.read(_START)
    if hashlib.file_digest(file, "sha256").digest() != head[len(_MAGIC) :]:
        return None
    file.seek(_START)
    try:
        return read_message(file) if head.startswith(_MAGIC) else None
    except MessageError:
        return None
