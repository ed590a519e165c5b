"""The server's temporary files."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

_STALE_SECONDS = 3600.0
"""A create's folder lives for seconds; one older than this was left by a server that was killed."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """Folders for the files of attempts, and of checks on what clients send."""

    attempts: Path
    checks: Path

    @classmethod
    def under(cls, folder: Path) -> Scratch:
        made = cls(folder / "attempts", folder / "checks")
        made.attempts.mkdir(parents=True, exist_ok=True)
        made.checks.mkdir(exist_ok=True)
        for left in made.checks.iterdir():
            if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        return made
