"""One segment of Animate-2, in the ways that an operator may choose."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
from diffusers.models.transformers.transformer_wan_animate_2 import WanAnimate2AttnProcessor
from torch.nn.attention import flex_attention

from bench.generated.scale import STEPS, Bench, Setup, checked, held_to, inputs
from understudy.engines.wan.animate_2.frame_attention import attend_by_frame
from understudy.engines.wan.stage_meter import StageMeter

_PLAIN_FLEX = flex_attention.flex_attention


def segment_part(setup: Setup) -> Callable[[Bench], dict[str, Any]]:
    def part(bench: Bench) -> dict[str, Any]:
        return _segment(bench, setup)

    return part


def _segment(bench: Bench, setup: Setup) -> dict[str, Any]:
    """One segment as `setup` says, through every block but the text encoder's."""
    pipeline, device = bench.parts, bench.device
    if setup.weights == "host":
        stream_the_blocks(bench)
    if setup.attention == "flex":
        _attend_flex(pipeline.transformer, device)
    else:
        attend_by_frame(pipeline.transformer, device, on_host=setup.cache == "host")
    meter = StageMeter(device)
    begun = time.perf_counter()
    with held_to(setup.cap_gib, device), meter.watching(pipeline.transformer, pipeline.vae):
        videos = pipeline(
            **bench.texts,
            num_inference_steps=STEPS,
            segment_frame_length=setup.frames,
            **inputs(bench.scale, setup.frames, device),
        )
    whole = time.perf_counter() - begun
    checked(videos[0], setup.frames, bench.scale)
    first = bench.videos.setdefault(setup.frames, videos[0])
    return {
        "whole_seconds": round(whole, 2),
        "contrast": round(videos[0].std().item(), 5),
        "difference": round((videos[0] - first).abs().mean().item(), 6),
        **meter.figures(),
    }


def stream_the_blocks(bench: Bench) -> dict[str, Any]:
    """Move the transformer's blocks to pinned host memory; each visits the card for its turn."""
    if not bench.streamed:
        on_card = bench.device == "cuda"
        bench.parts.transformer.enable_group_offload(
            onload_device=torch.device(bench.device),
            offload_device=torch.device("cpu"),
            offload_type="block_level",
            num_blocks_per_group=1,
            use_stream=on_card,
            record_stream=on_card,
        )
        bench.streamed = True
    return {}


def _attend_flex(transformer: Any, device: str) -> None:
    """diffusers' own attention; of it flex attention alone is compiled, and on a card only."""
    for block in transformer.blocks:
        block.self_attn.set_processor(WanAnimate2AttnProcessor())
    with suppress(AttributeError):
        del transformer.create_mask
    transformer.block_masks.clear()
    if device == "cuda" and flex_attention.flex_attention is _PLAIN_FLEX:
        flex_attention.flex_attention = torch.compile(_PLAIN_FLEX, dynamic=False)
