"""Motion from a file in place of a clip: NPZ, BVH or OpenPose JSON, told by content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from understudy.errors import InputRefused
from understudy.media import file_types, limits

if TYPE_CHECKING:  # They load numpy, which telling a file's kind does without.
    from understudy.tracking.performance import Performance

_ALLOWED = "allowed: an NPZ that `understudy track` wrote, BVH, or OpenPose JSON"
_HEAD_OF_BVH = b"HIERARCHY"
_MOST_BYTES = 512 << 20
_MOST_FPS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class MotionFile:
    """Motion that was read from a file.

    performance: from time 0 on. fps: frames per second. expressive: it shows what the face does,
    and not only where it is. digest: SHA-256 of the file or of the folder's files, hexadecimal.
    field: the input's name, for refusals.
    """

    performance: Performance
    fps: Fraction
    expressive: bool
    digest: str
    field: str = limits.CLIP_FIELD

    @property
    def size(self) -> tuple[int, int]:
        return self.performance.size

    @property
    def width(self) -> int:
        return self.size[0]

    @property
    def height(self) -> int:
        return self.size[1]

    @property
    def duration(self) -> float:
        """Seconds, with the last frame's."""
        return float(len(self.performance) / self.fps)

    @property
    def has_sound(self) -> bool:
        return False

    def at_rate(self, fps: Fraction, frames: int) -> Performance:
        """The performance with a row for each of `frames` frames at another rate, by time."""
        import numpy as np

        from understudy.tracking.formats.resampling import resampled

        return resampled(self.performance, np.arange(frames) / float(fps))


def is_motion(path: Path) -> bool:
    """Whether a file or folder holds motion rather than a video, by its first bytes."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            head = file.read(file_types.HEAD_BYTES)
    except OSError:
        return False
    return file_types.name_format(head) in {"ZIP", "JSON"} or _is_bvh(head)


def open_motion(path: Path, *, max_seconds: float, field: str = limits.CLIP_FIELD) -> MotionFile:
    """Read a motion file. Raises InputRefused naming `field` where it cannot be used."""
    from understudy.tracking.formats.frame_rate import frame_rate

    digest = _digest(path, field)
    performance, expressive = _read(path, field)
    _check_frames(performance, field)
    performance = replace(performance, times=performance.times - performance.times[0])
    fps = frame_rate(performance)
    if not 0 < fps <= _MOST_FPS:
        raise InputRefused(
            field, found=f"the motion claims {float(fps):.0f} frames per second", allowed=_ALLOWED
        )
    motion = MotionFile(performance, fps, expressive, digest, field)
    if motion.duration > max_seconds + limits.CLIP_LONG_TOLERANCE:
        raise InputRefused(
            field,
            found=f"the motion lasts {motion.duration:.2f} s",
            allowed=f"at most {max_seconds:g} s are allowed",
        )
    return motion


def _check_frames(performance: Performance, field: str) -> None:
    """Refuse motion without frames in which somebody is seen, or whose times do not rise."""
    import numpy as np

    if len(performance) < 2:
        raise InputRefused(field, found="the motion has a single frame", allowed="use a longer one")
    times = performance.times
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise InputRefused(field, found="the motion's times do not rise", allowed=_ALLOWED)
    seen = np.isfinite(performance.body).all(axis=(1, 2))
    if not (seen & np.isfinite(performance.world).all(axis=(1, 2))).any():
        raise InputRefused(field, found="the motion shows nobody", allowed=_ALLOWED)


def _read(path: Path, field: str) -> tuple[Performance, bool]:
    """What a file holds, and whether a face with its expression is among it."""
    import numpy as np

    from understudy.tracking.formats.animation.to_performance import performance_of_animation
    from understudy.tracking.formats.bvh_reading import read_bvh
    from understudy.tracking.formats.npz import load_npz
    from understudy.tracking.formats.openpose_reading import read_openpose

    try:
        if path.is_dir():
            return read_openpose(path), False
        with path.open("rb") as file:
            head = file.read(file_types.HEAD_BYTES)
        if _is_bvh(head):
            return performance_of_animation(read_bvh(path)), False
        if file_types.name_format(head) == "ZIP":
            performance = load_npz(path)
            return performance, bool(np.isfinite(performance.face).any())
        return read_openpose(path), False
    except ValueError as error:
        raise InputRefused(
            field, found=f"the motion cannot be read: {error}", allowed=_ALLOWED
        ) from error
    except OSError as error:
        raise InputRefused(
            field, found="the motion cannot be read", allowed="use a readable file"
        ) from error


def _is_bvh(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(_HEAD_OF_BVH)].upper() == _HEAD_OF_BVH


def _digest(path: Path, field: str) -> str:
    """Of a file's bytes, or of the names and bytes of a folder's JSON files."""
    digest = hashlib.sha256()
    try:
        if path.is_dir():
            for file in sorted(path.glob("*_keypoints.json")):
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
            return digest.hexdigest()
        limits.check_bytes(path.stat().st_size, max_bytes=_MOST_BYTES, field=field)
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InputRefused(
            field, found="the motion cannot be read", allowed="use a readable file"
        ) from error
