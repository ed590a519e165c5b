"""The files that a take can be written as, by the ending of their name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

SoundCodec = Literal["aac", "libopus"]

OutputName = Literal["mp4", "webm", "mov", "gif", "webp", "png"]

SEQUENCE = ""
"""The ending of a folder of PNG files, one for each frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How frames become a file. Names are libav's.

    pixels: the pixel format. alpha_pixels: of frames with alpha; None where the format cannot be
    transparent. options, alpha_options: the codec's. container_options: the container's. sound:
    the codec of its sound, None where it holds none. seconds_between_keyframes: None where every
    frame stands alone or the codec decides.
    """

    container: str
    codec: str
    pixels: str
    alpha_pixels: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    alpha_options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)
    sound: SoundCodec | None = None
    seconds_between_keyframes: float | None = None


# A player can jump to any keyframe; the codecs' own distances are too long for short videos.
_KEYFRAME_SECONDS = 4.0

H264_MP4 = Encoding(
    container="mp4",
    codec="libx264",
    pixels="yuv420p",
    # x264's constant quality, 0 (lossless) to 51, and its trade of time for size.
    options={"crf": "18", "preset": "veryfast"},
    container_options={"movflags": "+faststart", "fflags": "+bitexact"},
    sound="aac",
    seconds_between_keyframes=_KEYFRAME_SECONDS,
)

VP9_WEBM = Encoding(
    container="webm",
    codec="libvpx-vp9",
    pixels="yuv420p",
    alpha_pixels="yuva420p",
    # Constant quality, 0 to 63, without a bound on the rate; `cpu-used` trades time for size.
    options={
        "crf": "24",
        "b:v": "0",
        "deadline": "realtime",
        "cpu-used": "6",
        "row-mt": "1",
        # Frames that are never shown have no alpha, which the other frames would refer to.
        "auto-alt-ref": "0",
    },
    sound="libopus",
    seconds_between_keyframes=_KEYFRAME_SECONDS,
)

PRORES_MOV = Encoding(
    container="mov",
    codec="prores_ks",
    pixels="yuv444p10le",
    alpha_pixels="yuva444p10le",
    options={"profile": "4444", "vendor": "apl0"},
    alpha_options={"alpha_bits": "16"},
    container_options={"movflags": "+faststart", "fflags": "+bitexact"},
    sound="aac",
)

WEBP = Encoding(
    container="webp",
    codec="libwebp_anim",
    # The encoder converts by itself, to the colours that the format prescribes.
    pixels="bgra",
    alpha_pixels="bgra",
    # 0 to 100; the method, 0 to 6, trades time for size.
    options={"quality": "85", "compression_level": "2", "lossless": "0"},
    container_options={"loop": "0"},
)

GIF = Encoding(
    container="gif",
    codec="gif",
    pixels="pal8",
    alpha_pixels="pal8",
    container_options={"loop": "0"},
)


def output_name(suffix: str) -> OutputName:
    """The name of the format of a file with that ending; of a folder without one, `png`."""
    return cast("OutputName", suffix.lower().lstrip(".") or "png")


ENCODINGS: Mapping[str, Encoding] = {
    ".mp4": H264_MP4,
    ".webm": VP9_WEBM,
    ".mov": PRORES_MOV,
    ".gif": GIF,
    ".webp": WEBP,
}
