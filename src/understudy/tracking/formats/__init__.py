"""Formats of performances, by file name extension.

Who adds a format adds a line to `FORMATS`: `understudy track` writes it from then on, the service
offers it beside every take, and the studio lists it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # It loads numpy, which the command line's help does without.
    from understudy.tracking.performance import Performance

KeypointSet = Literal["body_25", "coco_18", "coco_wholebody"]
"""What JSON holds: OpenPose's body of 25 or of 18 points, or COCO-WholeBody's annotations."""


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


def _openpose_file(performance: Performance, path: Path) -> None:
    from understudy.tracking.formats.openpose_json import write_openpose_file

    write_openpose_file(performance, path)


def _bvh(performance: Performance, path: Path) -> None:
    from understudy.geometry.filters import median_seconds
    from understudy.tracking.formats.animation.from_performance import animation_of
    from understudy.tracking.formats.bvh import write_bvh

    write_bvh(animation_of(performance), path, median_seconds(performance.times))


def _glb(performance: Performance, path: Path) -> None:
    from understudy.tracking.formats.animation.from_performance import animation_of
    from understudy.tracking.formats.glb import write_glb

    write_glb(animation_of(performance), path)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        form.suffix: form
        for form in (
            Format(".npz", "landmarks as NumPy arrays", "application/zip", _npz),
            Format(
                ".bvh", "a skeleton's motion, for Blender and others", "application/x-bvh", _bvh
            ),
            Format(".glb", "the same as a skinned 3D model", "model/gltf-binary", _glb),
            Format(".json", "OpenPose keypoints", "application/json", _openpose_file),
            Format(".mp4", "an OpenPose-coloured skeleton", "video/mp4", _openpose_video),
        )
    }
)
"""Every format, by its suffix."""


def write_performance(performance: Performance, path: Path) -> None:
    """Write a performance in the format of the path's suffix, which must be one of `FORMATS`.

    In what is written bones keep their length, and the head turns as its face does.
    """
    FORMATS[path.suffix.lower()].write(_tidied(performance), path)


def write_keypoints(performance: Performance, path: Path, keypoints: KeypointSet) -> None:
    """Write a performance as JSON: one file, or where the path has no suffix an OpenPose folder.

    A folder must be new or empty and holds no `coco_wholebody`. Bones keep
    their length, and the head turns as its face does.
    """
    from understudy.tracking.formats.coco_wholebody import write_coco_wholebody
    from understudy.tracking.formats.openpose_json import (
        write_openpose_file,
        write_openpose_folder,
    )

    performance = _tidied(performance)
    if keypoints == "coco_wholebody":
        write_coco_wholebody(performance, path)
    elif path.suffix:
        write_openpose_file(performance, path, keypoints)
    else:
        write_openpose_folder(performance, path, keypoints)


def _tidied(performance: Performance) -> Performance:
    """What of a performance's places in space other programs can use."""
    from understudy.tracking.formats.animation.bones import with_steady_bones
    from understudy.tracking.formats.animation.head import with_head_of_face

    return with_head_of_face(with_steady_bones(performance))
