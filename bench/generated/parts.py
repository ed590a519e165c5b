"""What is measured beside the segments."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any, Literal

import diffusers
import torch
from diffusers.modular_pipelines import WanAnimate2DistilledBlocks
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from bench.generated import random_wan
from bench.generated.guard import clean
from bench.generated.scale import (
    PROMPT,
    PROMPT_TOKENS,
    SEED,
    STEPS,
    TINY,
    Bench,
    checked,
    inputs,
    noise,
)
from understudy.engines.wan.animate_2.frame_attention import attend_by_frame
from understudy.engines.wan.stage_meter import GIB, StageMeter

# The transformer's attention, at its true size.
HEADS, CHANNELS = 40, 128


def tiny_checkpoints(bench: Bench) -> dict[str, Any]:
    """Both pipelines of Animate-2 saved, loaded through the real loading code, and run whole."""
    seconds = {}
    with tempfile.TemporaryDirectory() as temporary:
        kinds: tuple[Literal["distilled", "base"], ...] = ("distilled", "base")
        for kind in kinds:
            folder = Path(temporary) / kind
            random_wan.save_tiny_checkpoint(folder, kind)
            loaded = diffusers.ModularPipeline.from_pretrained(str(folder))
            loaded.load_components(dtype=bench.dtype)
            for model in loaded.components.values():
                if isinstance(model, torch.nn.Module):
                    model.to(bench.device)
            attend_by_frame(loaded.transformer, bench.device, on_host=True)
            begun = time.perf_counter()
            videos = loaded(
                prompt=PROMPT,
                max_sequence_length=PROMPT_TOKENS,
                num_inference_steps=STEPS,
                segment_frame_length=TINY.short,
                **inputs(TINY, TINY.long, bench.device),
            )
            checked(videos[0], TINY.long, TINY)
            seconds[type(loaded).__name__] = round(time.perf_counter() - begun, 2)
    return {"seconds": seconds}


def build(bench: Bench) -> dict[str, Any]:
    """The parts of Animate-2, at the scale's shapes, on the device."""
    shapes, device, dtype = bench.scale.shapes, bench.device, bench.dtype
    torch.manual_seed(SEED)
    text_encoder = random_wan.text_encoder(shapes, device, dtype)
    blocks = WanAnimate2DistilledBlocks()
    text = blocks.sub_blocks.pop("text_encoder").init_pipeline()
    text.update_components(tokenizer=random_wan.tokenizer(), text_encoder=text_encoder)
    pipeline = blocks.init_pipeline()
    pipeline.update_components(
        scheduler=random_wan.scheduler(),
        image_encoder=random_wan.image_encoder(shapes, device, dtype),
        vae=random_wan.vae(shapes, device, dtype),
        transformer=random_wan.transformer(shapes, device, dtype),
    )
    bench.texts, bench.parts = text, pipeline
    models = {
        "text_encoder": text_encoder,
        "image_encoder": pipeline.image_encoder,
        "vae": pipeline.vae,
        "transformer": pipeline.transformer,
    }
    return {
        "parameters": {name: sum(p.numel() for p in m.parameters()) for name, m in models.items()},
        "weights_gib": {
            name: round(sum(p.nbytes for p in m.parameters()) / GIB, 2)
            for name, m in models.items()
        },
    }


def text(bench: Bench) -> dict[str, Any]:
    """Prompts are encoded once, then the text encoder makes room."""
    meter = StageMeter(bench.device)
    for name in ("first prompt", "prompt"):
        with meter.stage(name):
            state = bench.texts(prompt=PROMPT, max_sequence_length=PROMPT_TOKENS)
    names = ("prompt_embeds", "prompt_ref_embeds")
    bench.texts = {name: state.get(name) for name in names}
    return meter.figures()


def transfer(bench: Bench) -> dict[str, Any]:
    """Host to card from pinned memory, GB/s: what streaming can hope for."""
    if bench.device == "cpu":
        return {}
    host = torch.empty(2**30, dtype=torch.uint8, pin_memory=True)
    card = torch.empty_like(host, device="cuda")
    rates = {}
    for name, (target, source) in {"to card": (card, host), "to host": (host, card)}.items():
        target.copy_(source)
        torch.cuda.synchronize()
        begun = time.perf_counter()
        for _ in range(4):
            target.copy_(source, non_blocking=True)
        torch.cuda.synchronize()
        rates[name] = round(4 * host.nbytes / 1e9 / (time.perf_counter() - begun), 1)
    return {"gigabytes_per_second": rates}


def attention(bench: Bench) -> dict[str, Any]:
    """One latent frame's queries against a long segment's keys, by each of torch's kernels."""
    if bench.device == "cpu":
        return {}
    frame = bench.scale.height * bench.scale.width // 16**2
    keys = ((bench.scale.long - 1) // 4 + 3) * frame
    shapes = ((1, HEADS, frame, CHANNELS), (1, HEADS, keys, CHANNELS), (1, HEADS, keys, CHANNELS))
    query, key, value = (torch.randn(s, device="cuda", dtype=bench.dtype) for s in shapes)
    operations = 4 * HEADS * CHANNELS * frame * keys
    rates: dict[str, float | str] = {}
    for kernel in ("FLASH_ATTENTION", "CUDNN_ATTENTION", "EFFICIENT_ATTENTION"):
        try:
            with sdpa_kernel(getattr(SDPBackend, kernel)):
                for turn in range(12):
                    if turn == 2:
                        torch.cuda.synchronize()
                        begun = time.perf_counter()
                    functional.scaled_dot_product_attention(query, key, value)
                torch.cuda.synchronize()
            rates[kernel] = round(10 * operations / 1e12 / (time.perf_counter() - begun))
        except RuntimeError as refusal:
            rates[kernel] = str(refusal)[:120]
    return {"teraflops": rates}


def first_animate(bench: Bench) -> dict[str, Any]:
    """The first Animate model's pipeline, whole, weights resident."""
    bench.parts = bench.texts = None
    bench.videos.clear()
    clean(bench.device)
    scale = bench.scale
    width, height = scale.v1_size
    pipeline = random_wan.pipeline_v1(scale.shapes, bench.device, bench.dtype)
    face = pipeline.transformer.config.motion_encoder_size
    meter = StageMeter(bench.device)
    with meter.watching(pipeline.transformer, pipeline.vae):
        video = pipeline(
            image=noise(1, width, height)[0],
            pose_video=noise(scale.v1_frames, width, height),
            face_video=noise(scale.v1_frames, face, face),
            prompt=PROMPT,
            height=height,
            width=width,
            segment_frame_length=scale.v1_frames,
            num_inference_steps=STEPS,
            max_sequence_length=PROMPT_TOKENS,
            generator=torch.Generator(bench.device).manual_seed(SEED),
            output_type="pt",
        ).frames[0]
    if len(video) != scale.v1_frames or not torch.isfinite(video).all():
        raise ValueError(f"the video has {len(video)} frames, or values that are no numbers")
    return meter.figures()
