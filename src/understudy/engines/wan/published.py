"""What the makers publish of a model, and what its pipeline insists on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.media.limits import Mode

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeeds:
    """GiB that a model takes in bfloat16 (docs/engines.md).

    weights: of transformer, image encoder and autoencoder. base, per_token: what a segment takes
    beside weights and cache. cache_per_token: of a cache that may stay on the host; 0 where there
    is none. share: of a card that may be allocated; the rest goes to the allocator's gaps and the
    driver. smallest_card: what was tried, or counted, at least. long_host_cache_card: what long
    segments take with the cache on the host. host_weights, host_cache: what the host's pinned
    memory takes, which torch rounds up to powers of two, with the process itself.
    """

    weights: float
    base: float
    per_token: float
    cache_per_token: float = 0.0
    share: float = 0.85
    smallest_card: float
    long_host_cache_card: float = 0.0
    host_weights: float = 50.0
    host_cache: float = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A model as its makers publish it.

    name: the engine's. folder_variable: the environment's variable for a folder of one's own.
    snapshots: in the catalogue of weights, those that come first are preferred. index: the file
    that names the pipeline's class. kinds: by that class, what the report calls the model. models:
    parts that hold tensors. others: parts that hold none. fps: that the model was trained at.
    sampling: by kind and mode.
    """

    name: str
    folder_variable: str
    snapshots: tuple[str, ...]
    index: str
    kinds: Mapping[str, str]
    models: tuple[str, ...]
    others: tuple[str, ...]
    fps: int
    sampling: Mapping[str, Mapping[Mode, Sampling]]
    needs: MemoryNeeds
