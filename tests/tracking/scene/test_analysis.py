"""Scene analyses of real clips: the sample dance, cut, crossed, panned and interrupted."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.tracking.clip_maker import FPS, SIZE, Rgb, dancer, photo, write_clip
from understudy.errors import ClipUnusable
from understudy.media.clip import open_clip
from understudy.tracking.scene.analysis import SceneAnalysis, analyze_scene, frame_driver
from understudy.tracking.scene.driver_choice import DriverChoice
from understudy.tracking.trackers import TrackerPool, track_picture

WIDTH, HEIGHT = SIZE


@pytest.fixture(scope="module")
def dance() -> list[Rgb]:
    return dancer(140)


def analyzed(path: Path, frames: list[Rgb], pool: TrackerPool) -> SceneAnalysis:
    clip = open_clip(write_clip(path / "clip.mp4", frames), orientation="video")
    return analyze_scene(clip, pool=pool)


def empty(frame: Rgb) -> Rgb:
    """The frame's ground without the dancer."""
    return np.repeat(frame[:, :8].mean(axis=1, keepdims=True).astype(np.uint8), WIDTH, axis=1)


def test_a_dancer_before_a_still_camera_is_usable_whole(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    done = analyzed(tmp_path, dance, pool)
    assert (done.start, done.end) == (0, pytest.approx(140 / FPS))
    assert done.framing == "whole_body"
    assert done.people == 1
    assert done.dropped == ()
    assert done.warnings == ()
    x, y, side = done.driver.regions[:, :3].mean(axis=0)
    assert x == pytest.approx(WIDTH / 2, abs=40)
    assert HEIGHT * 0.3 < y < HEIGHT * 0.75
    assert HEIGHT * 0.6 < side < HEIGHT * 1.3


def test_the_longest_shot_is_used_and_the_rest_explained(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    card = [np.full_like(dance[0], 30)] * 20
    done = analyzed(tmp_path, dance[:30] + card + dance[30:120], pool)
    assert done.start == pytest.approx(50 / FPS, abs=0.1)
    assert done.end == pytest.approx(140 / FPS)
    words = [part.words for part in done.dropped]
    assert words == ["too short on its own", "a cut", "the driver is not visible", "a cut"]


def test_a_clip_cut_too_short_says_where_and_why(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    frames = dance[:50] + [np.asarray(255 - frame, np.uint8) for frame in dance[50:100]]
    with pytest.raises(ClipUnusable) as refusal:
        analyzed(tmp_path, frames, pool)
    assert refusal.value.field == "video_url"
    assert "lasts 2.1 s" in refusal.value.found
    assert "a cut at 2." in refusal.value.found
    assert "at least 3 s" in refusal.value.allowed
    assert refusal.value.message.startswith("video_url: the longest usable part lasts 2.1 s")


def test_a_clip_without_a_person_is_refused(tmp_path: Path, pool: TrackerPool) -> None:
    frames = [np.full((HEIGHT, WIDTH, 3), 90 + k // 10, np.uint8) for k in range(80)]
    with pytest.raises(ClipUnusable) as refusal:
        analyzed(tmp_path, frames, pool)
    assert refusal.value.message.startswith(
        "No complete upper body detected in the video. video_url: nobody is visible"
    )


def test_a_short_gap_is_bridged_and_a_long_one_ends_the_run(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    short = [empty(f) if 60 <= k < 66 else f for k, f in enumerate(dance)]
    assert analyzed(tmp_path, short, pool).start == 0
    long = [empty(f) if 25 <= k < 55 else f for k, f in enumerate(dance)]
    done = analyzed(tmp_path, long, pool)
    assert done.start == pytest.approx(55 / FPS, abs=0.45)
    assert "the driver is not visible" in [part.words for part in done.dropped]


def test_the_driver_is_followed_past_somebody_who_crosses(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    rgb = photo(HEIGHT)
    mask = track_picture(rgb, process=pool.processes[0]).mask[..., None]
    frames = []
    for k, frame in enumerate(dance):
        wide = np.concatenate([frame[:, :60], frame, frame[:, -60:]], axis=1).astype(np.float32)
        room = np.pad(wide, ((0, 0), (rgb.shape[1], rgb.shape[1]), (0, 0)))
        left = round((room.shape[1] - rgb.shape[1]) * np.clip((k - 40) / 50, 0, 1))
        here = room[:, left : left + rgb.shape[1]]
        here[:] = mask * rgb + (1 - mask) * here
        frames.append(room[:, rgb.shape[1] : -rgb.shape[1]].astype(np.uint8))
    done = analyzed(tmp_path, frames, pool)
    middle = frames[0].shape[1] / 2
    assert done.people == 2
    assert np.abs(done.driver.regions[:, 0] - middle).max() < 90
    assert any("2 people" in warning for warning in done.warnings)


@pytest.mark.parametrize(("choice", "middle"), [(1, 0.25), (2, 0.75)])
def test_the_second_of_two_people_can_be_the_driver(
    choice: int, middle: float, dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    frames = []
    for frame in dance[:90]:
        smaller = cv2.resize(frame, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
        beside = np.empty_like(frame)
        beside[:] = frame[:, :1]
        left = (WIDTH - smaller.shape[1]) // 2
        beside[-smaller.shape[0] :, left : left + smaller.shape[1]] = smaller
        frames.append(np.concatenate([frame, beside[:, ::-1]], axis=1))
    path = write_clip(tmp_path / "clip.mp4", frames)
    clip = open_clip(path, orientation="video")
    done = analyze_scene(clip, pool=pool, choice=DriverChoice(number=choice))
    assert np.median(done.driver.regions[:, 0]) / (2 * WIDTH) == pytest.approx(middle, abs=0.06)
    assert len(done.others) == 1
    assert done.everyone(clip.size)[choice - 1] is done.driver
    assert done.framing == "whole_body"
    assert not any("takes up most" in warning for warning in done.warnings)


def test_a_camera_that_pans_ends_the_run(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    rng = np.random.default_rng(5)
    blobs = cv2.resize(
        rng.uniform(60, 220, (40, 60, 3)).astype(np.float32), (900, HEIGHT), interpolation=3
    )
    wall = np.clip(blobs, 0, 255).astype(np.uint8)
    mask = track_picture(dance[0], process=pool.processes[0]).mask[..., None]
    figure = cv2.dilate(mask, np.ones((5, 5)))[..., None]
    frames = []
    for k in range(140):
        left = round(200 * np.clip((k - 90) / 40, 0, 1))
        ground = wall[:, left + 100 : left + 100 + WIDTH]
        frames.append((figure * dance[0] + (1 - figure) * ground).astype(np.uint8))
    done = analyzed(tmp_path, frames, pool)
    assert done.start == 0
    assert done.end == pytest.approx(90 / FPS, abs=0.5)
    assert "the camera pans" in [part.words for part in done.dropped]


def test_an_upper_body_is_called_so(dance: list[Rgb], tmp_path: Path, pool: TrackerPool) -> None:
    closer = [cv2.resize(frame[60:270, 40:320], (560, 420)) for frame in dance[:90]]
    assert analyzed(tmp_path, closer, pool).framing == "upper_body"


def test_frames_at_uneven_times_are_analyzed_in_seconds(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    # 40 frames at 24 a second, then 60 at 12 a second.
    times = [k / 24 for k in range(40)] + [40 / 24 + k / 12 for k in range(60)]
    path = write_clip(tmp_path / "clip.mp4", dance[:100], times=times)
    done = analyze_scene(open_clip(path, orientation="video"), pool=pool)
    assert done.start == 0
    assert done.end == pytest.approx(40 / 24 + 60 / 12, abs=0.1)


def test_a_clip_stored_sideways_is_analyzed_upright(
    dance: list[Rgb], tmp_path: Path, pool: TrackerPool
) -> None:
    sideways = [np.rot90(frame) for frame in dance[:76]]
    path = write_clip(tmp_path / "clip.mp4", sideways, rotation=-90)
    clip = open_clip(path, orientation="video")
    assert clip.size == (WIDTH, HEIGHT)
    done = analyze_scene(clip, pool=pool)
    assert done.framing == "whole_body"
    assert done.driver.regions[:, 0].mean() == pytest.approx(WIDTH / 2, abs=40)
    assert np.abs(done.driver.regions[:, 3]).max() < 0.7


def test_what_is_shown_of_a_body_is_told_from_its_landmarks() -> None:
    body = np.ones((1, 33, 4), np.float32)
    body[..., :2] = 100
    assert frame_driver(body, (200, 200)) == "whole_body"
    body[:, 27:29, 1] = 260
    assert frame_driver(body, (200, 200)) == "knees"
    body[:, 25:27, 3] = 0.1
    assert frame_driver(body, (200, 200)) == "upper_body"
    body[:, 11:13, 1] = 300
    assert frame_driver(body, (200, 200)) == "head"
