"""The engine behind the seam."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.engines.i420 import planes_to_rgb
from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines import EngineJob, ViewChoosing
from understudy.engines.puppet import PuppetEngine
from understudy.errors import TakeCancelled
from understudy.media.output.transparency import over


def job_of(frames: int = 10, prompt: str = "") -> EngineJob:
    poses = [Pose((70.0 - 8 * i, 75.0 - 9 * i), (110.0, 105.0)) for i in range(frames)]
    return EngineJob(
        size=SIZE,
        fps=Fraction(25),
        frames=frames,
        orientation="video",
        prompt=prompt,
        character=paper_doll(),
        performance=performance_of(poses, scale=SCALE, at=AT, size=SIZE),
    )


def test_it_yields_a_frame_for_every_row_of_the_performance() -> None:
    frames = list(PuppetEngine().frames(job_of(7)))
    assert len(frames) == 7
    assert all(f.shape == (SIZE[1] * 3 // 2, SIZE[0]) and f.dtype == np.uint8 for f in frames)


def test_any_number_of_threads_gives_the_same_frames() -> None:
    one = [f.tobytes() for f in PuppetEngine(threads=1).frames(job_of())]
    three = [f.tobytes() for f in PuppetEngine(threads=3).frames(job_of())]
    assert one == three


def test_progress_runs_through_its_stages_to_the_end() -> None:
    said: list[tuple[str, float]] = []
    for _ in PuppetEngine().frames(job_of(), on_progress=lambda s, p: said.append((s, p))):
        pass
    assert [s for s, _ in said] == sorted((s for s, _ in said), key=["retarget", "render"].index)
    shares = [p for s, p in said if s == "render"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_take_that_is_cancelled_stops() -> None:
    seen = 0

    def cancelled() -> bool:
        return seen >= 3

    frames = PuppetEngine().frames(job_of(40), cancelled=cancelled)
    for _ in range(3):
        next(frames)
        seen += 1
    with pytest.raises(TakeCancelled):
        next(frames)


def test_closing_the_frames_stops_the_work() -> None:
    frames = PuppetEngine().frames(job_of(40))
    next(frames)
    frames.close()
    assert list(frames) == []


def test_it_says_what_it_makes_of_a_prompt() -> None:
    reading = PuppetEngine().read_prompt("zoom in, neon lights")
    assert reading.understood == ("zoom in",)
    assert reading.left_out == ("neon lights",)


def test_a_job_without_a_character_is_a_fault() -> None:
    job = EngineJob(size=SIZE, fps=Fraction(25), frames=1, orientation="video")
    with pytest.raises(ValueError, match="character"):
        next(PuppetEngine().frames(job))


def test_warming_up_twice_costs_nothing_more() -> None:
    PuppetEngine().warm_up()
    PuppetEngine().warm_up()


def test_it_wants_the_views_that_the_driver_turns_towards_the_camera() -> None:
    engine = PuppetEngine()
    assert isinstance(engine, ViewChoosing)
    turning = performance_of([Pose(yaw=min(180.0, 9.0 * i)) for i in range(50)])
    assert engine.views_wanted(turning, ["back"]) == {"back"}
    assert engine.views_wanted(turning, []) == frozenset()
    facing = performance_of([Pose()] * 50)
    assert engine.views_wanted(facing, ["left", "back", "right"]) == frozenset()


@pytest.mark.parametrize("prompt", ["", "slow zoom in"])
def test_the_character_alone_laid_over_its_background_is_the_whole_frame(prompt: str) -> None:
    job = replace(job_of(4, prompt), character=paper_doll(casts_shadow=True))
    assert job.character is not None
    whole = list(PuppetEngine().frames(job))
    alone = list(PuppetEngine().frames_alone(job))
    assert len(alone) == len(whole) == 4
    for planes, rgba in zip(whole, alone, strict=True):
        assert rgba.shape == (SIZE[1], SIZE[0], 4)
        seen = planes_to_rgb(planes).astype(int)
        # The camera moves the background, too: there only the figure can be compared.
        there = rgba[..., 3] == 255 if prompt else np.ones(rgba.shape[:2], bool)
        laid = over(rgba, job.character.background).astype(int)
        # Luma alone: the chroma of a frame has half the resolution.
        difference = np.abs((seen - laid) @ (0.2126, 0.7152, 0.0722))
        assert np.percentile(difference[there], 99) < 6
        assert rgba[:20, :20, 3].max() == 0, "nothing is drawn where the figure is not"
        assert (rgba[..., 3] == 255).mean() > 0.05
