"""What is measured and what is in hand while measuring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import PIL.Image
import torch

from bench.generated import random_wan
from understudy.engines.wan.stage_meter import GIB

PROMPT = "A dancer in a red coat with silver buttons; a bright studio with a wooden floor."
# Words that the tokens of a prompt are cut or filled up to.
PROMPT_TOKENS = 32
SEED = 7
# One pass to warm up, one to believe: what a step costs is the last one's time.
STEPS = 2
# The allocator's share of a card sold as 24 GB: the driver and the context take the rest.
SMALL_CARD_GIB = 22.5


@dataclass(frozen=True)
class Setup:
    """One way to run a segment.

    frames: of the segment. weights: all on the card, or streamed from host memory block by block.
    cache: where the driving video's keys and values stay. cap_gib: the memory the card is held to.
    """

    name: str
    frames: int
    weights: Literal["card", "host"]
    cache: Literal["card", "host"]
    attention: Literal["frames", "flex"]
    cap_gib: float | None = None


@dataclass(frozen=True)
class Scale:
    """What is run: the models' shapes, the target size and the segments' lengths."""

    shapes: random_wan.Shapes
    height: int
    width: int
    long: int
    short: int
    v1_size: tuple[int, int]
    v1_frames: int


FULL = Scale(random_wan.FULL, 800, 640, 81, 37, (832, 480), 77)
TINY = Scale(random_wan.TINY, 96, 64, 9, 5, (64, 48), 9)


@dataclass
class Bench:
    """The models in hand; parts make and change them."""

    scale: Scale
    device: str
    dtype: Any
    parts: Any = None
    texts: Any = None
    streamed: bool = False
    # The first video of each length: every other way should draw nearly the same.
    videos: dict[int, Any] = field(default_factory=dict)


def inputs(scale: Scale, frames: int, device: str) -> dict[str, Any]:
    """What both pipelines of Animate-2 are asked for, beside the text and the segments."""
    return {
        "image": noise(1, scale.width, scale.height)[0],
        "driving_video": noise(frames, scale.width, scale.height),
        "height": scale.height,
        "width": scale.width,
        "generator": torch.Generator(device).manual_seed(SEED),
        "output": "videos",
        "output_type": "pt",
    }


def noise(frames: int, width: int, height: int) -> list[PIL.Image.Image]:
    rng = np.random.default_rng(SEED)
    shape = (height, width, 3)
    return [PIL.Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)) for _ in range(frames)]


def checked(video: Any, frames: int, scale: Scale) -> None:
    """Refuse (frames, 3, height, width) of another shape, or with values that are no numbers."""
    expected = (frames, 3, scale.height, scale.width)
    if tuple(video.shape) != expected or not torch.isfinite(video).all():
        raise ValueError(f"a video of {expected} was expected; this is {tuple(video.shape)}")


@contextmanager
def held_to(gib: float | None, device: str) -> Iterator[None]:
    """Let the allocator take so much of the card and no more."""
    if gib is None or device == "cpu":
        yield
        return
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, gib * GIB / total))
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
