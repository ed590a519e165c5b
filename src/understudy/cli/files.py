"""Checks of the files that a command names, done before any work begins."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from understudy.errors import InputRefused


def check_input(path: Path, *, field: str) -> None:
    """Refuse a `path` that is not a readable file; `field` names it in the message."""
    _check_name(path, option=field)
    if not path.exists():
        raise InputRefused(field, found=f"no such file: '{path}'", allowed="name an existing file")
    if not path.is_file():
        raise InputRefused(field, found=f"'{path}' is not a file", allowed="name a single file")
    if not os.access(path, os.R_OK):
        raise InputRefused(field, found=f"'{path}' cannot be read", allowed="name a readable file")


def check_file_or_folder(path: Path, *, field: str) -> None:
    """Refuse a `path` that is neither a readable file nor a folder; `field` names it."""
    if not path.is_dir():
        check_input(path, field=field)


def check_output(path: Path, *, option: str, suffixes: tuple[str, ...]) -> None:
    """Refuse a `path` that cannot be written or whose ending is none of `suffixes`."""
    _check_name(path, option=option)
    if path.is_dir():
        raise InputRefused(option, found=f"'{path}' is a folder", allowed="name a file in it")
    if path.suffix.lower() not in suffixes:
        found = f"'{path.name}' ends in '{path.suffix}'" if path.suffix else f"'{path.name}'"
        raise InputRefused(option, found=found, allowed=f"allowed: {', '.join(suffixes)}")
    _check_folder_of(path, option)
    if path.exists() and not path.is_file():
        raise InputRefused(option, found=f"'{path}' is not a file", allowed="name another file")


def check_new_folder(path: Path, *, option: str) -> None:
    """Refuse a `path` that cannot become a folder, or is one with something in it."""
    _check_folder_of(path, option)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputRefused(
            option, found=f"'{path}' exists already", allowed="name a new or an empty folder"
        )


def check_folder_output(path: Path, *, option: str) -> None:
    """Refuse a `path` that is not and cannot become a folder for several files."""
    if path.is_file() or path.suffix:
        raise InputRefused(
            option, found=f"'{path}' is a single file", allowed="name a folder for several videos"
        )
    _check_folder_of(path / "file" if path.is_dir() else path, option)


def _check_folder_of(path: Path, option: str) -> None:
    """Refuse a `path` in a folder that is missing or cannot be written to."""
    folder = path.parent
    if not folder.is_dir():
        raise InputRefused(
            option, found=f"no such folder: '{folder}'", allowed="create it or name another"
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise InputRefused(
            option,
            found=f"the folder '{folder}' is not writable ({fault.strerror})",
            allowed="name another folder",
        ) from fault


def _check_name(path: Path, *, option: str) -> None:
    """Refuse a `path` that the system cannot even look for, such as one that is too long."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as fault:
        raise InputRefused(
            option,
            found=f"'{path.name[:40]}…' cannot be looked for ({fault.strerror})",
            allowed="use another name",
        ) from fault


def check_video_output(path: Path, *, option: str, suffixes: tuple[str, ...]) -> None:
    """Refuse a `path` that cannot be written as a video: a file that ends in one of `suffixes`, or
    a folder of frames, which has no ending and is new or empty."""
    if path.suffix or not path.name:
        check_output(path, option=option, suffixes=suffixes)
        return
    if path.is_dir():
        if any(path.iterdir()):
            raise InputRefused(
                option, found=f"the folder '{path}' is not empty", allowed="name a new one"
            )
    elif path.exists():
        allowed = f"allowed: {', '.join(suffixes)}, or a folder for PNG files"
        raise InputRefused(option, found=f"'{path.name}' has no ending", allowed=allowed)
    # A file in the folder above tells whether the folder can be made.
    check_output(path.with_suffix(suffixes[0]), option=option, suffixes=suffixes)


def read_background(value: str) -> tuple[str, Path | None]:
    """The option `--background` as a take's background and its file, if it is one.

    Raises InputRefused for what is neither a word nor a colour nor a readable file.
    """
    from understudy.take.backgrounds import FIELD, FILE, check_background

    if not Path(value).is_file():
        check_background(value)
        return value, None
    check_input(Path(value), field=FIELD)
    return FILE, Path(value)


def check_distinct(paths: Mapping[str, Path]) -> None:
    """Refuse two of the `paths` (option or field name → path) that are one and the same file."""
    seen: dict[Path, str] = {}
    for name, path in paths.items():
        place = path.resolve()
        if place in seen:
            raise InputRefused(
                name,
                found=f"'{path}' is also {seen[place]}",
                allowed="use a different file for each",
            )
        seen[place] = name
