"""What engines that generate a take share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from understudy.engines import EngineJob, EngineNeeds
from understudy.engines.generating import SEEDS, generating_info, inputs_of, read_whole
from understudy.media.picture import Picture

if TYPE_CHECKING:
    from understudy.media.clip import Clip

PICTURE = Picture(np.zeros((4, 4, 3), np.uint8), None, (4, 4), "0" * 64)
JOB = EngineJob(
    size=(4, 4),
    fps=Fraction(10),
    frames=1,
    orientation="video",
    picture=PICTURE,
    clip=cast("Clip", object()),
)


def test_such_an_engine_asks_for_the_raw_clip_and_for_no_stage_before_rendering() -> None:
    needs = EngineNeeds(gpus=2.0)
    info = generating_info("mine", "3", 24, needs)
    assert info.inputs == {"picture", "clip"}
    assert info.stages == ("render",)
    assert (info.name, info.version, info.max_fps, info.needs) == ("mine", "3", 24, needs)


def test_a_prompt_is_read_whole_and_an_empty_one_not_at_all() -> None:
    assert read_whole("a knight; a hall").understood == ("a knight; a hall",)
    assert read_whole(" ").understood == ()


@pytest.mark.parametrize("job", [replace(JOB, picture=None), replace(JOB, clip=None)])
def test_a_job_without_picture_or_clip_is_a_fault_that_names_the_engine(job: EngineJob) -> None:
    with pytest.raises(ValueError, match="mine needs a picture and a clip"):
        inputs_of(job, "mine")


def test_a_seed_is_kept_within_its_range_and_drawn_where_none_is_named() -> None:
    assert inputs_of(replace(JOB, seed=7), "mine").seed == 7
    assert inputs_of(replace(JOB, seed=SEEDS + 7), "mine").seed == 7
    drawn = {inputs_of(JOB, "mine").seed for _ in range(4)}
    assert len(drawn) > 1
    assert all(0 <= seed < SEEDS for seed in drawn)
