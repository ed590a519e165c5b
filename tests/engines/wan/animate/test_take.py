"""A whole take in the clip's own scene: tracked, drawn, of the clip's shape, with sound."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import pytest

from understudy.engines.wan import WanAnimateEngine, WanOptions
from understudy.engines.wan.published import Sampling
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import SoundSource, VideoWriter
from understudy.take import run as take_run
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs
from understudy.take.progress import Progress

EXAMPLES = Path(__file__).parents[4] / "examples"
SECONDS = 3


def test_a_character_takes_the_drivers_place_in_the_clips_scene(
    animate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = WanOptions(folder=animate, sampling={"std": Sampling(48, 48, 1)}, long=37, short=37)
    engine = WanAnimateEngine(options, device="cpu")
    monkeypatch.setattr(take_run, "load_engine", lambda _: engine)
    said: list[Progress] = []
    out = tmp_path / "take.mp4"
    report = take_run.run_take(
        TakeMedia(picture=EXAMPLES / "photo.jpg", clip=few_frames(tmp_path / "clip.mp4")),
        TakeRequest(engine="wan-animate", seed=2, background="clip"),
        Outputs(video=out),
        on_progress=said.append,
    )
    fractions = [progress.fraction for progress in said]
    assert fractions == sorted(fractions)
    assert {progress.stage for progress in said} >= {"inspect", "track", "render", "finish"}
    clip = open_clip(EXAMPLES / "dance.mp4", orientation="video")
    with av.open(str(out)) as video:
        stream = video.streams.video[0]
        assert min(stream.width, stream.height) == 720
        assert stream.width / stream.height == pytest.approx(clip.width / clip.height, abs=0.01)
        assert sum(1 for _ in video.decode(video=0)) == report.plan.frames
        assert len(video.streams.audio) == 1
    told = json.loads(json.dumps(report.to_json()))["engine"]
    assert (told["name"], told["model"], told["seed"]) == ("wan-animate", "animate", 2)


def few_frames(path: Path) -> Path:
    """The beginning of the example's clip at 6 frames a second, with its sound."""
    source = EXAMPLES / "dance.mp4"
    clip = open_clip(source, orientation="video")
    fps = Fraction(6)
    sound = SoundSource(source, 0.0, float(SECONDS))
    with VideoWriter(path, (clip.width, clip.height), fps, sound=sound) as writer:
        for frame in read_frames(clip, start=0.0, end=float(SECONDS), fps=fps):
            writer.write_rgb(frame.rgb)
    return path
