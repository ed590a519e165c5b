"""Space kept back beside a SQLite database, so that it can be read when the disk is full.

SQLite needs a few files of its own even to read (the log and its index), and deletes them whenever
the last connection is closed. A file that holds nothing takes their place meanwhile.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 1024 * 1024
"""The log's index takes 32 kB, the log's first pages as much; the rest is for what is logged."""
_PLENTY_BYTES = 64 * 1024 * 1024
"""Free space from which on the reserve is made."""


def keep_reserve(database: Path) -> None:
    """Make the reserve beside a database, or give it up when there is no other space.

    Called before the database is opened. A disk that is short of space even for it goes without.
    """
    reserve = database.with_name(f"{database.name}.reserve")
    with suppress(OSError):
        free = shutil.disk_usage(database.parent).free
        if free < RESERVE_BYTES:
            reserve.unlink(missing_ok=True)
        elif free > _PLENTY_BYTES and not _is_whole(reserve):
            _write(reserve)


def _is_whole(reserve: Path) -> bool:
    return reserve.is_file() and reserve.stat().st_size == RESERVE_BYTES


def _write(reserve: Path) -> None:
    descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        # No zeros, which some file systems do not store.
        file.write(os.urandom(RESERVE_BYTES))
