"""Parts shared by engines that generate a take from picture, raw clip and prompt."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.engines.engine import EngineInfo, EngineJob, EngineNeeds, PromptReading

if TYPE_CHECKING:
    from understudy.media.clip import Clip
    from understudy.media.picture import Picture

SEEDS = 2**31 - 1
"""Seeds are smaller than this, the largest number that every server and library accepts."""


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """A job's inputs for such an engine: none is missing, and the seed is chosen."""

    picture: Picture
    clip: Clip
    seed: int


def generating_info(name: str, version: str, max_fps: int, needs: EngineNeeds) -> EngineInfo:
    """The info of an engine that follows the raw clip, whose camera may move, and uses the whole
    prompt."""
    return EngineInfo(
        name=name,
        version=version,
        inputs=frozenset({"picture", "clip"}),
        stages=("render",),
        pixels="rgb",
        whole_prompt=True,
        moving_camera=True,
        max_fps=max_fps,
        draws_by_model=True,
        needs=needs,
    )


def read_whole(prompt: str) -> PromptReading:
    """The reading of a prompt that is used as a whole."""
    return PromptReading(understood=(prompt,) if prompt.strip() else ())


def inputs_of(job: EngineJob, name: str) -> Inputs:
    """The job's inputs, with a random seed if it has none. Raises ValueError."""
    if job.picture is None or job.clip is None:
        raise ValueError(f"{name} needs a picture and a clip")
    seed = secrets.randbelow(SEEDS) if job.seed is None else job.seed % SEEDS
    return Inputs(job.picture, job.clip, seed)
