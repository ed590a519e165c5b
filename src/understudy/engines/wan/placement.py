"""Where a model's parts lie while it runs, chosen by the memory of the card and the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from understudy.engines.wan.options import WanOptions
from understudy.engines.wan.published import (
    FRAMES_PER_LATENT,
    SIDE_MULTIPLE,
    MemoryNeeds,
    Published,
    Sampling,
)
from understudy.errors import EngineUnavailable

Place = Literal["card", "host"]


@dataclass(frozen=True, slots=True)
class Placement:
    """weights: on the card, or streamed from the host block by block. cache: where the driving
    video's keys and values stay; on the card for a model without. frames: of a segment at most."""

    weights: Place
    cache: Place
    frames: int


def choose(
    card_gib: float, host_gib: float, sampling: Sampling, options: WanOptions, published: Published
) -> Placement:
    """The fastest placement that fits: streamed weights cost a hundredth of a step, a cache on the
    host some seconds a segment, shorter segments more seams.

    Raises EngineUnavailable when none fits.
    """
    needs = published.needs
    smallest = _smallest(options.short, needs)
    placements: tuple[Placement, ...] = (
        Placement("card", "card", options.long),
        Placement("host", "card", options.long),
        *((Placement("host", "host", options.long),) if needs.cache_per_token else ()),
        Placement("host", "card", options.short),
        smallest,
    )
    for placement in placements:
        card, host = _needed(placement, sampling, options, needs)
        if card <= card_gib and host <= host_gib:
            return placement
    card, host = _needed(smallest, sampling, options, needs)
    raise EngineUnavailable(
        f"{published.name} needs a GPU with {card:.0f} GiB and, if that is small, about "
        f"{host:.0f} GiB of host memory; this machine has {card_gib:.0f} and {host_gib:.0f} GiB"
    )


def fallback(placement: Placement, options: WanOptions, needs: MemoryNeeds) -> Placement | None:
    """What to try once when memory ran out; None where that is what was tried."""
    smaller = _smallest(min(options.short, placement.frames), needs)
    return None if smaller == placement else smaller


def _smallest(frames: int, needs: MemoryNeeds) -> Placement:
    return Placement("host", "host" if needs.cache_per_token else "card", frames)


def _needed(
    placement: Placement, sampling: Sampling, options: WanOptions, needs: MemoryNeeds
) -> tuple[float, float]:
    """GiB of the card and of the host."""
    latent_frames = (placement.frames - 1) // FRAMES_PER_LATENT + 1
    tokens = sampling.height * sampling.width / SIDE_MULTIPLE**2 * latent_frames
    cache = tokens * needs.cache_per_token
    host = 0.0 if placement.weights == "card" else needs.host_weights
    if placement.cache == "host":
        long = placement.frames > options.short
        card = needs.long_host_cache_card if long else needs.smallest_card
        return card, host + cache * needs.host_cache
    card = needs.base + tokens * needs.per_token + cache
    card += needs.weights if placement.weights == "card" else 0.0
    return max(card / needs.share, needs.smallest_card), host
