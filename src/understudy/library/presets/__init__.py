"""The elements that come with the service: the cast of the samples, drawn by the same script.

`python examples/draw.py --presets` draws their pictures again.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from understudy.media import limits
from understudy.tasks.files.storage import Storage
from understudy.tasks.records import Source, Status, StoredElement

FOLDER = Path(__file__).parent
OWNER = 0
"""The account of presets: nobody's."""

# When they were first drawn, Unix milliseconds.
_MADE_AT = 1_795_305_600_000


@dataclass(frozen=True, slots=True)
class _Preset:
    element_id: int
    folder: str
    name: str
    description: str
    pictures: tuple[str, ...]
    tags: tuple[str, ...] = ("o_102",)


# The ids are for good: clients keep them. An element made by a client has a much larger one.
_PRESETS = (
    _Preset(101, "robin", "Robin", "A red-haired woman in a yellow sweater and jeans",
            ("front", "back", "side", "face")),
    _Preset(102, "kit", "Kit", "A dancer in a printed T-shirt and joggers",
            ("front", "back", "side", "face")),
    _Preset(103, "mei", "Mei", "A woman in a green blazer, seen to the hips",
            ("front", "side", "face")),
    _Preset(104, "fox", "Reynard", "A fox in a blue coat, pen and watercolour",
            ("front", "back", "side"), ("o_102", "o_103")),
)  # fmt: skip


def presets() -> tuple[StoredElement, ...]:
    """Every preset, as elements of nobody's account."""
    return tuple(_element(preset) for preset in _PRESETS)


def find_preset(element_id: int) -> StoredElement | None:
    """The preset of this id."""
    return next((each for each in presets() if each.element_id == element_id), None)


async def install(storage: Storage) -> None:
    """See that the pictures of the presets lie in the storage, where takes and links find them."""
    for key, path in _files().items():
        if not await storage.has(key):
            await storage.put(key, await asyncio.to_thread(path.read_bytes))


@cache
def _files() -> dict[str, Path]:
    """The pictures by their keys, which change with their content."""
    files = {}
    for preset in _PRESETS:
        for name in preset.pictures:
            path = FOLDER / preset.folder / f"{name}.jpg"
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            files[f"presets/{preset.folder}/{name}-{digest}.jpg"] = path
    return files


def _element(preset: _Preset) -> StoredElement:
    keys = {path: key for key, path in _files().items()}
    return StoredElement(
        id=preset.element_id,
        account_id=OWNER,
        element_id=preset.element_id,
        external_id=None,
        name=preset.name,
        description=preset.description,
        reference_type="image_refer",
        images=tuple(
            Source(
                key=keys[FOLDER / preset.folder / f"{name}.jpg"],
                max_bytes=limits.PICTURE_MAX_BYTES,
            )
            for name in preset.pictures
        ),
        videos=(),
        tags=preset.tags,
        callback_url=None,
        base_url=None,
        status=Status.SUCCEEDED,
        message="",
        attempt=1,
        failures=0,
        revision=0,
        not_before=_MADE_AT,
        created_at=_MADE_AT,
        updated_at=_MADE_AT,
        finished_at=_MADE_AT,
        deleted_at=None,
        purged_at=None,
    )
