"""The whole way of a take, on a short drawn clip and a drawn picture."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import understudy
from tests.short_clip import FPS, FRAMES
from tests.take.conftest import EXAMPLES, PICTURE
from understudy.errors import InputRefused, TakeCancelled
from understudy.judge.judge import judge_video
from understudy.media import limits
from understudy.take.inspect import inspect_take
from understudy.take.open import open_take_picture
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs, watermarked_path
from understudy.take.progress import Progress
from understudy.take.report import Report
from understudy.take.run import run_take
from understudy.tracking.formats.npz import load_npz

PROMPT = "static camera, in the rain"


@dataclass(frozen=True)
class Made:
    """A take that was made, and what was told on the way."""

    out: Path
    compare: Path
    cover: Path
    report: Report
    told: list[Progress]


@pytest.fixture(scope="module")
def made(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("take")
    out, compare, cover = folder / "out.mp4", folder / "compare.mp4", folder / "cover.jpg"
    told: list[Progress] = []
    report = run_take(
        TakeMedia(picture=PICTURE, clip=clip),
        TakeRequest(watermark=True, prompt=PROMPT),
        Outputs(video=out, compare=compare, cover=cover, performances=(folder / "motion.npz",)),
        on_progress=told.append,
    )
    return Made(out, compare, cover, report, told)


def _frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_take_has_the_pictures_aspect_and_the_clips_length_rate_and_sound(made: Made) -> None:
    with av.open(str(made.out)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height) == made.report.plan.size
        assert min(video.width, video.height) == 720
        assert video.average_rate == FPS
        assert video.frames == made.report.plan.frames == FRAMES
        assert sound.codec_context.name == "aac"
        assert float(sound.duration * sound.time_base) == pytest.approx(3.0, abs=0.1)


def test_the_character_moves_and_its_background_stays(made: Made) -> None:
    frames = np.stack([cv2.resize(f, None, fx=0.25, fy=0.25) for f in _frames(made.out)])
    change = np.abs(frames.astype(int) - frames[0].astype(int)).max(axis=(0, 3))
    assert change[: change.shape[0] // 25].max() < 16, "the upper edge is background"
    assert (change > 60).mean() > 0.03, "arms and head were elsewhere in some frame"


def test_the_watermarked_copy_differs_in_the_lower_right_corner_alone(made: Made) -> None:
    plain, marked = (_frames(p)[5] for p in (made.out, watermarked_path(made.out)))
    difference = np.abs(plain.astype(int) - marked.astype(int)).max(axis=2)
    height, width = difference.shape
    assert difference[int(height * 0.94) :, width // 2 :].max() > 60
    assert np.percentile(difference[: int(height * 0.9)], 99.9) < 20


def test_the_comparison_shows_driver_and_result_side_by_side(made: Made) -> None:
    both, alone = _frames(made.compare)[7], _frames(made.out)[7]
    assert both.shape[1] > alone.shape[1] * 1.3
    shown = both[:, -alone.shape[1] :].astype(int)
    assert np.abs(shown - alone.astype(int)).mean() < 3


def test_the_report_says_what_was_used_and_what_the_prompt_came_to(made: Made) -> None:
    values = json.loads(json.dumps(made.report.to_json()))
    assert values["used"] == {"start": 0.0, "end": pytest.approx(3.0, abs=0.1)}
    assert values["output"]["frames"] == FRAMES
    assert values["units"] == "1.5"
    assert any("static" in words for words in values["prompt"]["understood"])
    assert any("rain" in words for words in values["prompt"]["left_out"])
    assert {"open", "inspect", "track", "cast", "render"} <= set(values["timings"])
    assert str(made.out.parent) not in json.dumps(values)


def test_progress_never_falls_ends_at_one_and_shows_previews(made: Made) -> None:
    fractions = [progress.fraction for progress in made.told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    stages = [progress.stage for progress in made.told]
    assert [s for s in dict.fromkeys(stages) if s != "cast"] == [
        "open", "inspect", "track", "retarget", "render", "finish",
    ]  # fmt: skip


def test_the_driver_s_motion_is_written_with_a_row_for_every_frame(made: Made) -> None:
    performance = load_npz(made.out.with_name("motion.npz"))
    assert len(performance) == made.report.plan.frames
    assert np.isfinite(performance.body).all()


def test_the_cover_is_the_first_frame(made: Made) -> None:
    cover = cv2.cvtColor(cv2.imread(str(made.cover)), cv2.COLOR_BGR2RGB)
    assert np.abs(cover.astype(int) - _frames(made.out)[0].astype(int)).mean() < 4


def test_the_same_input_gives_the_same_file_with_nothing_remembered(
    made: Made, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_CACHE_DIR", str(tmp_path / "cache"))
    again = tmp_path / "again.mp4"
    understudy.animate(str(PICTURE), str(clip), again, prompt=PROMPT)
    assert _digest(again) == _digest(made.out)


def test_inspecting_gives_the_plan_of_the_take(made: Made, clip: Path) -> None:
    media = TakeMedia(picture=PICTURE.read_bytes(), clip=clip)
    found = inspect_take(media, TakeRequest(watermark=True, prompt=PROMPT))
    assert found.problems == ()
    assert found.plan == made.report.plan


def test_a_video_is_measured_and_judged_when_asked_for(
    made: Made, clip: Path, tmp_path: Path
) -> None:
    assert made.report.fidelity is None
    assert made.report.judgement is None
    out = tmp_path / "out.mp4"
    report = understudy.animate(PICTURE, clip, out, measure_fidelity=True, judge=True)
    assert report.judgement is not None
    assert report.judgement == judge_video(out, PICTURE, clip).judgement
    fidelity = report.to_json()["fidelity"]
    assert fidelity["found"] > 0.95
    assert 0 < fidelity["angle"] < 20
    assert fidelity["close"] > 0.6


def test_a_picture_without_a_character_is_refused_and_nothing_is_written(
    clip: Path, tmp_path: Path
) -> None:
    ground = np.full((640, 480, 3), (200, 180, 150), np.uint8)
    cv2.rectangle(ground, (0, 400), (480, 640), (60, 120, 60), -1)
    picture = cv2.imencode(".png", ground)[1].tobytes()
    with pytest.raises(InputRefused) as refusal:
        understudy.animate(picture, clip, tmp_path / "out.mp4")
    assert refusal.value.field == "image_url"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", ["inspect", "track", "render"])
def test_a_cancelled_take_leaves_nothing(
    stage: str, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stage != "render":
        # What was remembered would not be looked at again. Nothing can be remembered there.
        monkeypatch.setenv("UNDERSTUDY_CACHE_DIR", os.devnull)
    told: list[Progress] = []
    with pytest.raises(TakeCancelled):
        run_take(
            TakeMedia(picture=PICTURE, clip=clip),
            TakeRequest(),
            Outputs(video=tmp_path / "out.mp4"),
            on_progress=told.append,
            cancelled=lambda: bool(told) and told[-1].stage == stage,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_killed_take_leaves_no_video_and_the_next_one_clears_up(
    clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    script = (
        "import os, signal, sys, understudy\n"
        "def kill(progress):\n"
        "    if progress.stage == 'render' and progress.fraction > 0.8:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "understudy.animate(*sys.argv[1:4], on_progress=kill)\n"
    )
    arguments = [sys.executable, "-c", script, str(PICTURE), str(clip), str(out)]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    assert not out.exists()
    understudy.animate(PICTURE, clip, out)
    assert os.listdir(tmp_path) == ["out.mp4"]  # noqa: PTH208 - hidden files as well


def test_a_picture_may_have_the_bytes_that_its_design_allows(tmp_path: Path) -> None:
    picture = PICTURE.read_bytes() + bytes(11 * limits.MIB)
    most = limits.PICTURE_MAX_BYTES_TASKS_DESIGN
    opened = open_take_picture(TakeMedia(picture=picture, picture_max_bytes=most), TakeRequest())
    assert opened is not None
    assert opened.source_size == (864, 1152)
    with pytest.raises(InputRefused, match="at most 10 MB"):
        understudy.animate(picture, EXAMPLES / "dance.mp4", tmp_path / "out.mp4")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
