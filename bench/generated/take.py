"""Whole takes through `wan-animate-2` at its true size: `python -m bench.generated.take --out DIR`.

Weights are random, so that the frames show nothing; time and memory are those of real ones. The
first take is what the card's memory allows. For the second the allocator is held to what a card of
24 GB has, so that memory runs out on the way: the take must go on with short segments and
everything on the host.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.modular_pipelines import WanAnimate2DistilledBlocks

from bench.generated import random_wan
from bench.generated.machine import describe_machine
from bench.generated.scale import FULL, SEED, SMALL_CARD_GIB, TINY, Scale, held_to
from understudy.engines import EngineJob, EngineReport
from understudy.engines.wan import WanAnimate2Engine, WanOptions
from understudy.engines.wan.animate_2.models import models_of
from understudy.engines.wan.checkpoint import Checkpoint
from understudy.engines.wan.engine import ModelSource
from understudy.engines.wan.models import WanModels
from understudy.engines.wan.published import Sampling
from understudy.media.clip import Clip, open_clip
from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.yuv import YuvConverter
from understudy.media.picture import Picture

FPS = Fraction(24)
CLIP_SIZE = (720, 1280)
PROMPT = "A dancer in a red coat with silver buttons; a bright studio with a wooden floor"


def main() -> None:
    """Run the takes, print and write what they report."""
    parser = argparse.ArgumentParser(prog="python -m bench.generated.take", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--tiny", action="store_true", help="tiny models: checks this module")
    parser.add_argument("--frames", type=int, default=121, help="of the first take")
    parser.add_argument("--short-frames", type=int, default=61, help="of the second take")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scale = TINY if arguments.tiny else FULL
    sampling = Sampling(scale.height, scale.width, 2 if arguments.tiny else 10)
    options = WanOptions(sampling={"std": sampling}, long=scale.long, short=scale.short)
    source = ModelSource(
        Checkpoint(Path("random"), "distilled", None, None, "random"),
        lambda: _models(scale, device),
    )
    engine = WanAnimate2Engine(options, device=device, source=source)
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        clip = _clip(Path(folder) / "clip.mp4", max(arguments.frames, arguments.short_frames))
        for name, frames, cap in (
            ("as the card allows", arguments.frames, None),
            ("memory runs out", arguments.short_frames, SMALL_CARD_GIB),
        ):
            with held_to(cap, device):
                results.append({"take": name, **_take(engine, clip, frames, arguments.out)})
            print(json.dumps(results[-1]), flush=True)
            written = {"machine": describe_machine(device), "takes": results}
            (arguments.out / "takes.json").write_text(json.dumps(written, indent=1))


def _take(engine: WanAnimate2Engine, clip: Clip, frames: int, out: Path) -> dict[str, Any]:
    """One take, written as a video; what went wrong is a result as well."""
    job = _job(clip, frames)
    told: list[EngineReport] = []
    times: list[float] = []
    began = time.perf_counter()
    converter = YuvConverter()
    try:
        with VideoWriter(
            out / f"take-{frames}.mp4",
            job.size,
            FPS,
            sound=None,
            provenance=Provenance("bench", "random weights"),
        ) as writer:
            for frame in engine.frames(job, on_report=told.append):
                writer.write_yuv420(converter.planes(frame))
                times.append(time.perf_counter() - began)
    except Exception as failure:
        return {"status": f"{type(failure).__name__}: {failure}"[:600], "frames": len(times)}
    (report,) = told
    return {
        "status": "done",
        "frames": len(times),
        "first_frame_seconds": round(times[0], 1),
        "seconds": round(time.perf_counter() - began, 1),
        "warnings": report.warnings,
        **report.details,
    }


def _job(clip: Clip, frames: int) -> EngineJob:
    rng = np.random.default_rng(SEED)
    rgb = rng.integers(0, 256, (1280, 1024, 3), dtype=np.uint8)
    return EngineJob(
        size=(720, 900),
        fps=FPS,
        frames=frames,
        orientation="video",
        prompt=PROMPT,
        seed=SEED,
        picture=Picture(rgb, None, (1024, 1280), "0" * 64),
        clip=clip,
    )


def _clip(path: Path, frames: int) -> Clip:
    """A bright square that moves across the frame and rests now and then."""
    converter = YuvConverter()
    width, height = CLIP_SIZE
    left = 0
    with VideoWriter(
        path, CLIP_SIZE, FPS, sound=None, provenance=Provenance("bench", "bench")
    ) as writer:
        for index in range(max(frames, 80)):
            left += 0 if index % 24 < 6 else 4
            frame = np.full((height, width, 3), 60, np.uint8)
            place = left % (width - 200)
            frame[400:900, place : place + 200] = (210, 160, 90)
            writer.write_yuv420(converter.planes(frame))
    return open_clip(path, orientation="video")


def _models(scale: Scale, device: str) -> WanModels:
    """The parts at their true size, made on the device; the text encoder is made when asked for."""
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    torch.manual_seed(SEED)
    blocks = WanAnimate2DistilledBlocks()
    text_blocks = blocks.sub_blocks.pop("text_encoder")
    pipeline = blocks.init_pipeline()
    pipeline.update_components(
        scheduler=random_wan.scheduler(),
        image_encoder=random_wan.image_encoder(scale.shapes, device, dtype),
        vae=random_wan.vae(scale.shapes, device, dtype),
        transformer=random_wan.transformer(scale.shapes, device, dtype),
    )

    def load_text() -> Any:
        text = text_blocks.init_pipeline()
        text.update_components(
            tokenizer=random_wan.tokenizer(),
            text_encoder=random_wan.text_encoder(scale.shapes, device, dtype),
        )
        return text

    return models_of(pipeline, load_text, device)


if __name__ == "__main__":
    main()
