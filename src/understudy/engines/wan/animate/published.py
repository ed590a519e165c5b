"""Wan2.2-Animate-14B as its makers publish it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from understudy.engines.wan.published import MemoryNeeds, Published, Sampling
from understudy.media.limits import Mode

# The two areas that Wan's 14 B models are made for; 20 steps without guidance, as published.
_SAMPLING: Mapping[str, Mapping[Mode, Sampling]] = MappingProxyType(
    {"animate": MappingProxyType({"std": Sampling(832, 480, 20), "pro": Sampling(1280, 720, 20)})}
)

# 17.3 billion parameters with image encoder and autoencoder. On an H200 with random weights a
# segment of 77 frames at 832 x 480 allocated 49.4, of which 44.2 were weights, the text encoder's
# among them; base and per_token are Animate-2's, which lie above the rest. Streamed blocks were
# not measured with this model.
_NEEDS = MemoryNeeds(weights=33.8, base=6.4, per_token=4.3e-5, smallest_card=15.0)

ANIMATE = Published(
    name="wan-animate",
    folder_variable="UNDERSTUDY_WAN_ANIMATE",
    snapshots=("wan-animate",),
    index="model_index.json",
    kinds=MappingProxyType({"WanAnimatePipeline": "animate"}),
    models=("text_encoder", "image_encoder", "vae", "transformer"),
    others=("tokenizer", "scheduler", "image_processor"),
    fps=30,
    sampling=_SAMPLING,
    needs=_NEEDS,
)

# Frames of a segment.
LONG = 77
