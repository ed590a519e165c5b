"""The weights folder: its location, and which weights it contains."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from understudy.weights.catalogue import CATALOGUE
from understudy.weights.entry import Edition, Weight, WeightFile

FOLDER_VARIABLE = "UNDERSTUDY_WEIGHTS_DIR"
CACHE_VARIABLE = "UNDERSTUDY_CACHE_DIR"

_CHUNK = 1 << 20

State = Literal["ok", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A weight that is on this machine: the complete edition in its folder."""

    weight: Weight
    edition: Edition
    folder: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The edition's files, in the catalogue's order."""
        return tuple(self.folder / file.name for file in self.edition.files)


def weights_folder() -> Path:
    """The folder of all weights, which need not exist.

    `UNDERSTUDY_WEIGHTS_DIR`, or `weights` in `UNDERSTUDY_CACHE_DIR` or in the user's cache.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    cache = os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("understudy", False)
    return Path(cache) / "weights"


def named(name: str) -> Weight | None:
    """The catalogue's entry of this name."""
    return next((weight for weight in CATALOGUE if weight.name == name), None)


def find(weight: Weight, folder: Path | None = None) -> Fetched | None:
    """The weight where all files of one edition are there in full size; None where it is missing.

    folder: of all weights; None for this user's. Hashes were checked when the files were fetched,
    and `check` does so again.
    """
    where = (folder or weights_folder()) / weight.name
    for edition in weight.editions:
        if all(_has_size(where / file.name, file.bytes) for file in edition.files):
            return Fetched(weight, edition, where)
    return None


def check(weight: Weight, folder: Path | None = None) -> State:
    """Read the weight's files and compare sizes and hashes with the catalogue."""
    where = (folder or weights_folder()) / weight.name
    seen = False
    for edition in weight.editions:
        present = [file for file in edition.files if (where / file.name).is_file()]
        if present and len(present) == len(edition.files):
            if all(is_genuine(where / file.name, file) for file in present):
                return "ok"
            seen = True
    return "damaged" if seen else "missing"


def is_genuine(path: Path, file: WeightFile) -> bool:
    """Whether the file at `path` has the size and hash of `file`."""
    return _has_size(path, file.bytes) and digest(path) == file.sha256


def digest(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal digits."""
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.is_file() and path.stat().st_size == size
    except OSError:
        return False
