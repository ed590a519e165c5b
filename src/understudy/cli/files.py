"""Checks of the files that a command names, made before any work is begun."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from understudy.errors import InputRefused


def check_input(path: Path, *, field: str) -> None:
    """Refuse a `path` that is no readable file; `field` names it in the message."""
    if not path.exists():
        raise InputRefused(
            field, found=f"there is no file '{path}'", allowed="give one that exists"
        )
    if not path.is_file():
        raise InputRefused(field, found=f"'{path}' is not a file", allowed="give a single file")
    if not os.access(path, os.R_OK):
        raise InputRefused(field, found=f"'{path}' may not be read", allowed="give a readable file")


def check_output(path: Path, *, option: str, suffixes: tuple[str, ...]) -> None:
    """Refuse a `path` that cannot be written or whose ending is none of `suffixes`."""
    if path.is_dir():
        raise InputRefused(
            option, found=f"'{path}' is a folder", allowed="give the name of a file in it"
        )
    if path.suffix.lower() not in suffixes:
        found = f"'{path.name}' ends in '{path.suffix}'" if path.suffix else f"'{path.name}'"
        verb = "is" if len(suffixes) == 1 else "are"
        raise InputRefused(option, found=found, allowed=f"allowed {verb} {' and '.join(suffixes)}")
    folder = path.parent
    if not folder.is_dir():
        raise InputRefused(
            option, found=f"there is no folder '{folder}'", allowed="make it first, or name another"
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise InputRefused(
            option,
            found=f"the folder '{folder}' may not be written ({fault.strerror})",
            allowed="name another folder",
        ) from fault
    if path.exists() and not path.is_file():
        raise InputRefused(option, found=f"'{path}' is not a file", allowed="name another file")


def check_distinct(paths: Mapping[str, Path]) -> None:
    """Refuse two of the `paths` (option or field name → path) that are one and the same file."""
    seen: dict[Path, str] = {}
    for name, path in paths.items():
        place = path.resolve()
        if place in seen:
            raise InputRefused(
                name, found=f"'{path}' is {seen[place]} as well", allowed="each needs its own file"
            )
        seen[place] = name
