"""`understudy doctor --engine wan-animate-2 --try`: what an operator with a card runs first."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from typer.testing import CliRunner

from understudy import engines
from understudy.cli.app import app
from understudy.engines.wan import WanAnimate2Engine, WanOptions
from understudy.engines.wan.published import Sampling
from understudy.take import run as take_run


def test_the_trial_makes_a_take_and_says_what_it_took(
    distilled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = WanOptions(folder=distilled, sampling={"std": Sampling(48, 48, 1)}, long=21, short=21)
    engine = WanAnimate2Engine(options, device="cpu")
    monkeypatch.setattr(engines, "load_engine", lambda _: engine)
    monkeypatch.setattr(take_run, "load_engine", lambda _: engine)
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, ["doctor", "--engine", "wan-animate-2", "--try"])
    assert run.exit_code == 0, run.output
    said = run.output
    assert "wan-animate-2   can run here" in said
    for told in ("solver: FlowMatchEuler", "placement: ", "step: ", "seam at frame ", "likeness"):
        assert told in said
    for name in ("understudy-try-wan-animate-2.mp4", "understudy-try-wan-animate-2.compare.mp4"):
        assert name in said
        with av.open(str(tmp_path / name)) as video:
            assert video.streams.video[0].frames > 21
