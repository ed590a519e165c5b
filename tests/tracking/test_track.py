"""Tracking the sample dance."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.clip_maker import dancer, write_clip
from understudy import errors
from understudy.geometry.landmarks import Body
from understudy.media.clip import Clip, open_clip
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis, analyze_scene
from understudy.tracking.track import NUMBERS, split_frames, track_clip, tracking_size
from understudy.tracking.trackers import TrackerPool

FPS = 12
FRAMES = 38


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("clips") / "dance.mp4"
    write_clip(path, dancer(2 * FRAMES)[::2], times=[k / FPS for k in range(FRAMES)])
    return open_clip(path, orientation="video")


@pytest.fixture(scope="module")
def scene(clip: Clip, pool: TrackerPool) -> SceneAnalysis:
    return analyze_scene(clip, pool=pool)


@pytest.fixture(scope="module")
def performance(clip: Clip, scene: SceneAnalysis, pool: TrackerPool) -> Performance:
    return track_clip(clip, scene=scene, pool=pool)


def assert_same(one: Performance, other: Performance) -> None:
    for field in dataclasses.fields(Performance):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_every_frame_has_a_body_in_the_clips_pixels(clip: Clip, performance: Performance) -> None:
    assert len(performance) == FRAMES
    assert performance.size == clip.size
    np.testing.assert_allclose(performance.times, np.arange(FRAMES) / FPS)
    assert np.isfinite(performance.body).all()
    assert np.isfinite(performance.world).all()
    places = performance.body[:, : Body.LEFT_FOOT_INDEX, :2]
    assert (places > 0).all()
    assert (places < np.array(clip.size)).all()
    hips, nose = performance.body[:, 23:25, 1].mean(), performance.body[:, 0, 1].mean()
    assert nose < hips < performance.body[:, 27:29, 1].mean()


def test_face_and_hands_are_there_and_move(performance: Performance) -> None:
    assert np.isfinite(performance.face[:, 0, 0]).mean() > 0.9
    for hand, wrist in (
        (performance.left_hand, Body.LEFT_WRIST),
        (performance.right_hand, Body.RIGHT_WRIST),
    ):
        seen = np.isfinite(hand[:, 0, 0])
        assert seen.mean() > 0.6
        off = np.linalg.norm(hand[seen, 0, :2] - performance.body[seen, wrist, :2], axis=1)
        assert np.median(off) < 20


def test_left_and_right_are_the_persons_own(performance: Performance) -> None:
    # The dancer faces the camera, so what is left of theirs is right in the picture.
    shoulders = performance.body[:, [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], 0]
    assert (shoulders[:, 0] > shoulders[:, 1]).mean() > 0.95


def test_the_same_clip_gives_the_same_bits(
    clip: Clip, scene: SceneAnalysis, performance: Performance, pool: TrackerPool
) -> None:
    assert_same(track_clip(clip, scene=scene, pool=pool), performance)


def test_the_seam_between_the_pieces_does_not_show(clip: Clip, performance: Performance) -> None:
    _, (seam, _) = split_frames(clip, 0.0, Fraction(FPS), FRAMES, 2)
    steps = np.linalg.norm(np.diff(performance.body[..., :2], axis=0), axis=2).mean(axis=1)
    assert steps[seam - 1] < 3 * np.median(steps) + 1


def test_a_part_at_another_rate_can_be_tracked(
    clip: Clip, scene: SceneAnalysis, performance: Performance, pool: TrackerPool
) -> None:
    shares: list[float] = []
    part = track_clip(
        clip, scene=scene, start=1.0, end=2.0, fps=Fraction(6), pool=pool,
        on_progress=shares.append,
    )  # fmt: skip
    np.testing.assert_allclose(part.times, 1 + np.arange(6) / 6)
    assert shares[-1] == 1
    assert shares == sorted(shares)
    off = np.abs(part.body[..., :2] - performance.body[12:24:2, :, :2])
    assert np.median(off) < 3


def test_tracking_can_be_cancelled(clip: Clip, scene: SceneAnalysis) -> None:
    done: list[float] = []
    with TrackerPool(1) as own, pytest.raises(errors.TakeCancelled):
        track_clip(
            clip, scene=scene, pool=own, on_progress=done.append, cancelled=lambda: bool(done)
        )
    assert done[-1] < 1


def test_a_file_that_went_away_is_no_silence(
    clip: Clip, scene: SceneAnalysis, tmp_path: Path
) -> None:
    gone = dataclasses.replace(clip, path=tmp_path / "gone.mp4")
    with TrackerPool(1) as own, pytest.raises(Exception, match=r"gone\.mp4"):
        track_clip(gone, scene=scene, pool=own)


def test_frames_are_tracked_no_larger_than_they_are(clip: Clip, scene: SceneAnalysis) -> None:
    assert tracking_size(clip, scene) == clip.size
    large = dataclasses.replace(clip, width=2160, height=3840)
    regions = scene.driver.regions * np.array([6, 6, 9, 1])
    near = dataclasses.replace(scene, driver=dataclasses.replace(scene.driver, regions=regions))
    assert tracking_size(large, near) == (720, 1280)
    far = dataclasses.replace(
        scene, driver=dataclasses.replace(scene.driver, regions=regions * [1, 1, 0.2, 1])
    )
    assert min(tracking_size(large, far)) > 720


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 900),
    st.integers(1, 6),
    st.lists(st.floats(0, 36), max_size=6),
)
def test_pieces_cover_every_frame_once(
    clip: Clip, total: int, count: int, keys: list[float]
) -> None:
    keyed = dataclasses.replace(clip, keyframes=np.unique([0.0, *keys]))
    chunks = split_frames(keyed, 0.0, Fraction(24), total, count)
    assert 1 <= len(chunks) <= count
    assert [first for first, _ in chunks] == list(np.cumsum([0, *(n for _, n in chunks[:-1])]))
    assert sum(length for _, length in chunks) == total
    if total > 100 and len(chunks) > 1:
        longest = max(length for _, length in chunks)
        assert longest < total - NUMBERS.warm_up
