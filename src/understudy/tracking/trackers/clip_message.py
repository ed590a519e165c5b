"""A clip as part of a message, and back."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from understudy.media.clip import Clip
from understudy.media.clip.display_transform import DisplayTransform
from understudy.processes.messages import Array, Message

_PLAIN = (
    "width", "height", "duration", "frame_count", "has_sound", "rotation", "digest", "start",
    "codec", "is_hdr", "field",
)  # fmt: skip
_TRANSFORM = ("transposed", "mirrored_x", "mirrored_y")


def clip_values(clip: Clip) -> dict[str, Any]:
    """The values of a clip that go into a message's header."""
    return {
        "path": str(clip.path),
        "fps": [clip.fps.numerator, clip.fps.denominator],
        "transform": {name: getattr(clip.transform, name) for name in _TRANSFORM},
        **{name: getattr(clip, name) for name in _PLAIN},
    }


def clip_arrays(clip: Clip) -> dict[str, Array]:
    """The arrays of a clip that go into a message."""
    return {"clip_times": clip.times, "clip_keyframes": clip.keyframes}


def clip_of(message: Message) -> Clip:
    """The clip whose values (under `clip`) and arrays a message carries."""
    values: Mapping[str, Any] = message.values["clip"]
    return Clip(
        path=Path(values["path"]),
        fps=Fraction(*values["fps"]),
        transform=DisplayTransform(**values["transform"]),
        times=message.arrays["clip_times"],
        keyframes=message.arrays["clip_keyframes"],
        **{name: values[name] for name in _PLAIN},
    )
