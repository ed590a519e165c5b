"""Wan2.2-Animate-2-14B as its makers publish it, base and distilled."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from understudy.engines.wan.published import MemoryNeeds, Published, Sampling
from understudy.media.limits import Mode

# std has the area that the checkpoints default to. pro has the area of 1280 x 720, which Wan 2.2's
# 14 B models are made for; Animate-2 at that area is not measured.
_SAMPLING: Mapping[str, Mapping[Mode, Sampling]] = MappingProxyType(
    {
        "distilled": MappingProxyType(
            {"std": Sampling(800, 640, 10), "pro": Sampling(1280, 720, 10)}
        ),
        "base": MappingProxyType({"std": Sampling(800, 640, 40), "pro": Sampling(1280, 720, 40)}),
    }
)

# From one segment of 800 x 640 pixels on an H200 with random weights: the most that was allocated,
# without the cache, was 7.2 at 37 frames and 8.1 at 81 beside streamed blocks. The cache holds keys
# and values of 40 layers of 5120 channels. With it on the host the allocator reserved 13.0 at 37
# frames and 20.4 at 81; with less nothing was tried.
_NEEDS = MemoryNeeds(
    weights=32.3,
    base=6.4,
    per_token=4.3e-5,
    cache_per_token=5120 * 2 * 2 * 40 / 2**30,
    smallest_card=15.0,
    long_host_cache_card=22.5,
)

ANIMATE_2 = Published(
    name="wan-animate-2",
    folder_variable="UNDERSTUDY_WAN_ANIMATE_2",
    snapshots=("wan-animate-2", "wan-animate-2-base"),
    index="modular_model_index.json",
    kinds=MappingProxyType(
        {
            "WanAnimate2ModularPipeline": "base",
            "WanAnimate2DistilledModularPipeline": "distilled",
        }
    ),
    models=("text_encoder", "image_encoder", "vae", "transformer"),
    others=("tokenizer", "scheduler"),
    fps=24,
    sampling=_SAMPLING,
    needs=_NEEDS,
)
