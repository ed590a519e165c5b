"""How Wan2.2-Animate-2 is run: what its makers publish, and what an operator may change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from understudy.media.limits import Mode
from understudy.weights import weights_folder

NAME = "wan-animate-2"
FOLDER_VARIABLE = "UNDERSTUDY_WAN_ANIMATE_2"
MEMORY_VARIABLE = "UNDERSTUDY_GPU_MEMORY_GIB"

Kind = Literal["base", "distilled"]

# Frames per second that the model was trained at.
FPS = 24
# The autoencoder makes one latent frame of the first frame and one of every four that follow.
FRAMES_PER_LATENT = 4
# Pixels: a latent pixel is 8 wide, a token 2 latent pixels.
SIDE_MULTIPLE = 16


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the frames of a mode are drawn.

    height, width: whose product is the area in pixels; the shape is the picture's. steps: of
    denoising.
    """

    height: int
    width: int
    steps: int


# std has the area that the checkpoints default to. pro has the area of 1280 x 720, which Wan 2.2's
# 14 B models are made for; Animate-2 at that area is not measured.
SAMPLING: Mapping[Kind, Mapping[Mode, Sampling]] = MappingProxyType(
    {
        "distilled": MappingProxyType(
            {"std": Sampling(800, 640, 10), "pro": Sampling(1280, 720, 10)}
        ),
        "base": MappingProxyType({"std": Sampling(800, 640, 40), "pro": Sampling(1280, 720, 40)}),
    }
)


@dataclass(frozen=True, slots=True)
class WanOptions:
    """folder: of the checkpoint; None for the one that `checkpoint_folder` names.

    sampling: by mode; None for `SAMPLING` of the checkpoint's kind. long, short: frames of a
    segment where memory is plenty and where it is not, each 4 k + 1. memory_gib: of the card that
    may be used; None for all of it. Raises ValueError for lengths and areas that the model cannot
    take.
    """

    folder: Path | None = None
    sampling: Mapping[Mode, Sampling] | None = None
    long: int = 81
    short: int = 37
    memory_gib: float | None = None

    def __post_init__(self) -> None:
        for length in (self.long, self.short):
            check_length(length)
        for sampling in (self.sampling or {}).values():
            if sampling.steps < 1 or min(sampling.height, sampling.width) < SIDE_MULTIPLE:
                raise ValueError(
                    f"a mode has at least 1 step and sides of {SIDE_MULTIPLE} px, not {sampling}"
                )


def check_length(frames: int) -> None:
    """Refuse a segment's length that the autoencoder cannot take; raises ValueError."""
    if frames <= FRAMES_PER_LATENT or frames % FRAMES_PER_LATENT != 1:
        raise ValueError(f"a segment has 4 k + 1 frames (5, 9, ..., 37, 81), not {frames}")


def checkpoint_folder(options: WanOptions) -> Path:
    """Where the checkpoint lies: as the options or the variable say, or in the weights' folder,
    where the distilled one comes before the base."""
    if options.folder is not None:
        return options.folder
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    distilled, base = weights_folder() / NAME, weights_folder() / f"{NAME}-base"
    return base if base.is_dir() and not distilled.is_dir() else distilled


def memory_limit(options: WanOptions) -> float | None:
    """GiB of the card that may be used, None for all. Raises ValueError for no number."""
    if options.memory_gib is not None:
        return options.memory_gib
    named = os.environ.get(MEMORY_VARIABLE)
    return float(named) if named else None
