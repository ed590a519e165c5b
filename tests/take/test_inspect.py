"""Inspecting a picture and a clip: the plan, or every problem, and what is shown of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.short_clip import FRAMES
from tests.take.conftest import PICTURE
from understudy.take.inspect import inspect_take
from understudy.take.options import TakeMedia, TakeRequest


def test_the_driver_is_outlined_and_its_way_lies_in_the_frame(clip: Path) -> None:
    found = inspect_take(TakeMedia(picture=PICTURE, clip=clip), TakeRequest())
    assert found.usable
    assert found.plan is not None
    assert found.plan.frames == FRAMES
    assert found.picture is not None
    assert found.picture.outline
    assert found.clip is not None
    assert found.clip.driver is not None
    (outline, *_) = found.clip.driver.outline
    for _, left, top, width, height in found.clip.driver.path:
        assert 0 <= left < left + width <= 1
        assert 0 <= top < top + height <= 1
    xs, ys = zip(*outline, strict=True)
    assert max(ys) - min(ys) > 0.4
    assert 0.2 < float(np.mean(xs)) < 0.8
    # What belongs to one input stands beside it and in the plan.
    assert {*found.clip.warnings, *found.picture.warnings} <= {*found.plan.warnings}


def test_a_picture_is_inspected_while_the_clip_is_missing(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    alone = inspect_take(TakeMedia(picture=PICTURE), TakeRequest(), preview=sheet)
    assert sheet.stat().st_size > 100_000
    assert [problem.field for problem in alone.problems] == ["video_url"]
    assert (alone.usable, alone.plan, alone.clip) == (False, None, None)
    assert alone.picture is not None
    assert alone.picture.outline


def test_a_clip_is_inspected_while_the_picture_is_missing(clip: Path) -> None:
    alone = inspect_take(TakeMedia(clip=clip), TakeRequest())
    assert [problem.field for problem in alone.problems] == ["image_url"]
    assert (alone.usable, alone.plan, alone.picture) == (False, None, None)
    assert alone.clip is not None
    assert alone.clip.used is not None
    assert alone.clip.used.end - alone.clip.used.start > 2.9
    assert alone.clip.driver is not None
    assert alone.clip.driver.outline


def test_an_engine_that_cannot_run_is_a_problem_of_the_model() -> None:
    (problem,) = inspect_take(TakeMedia(picture=PICTURE), TakeRequest(engine="nowhere")).problems
    assert problem.field == "model_name"
    assert "nowhere" in problem.found


def test_every_input_that_is_wrong_is_a_problem(tmp_path: Path) -> None:
    picture, clip = tmp_path / "picture.png", tmp_path / "clip.mp4"
    for path in (picture, clip):
        path.write_bytes(b"neither")
    found = inspect_take(TakeMedia(picture=picture, clip=clip), TakeRequest())
    assert [problem.field for problem in found.problems] == ["image_url", "video_url"]
    assert (found.plan, found.picture, found.clip) == (None, None, None)
