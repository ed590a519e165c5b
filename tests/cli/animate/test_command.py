"""A whole take from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from tests.cli.conftest import Run
from tests.short_clip import FRAMES


@dataclass(frozen=True)
class Taken:
    """A finished run and the folder that it wrote to."""

    done: subprocess.CompletedProcess[str]
    folder: Path


@pytest.fixture(scope="module")
def taken(
    understudy: Run, picture: Path, clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Taken:
    folder = tmp_path_factory.mktemp("out")
    done = understudy(
        *("animate", picture, clip, "-o", folder / "out.mp4", "--watermark"),
        *("--report", folder / "report.json", "--compare", folder / "compare.mp4"),
    )
    assert done.returncode == 0, done.stderr
    return Taken(done, folder)


def frames(path: Path) -> tuple[int, int, int]:
    """Width, height and number of frames of a video."""
    with av.open(str(path)) as video:
        stream = video.streams.video[0]
        return stream.width, stream.height, sum(1 for _ in video.decode(video=0))


def test_the_videos_and_the_report_are_all_there_is(taken: Taken) -> None:
    assert {path.name for path in taken.folder.iterdir()} == {
        "out.mp4",
        "out.watermarked.mp4",
        "compare.mp4",
        "report.json",
    }


def test_the_video_has_the_picture_s_shape_and_the_clip_s_frames(taken: Taken) -> None:
    # The sample picture is 3:4; the clip has 18 frames at 6 a second.
    assert frames(taken.folder / "out.mp4") == (720, 960, FRAMES)
    assert frames(taken.folder / "out.watermarked.mp4") == (720, 960, FRAMES)
    assert frames(taken.folder / "compare.mp4")[2] == FRAMES


def test_the_summary_goes_to_stdout_and_progress_to_stderr(taken: Taken) -> None:
    assert taken.done.stdout.startswith(f"{taken.folder / 'out.mp4'}: 3.0 s of 720 × 960 at 6 fps")
    assert taken.done.stdout.count("\n") == 1
    assert "rendering" in taken.done.stderr
    assert "\x1b" not in taken.done.stderr


def test_the_report_says_what_was_done(taken: Taken) -> None:
    report = json.loads((taken.folder / "report.json").read_text())
    assert report["output"]["frames"] == FRAMES
    assert report["engine"]["name"] == "puppet"
    assert report["timings"].keys() >= {"open", "inspect", "track", "cast", "render"}


def test_inspect_says_beforehand_what_comes_out(understudy: Run, picture: Path, clip: Path) -> None:
    done = understudy("inspect", picture, clip, "--json")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)["plan"]
    assert (plan["size"], plan["frames"]) == ([720, 960], FRAMES)


def test_ctrl_c_ends_a_take_and_leaves_nothing(
    picture: Path, clip: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cold")
    command = [sys.executable, "-m", "understudy", "animate", picture, clip]
    with subprocess.Popen(
        [*command, "-o", tmp_path / "out.mp4"],
        env=os.environ | {"UNDERSTUDY_CACHE_DIR": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "rendering" in line or "following" in line:
                break
        # A terminal signals the whole group, so the take's own processes get it as well.
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait() == 128 + signal.SIGINT
    assert "Traceback" not in rest
    assert rest.splitlines()[-1] == "understudy: interrupted; nothing was written"
    assert list(tmp_path.iterdir()) == []
