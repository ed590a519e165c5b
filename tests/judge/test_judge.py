"""Judging whole videos: the truth above a still picture, its frames out of order last."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.command import run_command
from understudy.judge.judge import Judged, judge_video
from understudy.judge.page import worst_frames
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import SoundSource, VideoWriter
from understudy.media.output.provenance import Provenance

DANCE = Path(__file__).parents[2] / "examples" / "dance.mp4"
SIZE, RATE = (432, 540), Fraction(6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip, its first frame as the picture, and three videos made of its own frames."""
    folder = tmp_path_factory.mktemp("judged")
    frames = [
        frame.rgb
        for frame in read_frames(
            open_clip(DANCE, orientation="video"), size=SIZE, start=0.5, end=3.5, fps=RATE
        )
    ]
    write(folder / "clip.mp4", frames, SoundSource(DANCE, 0.5, 3.5))
    Image.fromarray(frames[0]).save(folder / "picture.png")
    write(folder / "truth.mp4", frames, SoundSource(DANCE, 0.5, 3.5))
    write(folder / "still.mp4", [frames[0]] * len(frames))
    random.Random(1).shuffle(frames)
    write(folder / "shuffled.mp4", frames)
    return folder


def write(path: Path, frames: Iterable[np.ndarray], sound: SoundSource | None = None) -> None:
    provenance = Provenance("Understudy test", "puppet 1")
    with VideoWriter(path, SIZE, RATE, sound=sound, provenance=provenance) as writer:
        for frame in frames:
            writer.write_rgb(frame)


@pytest.fixture(scope="module")
def judged(folder: Path) -> dict[str, Judged]:
    return {
        name: judge_video(folder / f"{name}.mp4", folder / "picture.png", folder / "clip.mp4")
        for name in ("truth", "still", "shuffled")
    }


def test_the_truth_is_first_and_its_frames_out_of_order_are_last(
    judged: dict[str, Judged],
) -> None:
    truth, still, shuffled = (judged[name].judgement for name in ("truth", "still", "shuffled"))
    assert truth.score > 85
    assert truth.score > still.score + 10
    assert still.score > shuffled.score


def test_the_truth_follows_itself(judged: dict[str, Judged]) -> None:
    truth = judged["truth"].judgement
    assert truth.pose.found == 1
    assert truth.pose.pck is not None
    assert truth.pose.pck > 0.95
    assert truth.sound.offset == pytest.approx(0, abs=0.01)
    assert truth.time.delay in (None, 0)
    assert truth.time.duration == pytest.approx(3, abs=0.05)
    assert truth.ai_generated is not None
    assert truth.marks.source_type == "compositeSynthetic"


def test_a_still_picture_repeats_its_frame(judged: dict[str, Judged]) -> None:
    still = judged["still"].judgement
    assert still.time.repeated > 0.95
    assert still.frames.flicker == pytest.approx(0, abs=0.2)
    assert not still.sound.present


def test_the_worst_frames_lie_apart_and_what_was_not_found_is_worst() -> None:
    errors = np.array([0.1, 0.9, 0.8, 0.1, np.nan, 0.2, 0.5, 0.1])
    assert worst_frames(errors, np.arange(8, dtype=np.float64) * 0.3)[:3] == [4, 1, 6]


def test_the_command_prints_json_and_writes_a_page(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run_command(
        *("judge", folder / "truth.mp4"),
        *("--picture", folder / "picture.png", "--clip", folder / "clip.mp4"),
        *("--json", "--html", page),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score"] > 85
    text = page.read_text()
    assert text.count("<svg") >= 3
    assert text.count("data:image/jpeg") >= 3
    assert "http" not in text, "the page needs nothing from elsewhere"


def test_a_result_that_is_no_video_is_refused(folder: Path) -> None:
    done = run_command(
        *("judge", folder / "picture.png"),
        *("--picture", folder / "picture.png", "--clip", folder / "clip.mp4"),
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("understudy: result: the file is png")
