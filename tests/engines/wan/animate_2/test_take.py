"""A whole take with the engine: inspected, drawn, matched to the contract's size, with sound."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest

from understudy.engines.wan import WanAnimate2Engine, WanOptions
from understudy.engines.wan.published import Sampling
from understudy.take import run as take_run
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs
from understudy.take.progress import Progress

EXAMPLES = Path(__file__).parents[4] / "examples"


def test_a_take_ends_as_a_video_with_sound_and_a_report_to_repeat_it(
    distilled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = WanOptions(folder=distilled, sampling={"std": Sampling(48, 48, 1)}, long=37, short=37)
    engine = WanAnimate2Engine(options, device="cpu")
    monkeypatch.setattr(take_run, "load_engine", lambda _: engine)
    said: list[Progress] = []
    out = tmp_path / "take.mp4"
    report = take_run.run_take(
        TakeMedia(picture=EXAMPLES / "photo.jpg", clip=EXAMPLES / "dance.mp4"),
        TakeRequest(engine="wan-animate-2", seed=2),
        Outputs(video=out),
        on_progress=said.append,
    )
    fractions = [progress.fraction for progress in said]
    assert fractions == sorted(fractions)
    assert {progress.stage for progress in said} >= {"open", "inspect", "render", "finish"}
    with av.open(str(out)) as video:
        stream = video.streams.video[0]
        assert min(stream.width, stream.height) == 720
        assert stream.width % 2 == stream.height % 2 == 0
        assert stream.average_rate is not None
        assert stream.average_rate <= 24
        assert sum(1 for _ in video.decode(video=0)) == report.plan.frames
        assert len(video.streams.audio) == 1
    told = json.loads(json.dumps(report.to_json()))["engine"]
    assert told["name"] == "wan-animate-2"
    assert told["seed"] == 2
    assert len(told["segments"]) == len(told["seams"]) + 1
