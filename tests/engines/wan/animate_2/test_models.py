"""Loading, sharing and drawing with the real pipelines' parts."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import diffusers
import numpy as np
import PIL.Image
import pytest
import torch
from diffusers import DPMSolverMultistepScheduler, UniPCMultistepScheduler

from understudy.engines.wan.animate_2.denoising import Denoiser
from understudy.engines.wan.animate_2.models import check_solver, load
from understudy.engines.wan.animate_2.published import ANIMATE_2
from understudy.engines.wan.checkpoint import find_checkpoint
from understudy.engines.wan.models import Holder, WanModels
from understudy.engines.wan.placement import Placement
from understudy.engines.wan.published import Sampling
from understudy.engines.wan.segments import Segment
from understudy.errors import EngineUnavailable, TakeCancelled

PROMPT = "one two three"


@dataclass(frozen=True)
class Shown:
    """A driving video of a single segment."""

    frames: list[PIL.Image.Image]

    def of(self, segment: Segment) -> list[np.ndarray]:
        return [np.asarray(frame) for frame in self.frames[: segment.length]]


def test_a_segment_is_what_the_stock_pipeline_draws(distilled: Path) -> None:
    rng = np.random.default_rng(0)
    picture, *driving = (
        PIL.Image.fromarray(rng.integers(0, 256, (48, 48, 3), dtype=np.uint8)) for _ in range(6)
    )
    stock = diffusers.ModularPipeline.from_pretrained(str(distilled))
    stock.load_components(pretrained_model_name_or_path=str(distilled), local_files_only=True)
    from understudy.engines.wan.animate_2.frame_attention import attend_by_frame

    attend_by_frame(stock.transformer, "cpu", on_host=False)
    wanted = stock(
        prompt=PROMPT,
        image=picture,
        driving_video=driving,
        height=48,
        width=48,
        segment_frame_length=5,
        num_inference_steps=2,
        max_sequence_length=32,
        generator=torch.Generator("cpu").manual_seed(11),
        output="videos",
        output_type="np",
    )[0]
    models = load(find_checkpoint(distilled, ANIMATE_2), "cpu")
    models.place(Placement("host", "host", 5))
    denoiser = Denoiser(
        models,
        models.texts(PROMPT),
        Sampling(48, 48, 2),
        picture,
        driving[0],
        lambda _: Shown(driving),
    )
    passes: list[tuple[int, int]] = []
    drawn = denoiser.draw(Segment(0, 5), [], 11, lambda *told: passes.append(told))
    assert passes == [(0, 3), (1, 3), (2, 3)]
    np.testing.assert_allclose(np.stack(drawn), wanted, atol=1e-4)


def test_two_takes_share_one_model_and_wait_for_one_another() -> None:
    holder = Holder()
    made: list[WanModels] = []

    def make() -> WanModels:
        made.append(WanModels(None, lambda _: {}, "cpu"))
        return made[-1]

    waited = threading.Event()

    def second() -> None:
        with holder.borrowed("a", make, lambda: False) as models:
            assert models is made[0]
            waited.set()

    thread = threading.Thread(target=second)
    with holder.borrowed("a", make, lambda: False):
        thread.start()
        with pytest.raises(TakeCancelled), holder.borrowed("a", make, lambda: True):
            pass
        assert not waited.is_set()
    thread.join(10)
    assert waited.is_set()
    assert len(made) == 1
    with holder.borrowed("b", make, lambda: False) as models:
        assert models is made[1]


def test_solvers_whose_steps_take_no_generator_are_refused() -> None:
    check_solver(DPMSolverMultistepScheduler())
    with pytest.raises(EngineUnavailable, match=r"UniPC.*take no generator"):
        check_solver(UniPCMultistepScheduler())
