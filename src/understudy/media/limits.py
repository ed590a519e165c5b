"""Limits of inputs and outputs, as in the wire contract.

Every limit is inclusive. Durations carry a small tolerance, because containers round frame times
and because "30 s" at 29.97 fps is 30.03 s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from understudy.errors import InputRefused

Orientation = Literal["video", "image"]
Mode = Literal["std", "pro"]
Size = tuple[int, int]

MIB = 1024 * 1024

PICTURE_FIELD = "image_url"
PICTURE_FORMATS = ("jpeg", "png")
PICTURE_FORMATS_ALLOWED = "allowed: jpg, jpeg and png"
PICTURE_MAX_BYTES = 10 * MIB
PICTURE_MAX_BYTES_TASKS_DESIGN = 50 * MIB
PICTURE_MIN_SIDE = 300
PICTURE_MAX_SIDE = 65536
PICTURE_MAX_ASPECT = Fraction(5, 2)
# 65536 px at 2.5:1 would be 26214.4 px: the largest picture there is has to fit.
ASPECT_TOLERANCE = Fraction(1, 10_000)
PICTURE_SIZE_MESSAGE = "Image pixel is invalid"
"""The contract's sentence, as the others in capitals here: clients compare it."""
NO_BODY_IN_PICTURE_MESSAGE = (
    "Image recognition failed. No complete upper body detected in the image."
)
CHARACTER_MESSAGE = "The character in the reference image or the first frame is invalid"

CLIP_FIELD = "video_url"
CLIP_FORMATS = ("mp4", "mov")
CLIP_FORMATS_ALLOWED = "allowed: mp4 and mov"
CLIP_MAX_BYTES = 100 * MIB
CLIP_MIN_SIDE = 340
CLIP_MAX_SIDE = 3850
CLIP_MIN_SECONDS = 3
CLIP_MAX_SECONDS: dict[Orientation, int] = {"video": 30, "image": 10}
CLIP_TOO_SHORT_MESSAGE = "Video duration can not less than 3s"
NO_BODY_IN_CLIP_MESSAGE = "No complete upper body detected in the video"
OWN_CLIP_MAX_SECONDS = 3600
"""Of a clip that somebody animates on their own machine: the contract binds services alone."""
CLIP_SHORT_TOLERANCE = 0.05
CLIP_LONG_TOLERANCE = 0.1

ELEMENT_FIELD = "element_list"
ELEMENT_CLIP_MAX_BYTES = 200 * MIB
ELEMENT_CLIP_MAX_SECONDS = 8

MODEL_FIELD = "model_name"
PROMPT_FIELD = "prompt"
PROMPT_MAX_CHARACTERS = 2500

OUTPUT_MAX_FPS = 30
OUTPUT_SHORT_SIDE: dict[Mode, int] = {"std": 720, "pro": 1080}

# An average of "30 fps" taken from rounded frame times may lie a hair above 30.
FPS_TOLERANCE = Fraction(1, 200)


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """The limits that differ with what a clip is for.

    max_bytes: of the file. max_seconds: of the video stream.
    """

    max_bytes: int
    max_seconds: float


ELEMENT_CLIP_LIMITS = ClipLimits(ELEMENT_CLIP_MAX_BYTES, ELEMENT_CLIP_MAX_SECONDS)


def clip_limits(orientation: Orientation, max_seconds: float | None = None) -> ClipLimits:
    """The limits of a motion clip under an orientation.

    max_seconds: in place of the contract's, for either orientation. A clip that may last longer may
    have as many more bytes: the contract's 100 MB for every 30 s.
    """
    if max_seconds is None:
        return ClipLimits(CLIP_MAX_BYTES, CLIP_MAX_SECONDS[orientation])
    share = max(1.0, max_seconds / CLIP_MAX_SECONDS["video"])
    return ClipLimits(math.ceil(CLIP_MAX_BYTES * share), max_seconds)


OWN_CLIP_LIMITS = clip_limits("video", OWN_CLIP_MAX_SECONDS)


def output_fps(source_fps: Fraction) -> Fraction:
    """The output's frame rate: the clip's up to 30; above that every n-th frame of it, n least.

    Raises ValueError when the rate is not positive.
    """
    if source_fps <= 0:
        raise ValueError("a frame rate must be positive")
    if source_fps <= OUTPUT_MAX_FPS:
        return source_fps
    if source_fps <= OUTPUT_MAX_FPS * (1 + FPS_TOLERANCE):
        return Fraction(OUTPUT_MAX_FPS)
    step = math.ceil(source_fps / (OUTPUT_MAX_FPS * (1 + FPS_TOLERANCE)))
    return min(source_fps / step, Fraction(OUTPUT_MAX_FPS))


def output_size(width: int, height: int, mode: Mode) -> Size:
    """The output's (w, h) in pixels: the picture's aspect, short side 720 or 1080, both even."""
    short = OUTPUT_SHORT_SIDE[mode]
    long = 2 * round(short * max(width, height) / min(width, height) / 2)
    return (short, long) if width <= height else (long, short)


def check_bytes(found: int, *, max_bytes: int, field: str) -> None:
    """Refuse an empty file and one of more than `max_bytes`; raises InputRefused."""
    if found == 0:
        raise InputRefused(field, found="the file is empty", allowed=_at_most_bytes(max_bytes))
    if found > max_bytes:
        raise InputRefused(
            field, found=f"the file has {_bytes(found)}", allowed=_at_most_bytes(max_bytes)
        )


def check_picture_size(width: int, height: int, *, field: str = PICTURE_FIELD) -> None:
    """Refuse a picture whose sides or aspect are out of bounds; raises InputRefused."""
    bounds = (PICTURE_MIN_SIDE, PICTURE_MAX_SIDE)
    _check_sides(width, height, bounds, field, contract=PICTURE_SIZE_MESSAGE)
    if Fraction(max(width, height), min(width, height)) > PICTURE_MAX_ASPECT + ASPECT_TOLERANCE:
        raise InputRefused(
            field,
            found=f"the aspect ratio of {width} x {height} px is {_aspect(width, height)}",
            allowed="allowed: 1:2.5 to 2.5:1",
            contract=PICTURE_SIZE_MESSAGE,
        )


def check_clip_size(width: int, height: int, *, field: str = CLIP_FIELD) -> None:
    """Refuse a clip whose sides are out of bounds; raises InputRefused."""
    _check_sides(width, height, (CLIP_MIN_SIDE, CLIP_MAX_SIDE), field)


def check_clip_duration(seconds: float, *, max_seconds: float, field: str = CLIP_FIELD) -> None:
    """Refuse a clip that is too short or too long; raises InputRefused.

    The sentence for a short clip is the contract's own.
    """
    allowed = f"allowed: {CLIP_MIN_SECONDS} to {max_seconds:g} s"
    if seconds < CLIP_MIN_SECONDS - CLIP_SHORT_TOLERANCE:
        raise InputRefused(
            field,
            found=f"the video lasts {_seconds(seconds)}",
            allowed=allowed,
            message=CLIP_TOO_SHORT_MESSAGE,
        )
    if seconds > max_seconds + CLIP_LONG_TOLERANCE:
        raise InputRefused(field, found=f"the video lasts {_seconds(seconds)}", allowed=allowed)


def check_prompt(prompt: str, *, field: str = PROMPT_FIELD) -> None:
    """Refuse a prompt of more than 2500 characters; raises InputRefused."""
    if len(prompt) > PROMPT_MAX_CHARACTERS:
        raise InputRefused(
            field,
            found=f"{len(prompt)} characters",
            allowed=f"at most {PROMPT_MAX_CHARACTERS} characters are allowed",
        )


def _check_sides(
    width: int, height: int, bounds: tuple[int, int], field: str, *, contract: str = ""
) -> None:
    least, most = bounds
    if min(width, height) < least or max(width, height) > most:
        raise InputRefused(
            field,
            found=f"the size is {width} x {height} px",
            allowed=f"each side must be {least} to {most} px",
            contract=contract,
        )


def _at_most_bytes(limit: int) -> str:
    return f"at most {limit // MIB} MB is allowed"


def _bytes(count: int) -> str:
    # Two decimals, rounded up, so that what is too large never reads as the limit itself.
    return f"{math.ceil(count / MIB * 100) / 100:.2f} MB"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _aspect(width: int, height: int) -> str:
    ratio = max(width, height) / min(width, height)
    # Rounded up for the same reason as bytes.
    long = f"{math.ceil(ratio * 100) / 100:.2f}"
    return f"{long}:1" if width > height else f"1:{long}"
