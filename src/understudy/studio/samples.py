"""Sample pictures and clips that the page offers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

# In an installed package they lie beside this module, in a source tree in `examples`.
_FOLDERS = (Path(__file__).parent / "samples", Path(__file__).parents[3] / "examples")
_TITLES: tuple[tuple[Literal["picture", "clip"], str, str], ...] = (
    ("picture", "photo.jpg", "Robin"),
    ("picture", "cartoon.png", "A cartoon"),
    ("picture", "drawing.jpg", "Reynard"),
    ("clip", "dance.mp4", "A dance"),
    ("clip", "talk.mp4", "A talk"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture or clip that we made."""

    kind: Literal["picture", "clip"]
    path: Path
    title: str


@cache
def find_samples() -> tuple[Sample, ...]:
    """The samples that are there."""
    found = []
    for kind, name, title in _TITLES:
        path = next((folder / name for folder in _FOLDERS if (folder / name).is_file()), None)
        if path is not None:
            found.append(Sample(kind, path, title))
    return tuple(found)
