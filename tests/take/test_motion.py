"""A take from a motion file: no video, no sound, and the figure that moves is known beforehand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import understudy
from tests.take.conftest import PICTURE
from tests.tracking.formats.walker import FPS, walker
from understudy.engines.puppet import PuppetEngine
from understudy.engines.wan import WanAnimate2Engine, WanAnimateEngine
from understudy.errors import InputRefused
from understudy.take.driver import check_motion_options, find_driver
from understudy.take.motion_scene import NO_FACE, NO_HANDS
from understudy.take.open import open_take_clip
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.report import Report
from understudy.tracking.formats import write_performance
from understudy.tracking.formats.motion_file import open_motion
from understudy.tracking.trackers import TrackerPool

FRAMES = 24


@pytest.fixture(scope="module")
def motion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("motion") / "walk.bvh"
    write_performance(walker(FRAMES), path)
    return path


@pytest.fixture(scope="module")
def made(motion: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    out = tmp_path_factory.mktemp("take") / "out.mp4"
    compare = out.with_name("compare.mp4")
    return out, understudy.animate(PICTURE, motion, out, compare=compare)


def test_the_video_has_the_motions_length_and_rate_and_no_sound(made: tuple[Path, Report]) -> None:
    out, report = made
    with av.open(str(out)) as container:
        video = container.streams.video[0]
        assert video.frames == report.plan.frames == FRAMES
        assert video.average_rate == FPS
        assert not container.streams.audio
    assert report.sound == "none"
    assert (report.plan.start, report.plan.end) == (0, 1)
    assert report.plan.dropped == ()


def test_the_report_tells_of_the_motion(made: tuple[Path, Report], motion: Path) -> None:
    report = made[1]
    assert report.clip["sha256"] == open_motion(motion, max_seconds=30).digest
    assert report.clip["duration"] == 1
    assert report.plan.driver_framing == "whole_body"
    assert NO_FACE in report.warnings
    assert NO_HANDS in report.warnings


def test_the_character_moves(made: tuple[Path, Report]) -> None:
    with av.open(str(made[0])) as container:
        frames = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    differences = np.abs(frames[6].astype(int) - frames[0])
    assert (differences > 40).mean() > 0.005


def test_the_comparison_shows_the_motion_as_a_skeleton(made: tuple[Path, Report]) -> None:
    with av.open(str(made[0].with_name("compare.mp4"))) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
        assert container.streams.video[0].frames == FRAMES
    width, height = made[1].plan.size
    left = frame[:, : frame.shape[1] - width - 8]
    assert left.shape[0] == height
    assert np.median(left) < 20
    assert left.max() > 150


def test_inspecting_motion_gives_a_plan_and_no_outline(motion: Path) -> None:
    findings = understudy.inspect(PICTURE, motion)
    assert findings.usable
    assert findings.clip is not None
    assert findings.clip.driver is not None
    assert findings.clip.driver.outline == ()
    assert len(findings.clip.driver.path) == FRAMES
    assert findings.plan is not None
    assert not findings.plan.sound


def test_an_engine_that_follows_videos_refuses_motion(motion: Path) -> None:
    opened = open_motion(motion, max_seconds=30)
    with TrackerPool() as pool:
        with pytest.raises(InputRefused, match="which follows a video"):
            find_driver(WanAnimate2Engine(), opened, pool)
        assert find_driver(PuppetEngine(), opened, pool).people == 1


def test_an_engine_that_follows_the_motion_as_it_is_lets_the_driver_be_chosen_and_no_more() -> None:
    check_motion_options(TakeRequest(driver="2"), WanAnimateEngine())
    with pytest.raises(InputRefused, match="'wan-animate' follows the motion as it is") as refusal:
        check_motion_options(TakeRequest(driver="2", loop=True), WanAnimateEngine())
    assert refusal.value.field == "loop"
    with pytest.raises(InputRefused, match="'wan-animate-2' follows the clip itself") as refusal:
        check_motion_options(TakeRequest(driver="2"), WanAnimate2Engine())
    assert refusal.value.field == "driver"


def test_motion_that_is_longer_than_a_clip_may_be_is_refused(tmp_path: Path) -> None:
    long = walker(FPS * 31)
    write_performance(long, tmp_path / "long.npz")
    media = TakeMedia(motion=tmp_path / "long.npz")
    with pytest.raises(InputRefused, match=r"lasts 31.00 s"):
        open_take_clip(media, TakeRequest())
    assert open_take_clip(replace(media, clip_max_seconds=40), TakeRequest()).fps == Fraction(FPS)


def test_tracking_a_motion_file_gives_what_it_holds(motion: Path) -> None:
    performance = understudy.track(motion)
    assert len(performance) == FRAMES
    assert performance.times[0] == 0


def test_media_with_motion_have_a_json_form(motion: Path) -> None:
    media = TakeMedia(picture=PICTURE).driven_by(motion)
    assert (media.clip, media.motion) == (None, motion)
    assert TakeMedia.from_json(media.to_json()) == media
