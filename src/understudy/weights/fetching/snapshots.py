"""Fetching a snapshot with huggingface_hub, which resumes, shows bars and checks what arrived."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Literal

from filelock import FileLock

from understudy.errors import UnderstudyError
from understudy.weights.snapshots import ORIGIN, Snapshot

_GIB = 1 << 30
# Free space that must be left: what else runs on the machine needs some.
_SPARE_BYTES = 2 * _GIB

SnapshotState = Literal["present", "fetched"]


class SnapshotMissing(UnderstudyError):  # noqa: N818 - a state
    """The snapshot cannot be fetched; the message says why and what to do."""


def is_present(snapshot: Snapshot, folder: Path) -> bool:
    """Whether the snapshot lies complete under the folder of all weights, at its commit; at any, if
    it is pinned to none."""
    try:
        origin = json.loads((folder / snapshot.name / ORIGIN).read_text())
    except (OSError, ValueError):
        return False
    return bool(origin.get("revision")) and snapshot.revision in (None, origin["revision"])


def fetch_snapshot(
    snapshot: Snapshot, folder: Path, *, endpoint: str | None = None
) -> SnapshotState:
    """Bring the snapshot to `folder / snapshot.name`; goes on where an earlier call stopped.

    endpoint: of the hub; None for the one that HF_ENDPOINT names, or the public one. Raises
    SnapshotMissing.
    """
    if is_present(snapshot, folder):
        return "present"
    try:
        import huggingface_hub
        from huggingface_hub import errors
    except ImportError as missing:
        raise SnapshotMissing(
            f"{snapshot.name} needs huggingface_hub: pip install 'understudy[gpu]'"
        ) from missing
    target = folder / snapshot.name
    target.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"{snapshot.name}.lock"):
        if is_present(snapshot, folder):
            return "present"
        try:
            hub = huggingface_hub.HfApi(endpoint=endpoint)
            revision = snapshot.revision or hub.model_info(snapshot.repository).sha
            files = hub.snapshot_download(
                snapshot.repository, revision=revision, local_dir=target, dry_run=True
            )
            _check_space(snapshot, target, sum(file.file_size for file in files))
            hub.snapshot_download(snapshot.repository, revision=revision, local_dir=target)
        except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, OSError) as fault:
            raise SnapshotMissing(
                f"{snapshot.name} cannot be fetched from {snapshot.repository} "
                f"({type(fault).__name__}: {str(fault)[:300]}); what has arrived stays, and the "
                "next call goes on from there"
            ) from fault
        short = [
            file.filename
            for file in files
            if not (target / file.filename).is_file()
            or (target / file.filename).stat().st_size != file.file_size
        ]
        if short:
            raise SnapshotMissing(f"{snapshot.name} came without {', '.join(short)}")
        origin = {
            "repository": snapshot.repository,
            "revision": revision,
            "files": {file.filename: file.file_size for file in files},
        }
        waiting = target / f"{ORIGIN}.part"
        waiting.write_text(json.dumps(origin, indent=1))
        waiting.replace(target / ORIGIN)
    return "fetched"


def _check_space(snapshot: Snapshot, target: Path, wanted: int) -> None:
    """Refuse a disk that is too small before anything is fetched."""
    here = sum(
        (Path(parent) / name).stat().st_size
        for parent, _, names in os.walk(target)
        for name in names
    )
    needed, free = max(0, wanted - here) + _SPARE_BYTES, shutil.disk_usage(target).free
    if needed > free:
        raise SnapshotMissing(
            f"{snapshot.name} needs {needed / _GIB:.1f} GiB on the disk of the weights' folder, "
            f"where {free / _GIB:.1f} GiB are free; UNDERSTUDY_WEIGHTS_DIR names another folder"
        )
