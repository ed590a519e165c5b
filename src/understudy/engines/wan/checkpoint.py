"""The checkpoint on this machine: is all of it there, and what is it."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.engines.wan.published import Published
from understudy.errors import EngineUnavailable
from understudy.weights.snapshots import ORIGIN

_HEADER_LENGTH = struct.Struct("<Q")
_MOST_HEADER_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """folder: where it lies. kind: which of the published models. repository, revision: as fetched,
    None for a folder of unknown origin. fingerprint: SHA-256 over names, sizes and tensor tables of
    its files: it tells checkpoints from one another without reading all 44 GB."""

    folder: Path
    kind: str
    repository: str | None
    revision: str | None
    fingerprint: str


def find_checkpoint(folder: Path, published: Published) -> Checkpoint:
    """The checkpoint in a folder, every file checked to be there in full length.

    Raises EngineUnavailable, which says what is missing and how to get it.
    """
    name = published.name
    index = _json(folder / published.index)
    if index is None:
        raise EngineUnavailable(
            f"the weights of {name} are missing: run `understudy weights fetch {name}`, or set "
            f"{published.folder_variable} to a folder that contains {published.index}"
        )
    found = str(index.get("_class_name"))
    kind = published.kinds.get(found)
    if kind is None:
        wanted = " or ".join(published.kinds)
        raise EngineUnavailable(f"{published.index} names {found}; {name} needs {wanted}")
    parts = (*published.models, *published.others)
    missing = [part for part in parts if not (folder / part).is_dir()]
    missing += [
        file for part in published.models if part not in missing for file in _lacking(folder / part)
    ]
    if missing:
        raise EngineUnavailable(
            f"the weights of {name} are incomplete: {', '.join(missing)} are missing or cut short; "
            f"`understudy weights fetch {name}` continues where it stopped"
        )
    origin = _json(folder / ORIGIN) or {}
    return Checkpoint(
        folder=folder,
        kind=kind,
        repository=origin.get("repository"),
        revision=origin.get("revision"),
        fingerprint=_fingerprint(folder, parts),
    )


def _lacking(part: Path) -> list[str]:
    """The files of a model that are not there in full, as `folder/name`."""
    if not (part / "config.json").is_file():
        return [f"{part.name}/config.json"]
    names = {file.name for file in part.glob("*.safetensors")}
    for table in part.glob("*.safetensors.index.json"):
        names |= set((_json(table) or {}).get("weight_map", {}).values())
    if not names:
        return [f"{part.name}/*.safetensors"]
    return [f"{part.name}/{name}" for name in sorted(names) if not _is_whole(part / name)]


def _is_whole(file: Path) -> bool:
    header = _header(file)
    if header is None:
        return False
    ends = [
        entry["data_offsets"][1]
        for name, entry in json.loads(header).items()
        if name != "__metadata__"
    ]
    return file.stat().st_size == _HEADER_LENGTH.size + len(header) + max(ends, default=0)


def _header(file: Path) -> bytes | None:
    """The tensor table of a safetensors file; None where the file has none in full."""
    try:
        with file.open("rb") as stream:
            (length,) = _HEADER_LENGTH.unpack(stream.read(_HEADER_LENGTH.size))
            if length > _MOST_HEADER_BYTES:
                return None
            header = stream.read(length)
            return header if len(header) == length else None
    except (OSError, struct.error):
        return None


def _fingerprint(folder: Path, parts: tuple[str, ...]) -> str:
    sha = hashlib.sha256()
    for part in parts:
        for file in sorted((folder / part).iterdir()):
            if file.suffix not in (".json", ".safetensors", ".model"):
                continue
            content = _header(file) if file.suffix == ".safetensors" else file.read_bytes()
            sha.update(f"{part}/{file.name} {file.stat().st_size}\n".encode())
            sha.update(content or b"")
    return sha.hexdigest()


def _json(file: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
