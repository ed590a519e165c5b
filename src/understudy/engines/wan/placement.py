"""Where the model's parts lie while it runs, chosen by the memory of the card and the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from understudy.engines.wan.options import FRAMES_PER_LATENT, SIDE_MULTIPLE, Sampling, WanOptions
from understudy.errors import EngineUnavailable

Place = Literal["card", "host"]


@dataclass(frozen=True, slots=True)
class Placement:
    """weights: on the card, or streamed from the host block by block. cache: where the driving
    video's keys and values stay. frames: of a segment at most."""

    weights: Place
    cache: Place
    frames: int


@dataclass(frozen=True, slots=True)
class _Needs:
    """GiB, from one segment of 800 x 640 pixels on an H200 with random weights in bfloat16
    (docs/engines.md): the most that was allocated, without the cache, was 7.2 at 37 frames and 8.1
    at 81 beside streamed blocks.

    weights: of transformer, image encoder and autoencoder. base, per_token: what a segment takes
    beside weights and cache. cache_per_token: keys and values of 40 layers of 5120 channels.
    share: of a card that may be allocated; the rest goes to the allocator's gaps and the driver.
    smallest_card, long_host_cache_card: with the cache on the host the allocator reserved 13.0 at
    37 frames and 20.4 at 81; with less nothing was tried. host_weights, host_cache: what the
    host's pinned memory takes, which torch rounds up to powers of two, with the process itself.
    """

    weights: float = 32.3
    base: float = 6.4
    per_token: float = 4.3e-5
    cache_per_token: float = 5120 * 2 * 2 * 40 / 2**30
    share: float = 0.85
    smallest_card: float = 15.0
    long_host_cache_card: float = 22.5
    host_weights: float = 50.0
    host_cache: float = 1.25


NEEDS = _Needs()


def choose(card_gib: float, host_gib: float, sampling: Sampling, options: WanOptions) -> Placement:
    """The fastest placement that fits: streamed weights cost a hundredth of a step, a cache on the
    host some seconds a segment, shorter segments more seams.

    Raises EngineUnavailable when none fits.
    """
    smallest = Placement("host", "host", options.short)
    for placement in (
        Placement("card", "card", options.long),
        Placement("host", "card", options.long),
        Placement("host", "host", options.long),
        Placement("host", "card", options.short),
        smallest,
    ):
        card, host = _needed(placement, sampling, options)
        if card <= card_gib and host <= host_gib:
            return placement
    card, host = _needed(smallest, sampling, options)
    raise EngineUnavailable(
        f"wan-animate-2 needs a GPU with {card:.0f} GiB and, if that is small, about {host:.0f} GiB"
        f" of host memory; this machine has {card_gib:.0f} and {host_gib:.0f} GiB"
    )


def fallback(placement: Placement, options: WanOptions) -> Placement | None:
    """What to try once when memory ran out; None where that is what was tried."""
    smaller = Placement("host", "host", min(options.short, placement.frames))
    return None if smaller == placement else smaller


def _needed(placement: Placement, sampling: Sampling, options: WanOptions) -> tuple[float, float]:
    """GiB of the card and of the host."""
    latent_frames = (placement.frames - 1) // FRAMES_PER_LATENT + 1
    tokens = sampling.height * sampling.width / SIDE_MULTIPLE**2 * latent_frames
    cache = tokens * NEEDS.cache_per_token
    host = 0.0 if placement.weights == "card" else NEEDS.host_weights
    if placement.cache == "host":
        long = placement.frames > options.short
        card = NEEDS.long_host_cache_card if long else NEEDS.smallest_card
        return card, host + cache * NEEDS.host_cache
    card = NEEDS.base + tokens * NEEDS.per_token + cache
    card += NEEDS.weights if placement.weights == "card" else 0.0
    return card / NEEDS.share, host
