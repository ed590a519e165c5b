"""Whole takes through the real pipeline, with tiny random weights, on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.engines.wan.conftest import AREA, MakeJob
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines import EngineJob, EngineReport
from understudy.engines.wan import WanAnimateEngine, WanOptions
from understudy.engines.wan.models import HOLDER
from understudy.engines.wan.published import Sampling
from understudy.errors import EngineUnavailable, TakeCancelled

MakePerformed = Callable[..., EngineJob]


@pytest.fixture
def options(animate: Path) -> WanOptions:
    sampling = Sampling(AREA, AREA, 2)
    return WanOptions(folder=animate, sampling={"std": sampling, "pro": sampling}, long=9, short=5)


@pytest.fixture
def make_performed(make_job: MakeJob) -> MakePerformed:
    """A job with a driver who moves the left arm."""

    def make(frames: int = 9, **given: Any) -> EngineJob:
        poses = [Pose(left_arm=(80.0 - 8 * step, 85.0)) for step in range(frames)]
        performance = performance_of(poses, scale=120.0, at=(170.0, 180.0), size=(340, 340))
        return replace(make_job(frames), performance=performance, **given)

    return make


def draw(
    options: WanOptions, job: EngineJob, **given: Any
) -> tuple[list[np.ndarray], EngineReport]:
    told: list[EngineReport] = []
    engine = WanAnimateEngine(options, device="cpu")
    engine.check()
    frames = list(engine.frames(job, on_report=told.append, **given))
    (report,) = told
    return frames, report


@pytest.mark.parametrize(("overlap", "long"), [(1, 9), (5, 21)])
def test_a_take_has_the_jobs_frames_and_size_and_its_segments_share_frames(
    options: WanOptions, make_performed: MakePerformed, overlap: int, long: int
) -> None:
    said: list[tuple[str, float]] = []
    options = replace(options, long=long, short=long, overlap=overlap)
    frames, report = draw(options, make_performed(24), on_progress=lambda *t: said.append(t))
    assert {(frame.shape, frame.dtype.name) for frame in frames} == {((98, 62, 3), "uint8")}
    assert len(frames) == 24
    segments = report.details["segments"]
    assert len(segments) > 1
    for one, two in pairwise(segments):
        assert two["start"] == one["start"] + one["length"] - overlap
    assert len(report.details["seams"]) == len(segments) - 1
    assert report.details["model"] == "animate"
    assert report.details["seed"] == 3
    assert [share for _, share in said] == sorted(share for _, share in said)
    assert said[-1] == ("render", 1.0)


def test_the_same_seed_draws_the_same_frames_and_another_draws_others(
    options: WanOptions, make_performed: MakePerformed
) -> None:
    one, _ = draw(options, make_performed(5))
    same, _ = draw(options, make_performed(5))
    other, _ = draw(options, make_performed(5, seed=4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_in_the_clips_scene_the_take_has_the_clips_shape_and_other_frames(
    options: WanOptions, make_performed: MakePerformed
) -> None:
    frames, report = draw(options, make_performed(5, replace=True, size=(64, 64)))
    assert len(frames) == 5
    assert report.details["drawn_size"] == [AREA, AREA]
    kept, _ = draw(options, make_performed(5, size=(64, 64)))
    assert not np.array_equal(frames, kept)


def test_a_cancelled_take_stops_before_its_next_step(
    options: WanOptions, make_performed: MakePerformed
) -> None:
    asked = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) > 1

    with pytest.raises(TakeCancelled):
        draw(options, make_performed(9), cancelled=cancelled)
    assert len(asked) == 2
    # The model is free for the next take, and no hook of the last one is left.
    frames, _ = draw(options, make_performed(5))
    assert len(frames) == 5


def test_when_memory_runs_out_the_take_goes_on_with_short_segments_and_says_so(
    options: WanOptions, make_performed: MakePerformed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from understudy.engines.wan.animate import drawer

    HOLDER.forget()
    drawn = drawer.AnimateDrawer.draw
    lengths: list[int] = []

    def failing(self: Any, segment: Any, *rest: Any) -> Any:
        lengths.append(segment.length)
        if len(lengths) == 1:
            raise torch.OutOfMemoryError("no memory left")
        return drawn(self, segment, *rest)

    monkeypatch.setattr(drawer.AnimateDrawer, "draw", failing)
    frames, report = draw(options, make_performed(9))
    assert len(frames) == 9
    assert lengths[0] == 9
    assert set(lengths[1:]) == {5}
    assert any("memory ran out" in warning for warning in report.warnings)
    placement = {"weights": "host", "cache": "card", "segment_frames": 5}
    assert report.details["placement"] == placement
    lengths.clear()
    with pytest.raises(EngineUnavailable, match="wan-animate ran out of the card's memory"):
        draw(options, make_performed(9))
    HOLDER.forget()


def test_a_job_without_a_performance_of_its_length_is_a_fault(
    options: WanOptions, make_job: MakeJob, make_performed: MakePerformed
) -> None:
    with pytest.raises(ValueError, match="needs the performance"):
        draw(options, make_job(5))
    with pytest.raises(ValueError, match="5 rows; the take has 9 frames"):
        draw(options, replace(make_performed(5), frames=9))
