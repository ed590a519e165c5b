"""Loading the pipeline's parts, and drawing segments as the stock pipeline does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import PIL.Image
import pytest
import torch

from understudy.engines.wan.animate.conditions import Conditions
from understudy.engines.wan.animate.drawer import AnimateDrawer
from understudy.engines.wan.animate.pipeline import load
from understudy.engines.wan.animate.published import ANIMATE
from understudy.engines.wan.checkpoint import find_checkpoint
from understudy.engines.wan.letterbox import FramePart
from understudy.engines.wan.placement import Placement
from understudy.engines.wan.published import Sampling
from understudy.engines.wan.segments import Segment

PROMPT = "one two three"
SIDE = 48


class Shown:
    """Conditions of a take of random frames."""

    def __init__(self, *, replaces: bool) -> None:
        rng = np.random.default_rng(0)
        self.pose = list(rng.integers(0, 256, (9, SIDE, SIDE, 3), dtype=np.uint8))
        self.face = list(rng.integers(0, 256, (9, 16, 16, 3), dtype=np.uint8))
        scene = list(rng.integers(0, 256, (9, SIDE, SIDE, 3), dtype=np.uint8))
        mask = np.zeros((SIDE, SIDE), np.uint8)
        mask[10:30, 10:30] = 1
        self.scene = scene if replaces else None
        self.mask = [mask] * 9 if replaces else None

    def of(self, segment: Segment) -> Conditions:
        part = slice(segment.start, segment.start + segment.length)
        return Conditions(
            self.pose[part],
            self.face[part],
            None if self.scene is None else self.scene[part],
            None if self.mask is None else self.mask[part],
        )

    def warnings(self) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize("replaces", [False, True])
def test_segments_are_what_the_stock_pipeline_draws(animate: Path, replaces: bool) -> None:
    """Both segments: the second one goes on from the first, by the same noise."""
    shown = Shown(replaces=replaces)
    picture = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    stock = diffusers.WanAnimatePipeline.from_pretrained(str(animate), local_files_only=True)
    stock.set_progress_bar_config(disable=True)
    prepare_latents = stock.prepare_latents

    def of_one_seed(*values: Any, generator: torch.Generator, **given: Any) -> Any:
        return prepare_latents(*values, generator=generator.manual_seed(11), **given)

    stock.prepare_latents = of_one_seed
    pictures = {
        "pose_video": shown.pose,
        "face_video": shown.face,
        "background_video": shown.scene,
        "mask_video": None if shown.mask is None else [mask * 255 for mask in shown.mask],
    }
    wanted = stock(
        image=PIL.Image.fromarray(picture),
        prompt=PROMPT,
        height=SIDE,
        width=SIDE,
        segment_frame_length=5,
        num_inference_steps=2,
        mode="replace" if replaces else "animate",
        generator=torch.Generator(),
        output_type="np",
        **{
            name: None if frames is None else [PIL.Image.fromarray(frame) for frame in frames]
            for name, frames in pictures.items()
        },
    ).frames[0]
    models = load(find_checkpoint(animate, ANIMATE), "cpu")
    models.place(Placement("host", "card", 5))
    drawer = AnimateDrawer(
        models,
        models.texts(PROMPT),
        Sampling(SIDE, SIDE, 2),
        picture,
        shown,
        FramePart(0, 0, SIDE, SIDE),
        1,
    )
    passes: list[tuple[int, int]] = []
    first = drawer.draw(Segment(0, 5), [], 11, lambda *told: passes.append(told))
    second = drawer.draw(Segment(4, 5), first[-1:], 11, lambda *_: None)
    assert passes == [(0, 2), (1, 2)]
    np.testing.assert_allclose(np.stack([*first, *second[1:]]), wanted, atol=1e-4)


def test_a_segment_is_drawn_in_the_precisions_that_a_card_uses(animate: Path) -> None:
    models = load(find_checkpoint(animate, ANIMATE), "cuda")
    assert models.pipeline.transformer.dtype == torch.bfloat16
    assert models.pipeline.vae.dtype == torch.float32
    models.device = "cpu"
    models.place(Placement("host", "card", 5))
    drawer = AnimateDrawer(
        models,
        {"prompt_embeds": torch.zeros(1, 512, 16, dtype=torch.bfloat16)},
        Sampling(SIDE, SIDE, 1),
        np.zeros((SIDE, SIDE, 3), np.uint8),
        Shown(replaces=True),
        FramePart(0, 0, SIDE, SIDE),
        1,
    )
    first = drawer.draw(Segment(0, 5), [], 1, lambda *_: None)
    second = drawer.draw(Segment(4, 5), first[-1:], 1, lambda *_: None)
    assert np.isfinite([*first, *second]).all()
    assert first[0].dtype == np.float32
