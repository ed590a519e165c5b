"""The cache: results about clips and pictures, reused by later takes with the same input.

An entry is one file: a magic word, the SHA-256 of what follows, and a message (plain arrays and
JSON, see `trackers.messages`). An entry that is damaged in any way is removed and counts as absent;
a folder that cannot be written to keeps nothing, and nobody is the worse for it but in time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from understudy.processes.messages import Message, MessageError, read_message, write_message

FOLDER_VARIABLE = "UNDERSTUDY_CACHE_DIR"
DEFAULT_MAX_BYTES = 512 << 20

_MAGIC = b"understudy-cache-1\n"
_SUFFIX = ".entry"
_UNFINISHED = ".unfinished"
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries that is kept under a size by removing what was not used for longest."""

    folder: Path
    max_bytes: int = DEFAULT_MAX_BYTES

    def load(self, kind: str, key: Mapping[str, Any]) -> Message | None:
        """The entry stored under a kind and a key (JSON values), None where there is none."""
        path = self._path(kind, key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        message = _decode(data)
        with contextlib.suppress(OSError):
            if message is None:
                path.unlink()
            else:
                os.utime(path)
        return message

    def store(self, kind: str, key: Mapping[str, Any], message: Message) -> None:
        """Store an entry, whole or not at all; one larger than the cache is not stored."""
        data = _encode(message)
        if len(data) > self.max_bytes:
            return
        path = self._path(kind, key)
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=_UNFINISHED)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._shrink(keep=path)

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
    """The cache of the user who runs us, in `UNDERSTUDY_CACHE_DIR` where that is set."""
    named = os.environ.get(FOLDER_VARIABLE)
    folder = Path(named) if named else Path(platformdirs.user_cache_dir("understudy", False))
    return Cache(folder / "performance")


def _encode(message: Message) -> bytes:
    body = io.BytesIO()
    write_message(body, message)
    payload = body.getvalue()
    return _MAGIC + hashlib.sha256(payload).digest() + payload


def _decode(data: bytes) -> Message | None:
    start = len(_MAGIC) + _DIGEST_BYTES
    payload = data[start:]
    whole = (
        data.startswith(_MAGIC) and hashlib.sha256(payload).digest() == data[len(_MAGIC) : start]
    )
    if not whole:
        return None
    try:
        return read_message(io.BytesIO(payload))
    except MessageError:
        return None
