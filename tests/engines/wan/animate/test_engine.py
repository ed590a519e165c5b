"""What the engine says of itself, and how large it draws, without torch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.engines import Engine
from understudy.engines.wan import WanAnimateEngine, WanOptions
from understudy.engines.wan.animate.engine import DEFAULT_CAPTION, frame_size
from understudy.engines.wan.animate.published import ANIMATE
from understudy.engines.wan.placement import Placement, choose
from understudy.errors import EngineUnavailable

STD = ANIMATE.sampling["animate"]["std"]


def test_it_needs_the_clip_and_the_performance_and_can_replace_the_driver() -> None:
    engine = WanAnimateEngine()
    assert isinstance(engine, Engine)
    assert engine.info.inputs == {"picture", "clip", "performance"}
    assert engine.info.stages == ("track", "render")
    assert engine.info.replaces
    assert not engine.info.steered
    assert engine.info.max_fps == 30


def test_without_packages_or_weights_it_is_unavailable(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_WAN_ANIMATE", str(tmp_path))
    with pytest.raises(EngineUnavailable, match=r"understudy\[gpu\]|weights fetch wan-animate`"):
        WanAnimateEngine().check()


@given(width=st.integers(300, 4000), height=st.integers(300, 4000))
def test_sides_are_multiples_of_16_at_about_the_area(width: int, height: int) -> None:
    width, height = (max(width, height * 2 // 5), max(height, width * 2 // 5))
    frame = frame_size((width, height), STD)
    assert all(side % 16 == 0 for side in frame)
    assert abs(frame[0] * frame[1] / (832 * 480) - 1) < 0.06
    assert abs(frame[0] / frame[1] / (width / height) - 1) < 0.06


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (79.2, Placement("card", "card", 77)),
        (47.5, Placement("host", "card", 77)),
        (15.7, Placement("host", "card", 77)),
    ],
)
def test_placements_have_no_cache_on_the_host(card: float, expected: Placement) -> None:
    assert choose(card, 128, STD, WanOptions(long=77), ANIMATE) == expected


def test_segments_share_one_frame_or_five() -> None:
    WanOptions(long=77, overlap=5)
    with pytest.raises(ValueError, match="1 or 5 frames, not 4"):
        WanOptions(overlap=4)
    with pytest.raises(ValueError, match="21 at least, not 17"):
        WanOptions(long=17, short=17, overlap=5)


def test_no_prompt_has_the_makers_caption(make_job: object) -> None:
    from dataclasses import replace

    job = make_job(5)  # type: ignore[operator]
    engine = WanAnimateEngine()
    assert engine.caption(job) == DEFAULT_CAPTION
    assert engine.caption(replace(job, prompt=" a knight ")) == "a knight"
