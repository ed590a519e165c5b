"""What the engine says of itself, without torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.engines import Engine, load_engine
from understudy.engines.wan import WanAnimate2Engine, WanOptions
from understudy.engines.wan.published import Sampling
from understudy.errors import EngineUnavailable


def test_it_follows_the_raw_clip_and_takes_the_prompt_whole() -> None:
    engine = WanAnimate2Engine()
    assert isinstance(engine, Engine)
    assert engine.info.inputs == {"picture", "clip"}
    assert engine.info.moving_camera
    assert engine.read_prompt("a red coat").understood == ("a red coat",)
    assert engine.read_prompt(" ").understood == ()


def test_without_packages_weights_or_card_it_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_WAN_ANIMATE_2", str(tmp_path))
    with pytest.raises(EngineUnavailable, match=r"understudy\[gpu\]|weights fetch"):
        load_engine("wan-animate-2")


@pytest.mark.parametrize("length", [80, 82, 1])
def test_lengths_that_the_model_cannot_take_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="4 k"):
        WanOptions(long=length)


def test_sides_and_steps_that_make_no_frame_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 step"):
        WanOptions(sampling={"std": Sampling(8, 64, 2)})
