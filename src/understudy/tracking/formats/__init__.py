"""Formats of performances, by file name extension.

Who adds a format adds a line to `FORMATS`: `understudy track` writes it from then on, the service
offers it beside every take, and the studio lists it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # It loads numpy, which the command line's help does without.
    from understudy.tracking.performance import Performance


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a performance.

    suffix: with its dot, lower case. about: a few words for a person. media_type: of its files.
    write: makes the file whole or not at all.
    """

    suffix: str
    about: str
    media_type: str
    write: Callable[[Performance, Path], None]


def _npz(performance: Performance, path: Path) -> None:
    from understudy.tracking.formats.npz import save_npz

    save_npz(performance, path)


def _openpose_video(performance: Performance, path: Path) -> None:
    from understudy.tracking.formats.openpose_video import write_openpose_video

    write_openpose_video(performance, path)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        form.suffix: form
        for form in (
            Format(".npz", "landmarks as NumPy arrays", "application/zip", _npz),
            Format(".mp4", "an OpenPose-coloured skeleton", "video/mp4", _openpose_video),
        )
    }
)
"""Every format, by its suffix."""


def write_performance(performance: Performance, path: Path) -> None:
    """Write a performance in the format of the path's suffix, which must be one of `FORMATS`."""
    FORMATS[path.suffix.lower()].write(performance, path)
