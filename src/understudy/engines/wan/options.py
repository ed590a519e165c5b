"""What an operator or a test may change of how a model is run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from understudy.engines.wan.published import FRAMES_PER_LATENT, SIDE_MULTIPLE, Published, Sampling
from understudy.media.limits import Mode
from understudy.weights import weights_folder

MEMORY_VARIABLE = "UNDERSTUDY_GPU_MEMORY_GIB"

# Frames that two segments may share: one latent frame, or two.
OVERLAPS = (1, 5)


@dataclass(frozen=True, slots=True)
class WanOptions:
    """folder: of the checkpoint; None for the one that `checkpoint_folder` names.

    sampling: by mode; None for the published one. long, short: frames of a segment where memory is
    plenty and where it is not, each 4 k + 1. memory_gib: of the card that may be used; None for all
    of it. overlap: frames that a segment shares with the one before. Raises ValueError for lengths
    and areas that the models cannot take.
    """

    folder: Path | None = None
    sampling: Mapping[Mode, Sampling] | None = None
    long: int = 81
    short: int = 37
    memory_gib: float | None = None
    overlap: int = 1

    def __post_init__(self) -> None:
        for length in (self.long, self.short):
            check_length(length, self.overlap)
        for sampling in (self.sampling or {}).values():
            if sampling.steps < 1 or min(sampling.height, sampling.width) < SIDE_MULTIPLE:
                raise ValueError(
                    f"a mode has at least 1 step and sides of {SIDE_MULTIPLE} px, not {sampling}"
                )


def check_length(frames: int, overlap: int = 1) -> None:
    """Refuse a segment's length that the autoencoder cannot take, or that leaves cuts no choice
    beside the frames that segments share; raises ValueError."""
    if overlap not in OVERLAPS:
        raise ValueError(f"segments share 1 or 5 frames, not {overlap}")
    if frames <= FRAMES_PER_LATENT * overlap or frames % FRAMES_PER_LATENT != 1:
        least = FRAMES_PER_LATENT * overlap + 1
        raise ValueError(f"a segment has 4 k + 1 frames, {least} at least, not {frames}")


def checkpoint_folder(options: WanOptions, published: Published) -> Path:
    """Where the checkpoint lies: as the options or the variable say, or in the weights' folder,
    where the snapshot that comes first wins."""
    if options.folder is not None:
        return options.folder
    named = os.environ.get(published.folder_variable)
    if named:
        return Path(named)
    folders = [weights_folder() / name for name in published.snapshots]
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def memory_limit(options: WanOptions) -> float | None:
    """GiB of the card that may be used, None for all. Raises ValueError for no number."""
    if options.memory_gib is not None:
        return options.memory_gib
    named = os.environ.get(MEMORY_VARIABLE)
    return float(named) if named else None
