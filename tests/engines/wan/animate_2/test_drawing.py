"""Whole takes through the real pipelines, with tiny random weights, on the CPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.engines.wan.conftest import MakeJob
from understudy.engines import EngineJob, EngineReport
from understudy.engines.wan import WanAnimate2Engine, WanOptions
from understudy.engines.wan.models import HOLDER
from understudy.engines.wan.segments import Segment
from understudy.errors import EngineUnavailable, TakeCancelled


def draw(
    options: WanOptions, job: EngineJob, **given: Any
) -> tuple[list[np.ndarray], EngineReport]:
    told: list[EngineReport] = []
    engine = WanAnimate2Engine(options, device="cpu")
    frames = list(engine.frames(job, on_report=told.append, **given))
    (report,) = told
    return frames, report


def test_a_take_of_several_segments_has_the_jobs_frames_and_size_and_says_how_it_was_made(
    options: WanOptions, make_job: MakeJob
) -> None:
    said: list[tuple[str, float]] = []
    frames, report = draw(options, make_job(20), on_progress=lambda *told: said.append(told))
    assert len(frames) == 20
    assert {(frame.shape, frame.dtype.name) for frame in frames} == {((98, 62, 3), "uint8")}
    details = report.details
    starts = [segment["start"] for segment in details["segments"]]
    ends = [segment["start"] + segment["length"] - 1 for segment in details["segments"]]
    assert starts == [0, *ends[:-1]]
    assert ends[-1] >= 19
    assert len(details["seams"]) == len(starts) - 1
    assert details["seed"] == 3
    assert details["solver"] == "FlowMatchEulerDiscreteScheduler"
    assert details["measured"]["stages"]["step"]["calls"] >= 2 * len(starts)
    assert len(details["identity"]) == len(details["colour"]) > 0
    assert {stage for stage, _ in said} == {"render"}
    assert [share for _, share in said] == sorted(share for _, share in said)
    assert said[-1] == ("render", 1.0)


def test_the_same_seed_draws_the_same_frames_and_another_draws_others(
    options: WanOptions, make_job: MakeJob
) -> None:
    one, _ = draw(options, make_job(5))
    same, _ = draw(options, make_job(5))
    other, _ = draw(options, make_job(5, seed=4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_cancelled_take_stops_before_its_next_pass(
    options: WanOptions, make_job: MakeJob
) -> None:
    asked = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) > 2

    with pytest.raises(TakeCancelled):
        draw(options, make_job(9), cancelled=cancelled)
    assert len(asked) == 3
    # The model is free for the next take, and no hook of the last one is left.
    frames, _ = draw(options, make_job(5))
    assert len(frames) == 5


def test_when_memory_runs_out_the_take_goes_on_with_short_segments_and_says_so(
    options: WanOptions, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    from understudy.engines.wan.animate_2 import denoising

    HOLDER.forget()
    drawn = denoising.Denoiser.draw
    calls: list[int] = []

    def failing(self: Any, segment: Segment, *rest: Any) -> Any:
        calls.append(segment.length)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("no memory left")
        return drawn(self, segment, *rest)

    monkeypatch.setattr(denoising.Denoiser, "draw", failing)
    frames, report = draw(options, make_job(17))
    HOLDER.forget()
    assert len(frames) == 17
    assert calls[:2] == [9, 9]
    assert set(calls[2:]) == {5}
    assert "memory ran out" in report.warnings[0]
    assert report.details["placement"] == {"weights": "host", "cache": "host", "segment_frames": 5}


def test_a_second_lack_of_memory_refuses_the_take(
    options: WanOptions, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    from understudy.engines.wan.animate_2 import denoising

    HOLDER.forget()

    def failing(*_: Any) -> Any:
        raise torch.OutOfMemoryError("no memory left")

    monkeypatch.setattr(denoising.Denoiser, "draw", failing)
    with pytest.raises(EngineUnavailable, match="memory"):
        draw(options, make_job(9))
    HOLDER.forget()


def test_a_segment_that_falls_out_is_drawn_once_more_with_another_seed(
    options: WanOptions, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    from understudy.engines.wan.animate_2 import denoising

    drawn = denoising.Denoiser.draw
    seeds: list[int] = []

    def failing(self: Any, segment: Any, tail: Any, seed: int, on_pass: Any) -> Any:
        seeds.append(seed)
        frames = drawn(self, segment, tail, seed, on_pass)
        return [frame * np.nan for frame in frames] if len(seeds) == 1 else frames

    monkeypatch.setattr(denoising.Denoiser, "draw", failing)
    _, report = draw(options, make_job(5))
    assert len(seeds) == 2
    assert len(set(seeds)) == 2
    (segment,) = report.details["segments"]
    assert "no numbers" in segment["remade"]
    assert segment["seed"] == seeds[1]


def test_the_base_model_takes_two_passes_a_step(
    options: WanOptions, base: Path, make_job: MakeJob
) -> None:
    _, report = draw(replace(options, folder=base), make_job(5))
    assert report.details["model"] == "base"
    assert report.details["guided"]
    assert report.details["measured"]["stages"]["step"]["calls"] == 4
