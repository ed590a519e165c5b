from __future__ import annotations

import dataclasses
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.tracking.clip_maker import dancer, photo, write_clip
from tests.tracking.test_smoothing import track
from understudy.cache import Cache
from understudy.media.clip import open_clip
from understudy.tracking import cached, serialization
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.scene.camera_motion import CameraMotion, MovingSpan
from understudy.tracking.scene.people import PersonTrack
from understudy.tracking.scene.runs import Reason, Run
from understudy.tracking.scene.shots import Cut
from understudy.tracking.smoothing import smooth
from understudy.tracking.trackers import PictureTrack, TrackerPool
from understudy.tracking.trackers.picture_message import picture_message, picture_of
from understudy.weights import BLAZEPOSE_HEAVY, find


@pytest.fixture
def closed() -> TrackerPool:
    """A pool that cannot work any more: whoever needs it fails."""
    pool = TrackerPool(1)
    pool.close()
    return pool


def path(seed: int) -> PersonTrack:
    rng = np.random.default_rng(seed)
    return PersonTrack(np.arange(5) / 3, rng.uniform(0, 500, (5, 4)))


def analyzed() -> SceneAnalysis:
    return SceneAnalysis(
        run=Run(0.1, 3.4, 1),
        runs=(Run(0.1, 3.4, 1), Run(5, 8.2, 2)),
        dropped=(Reason(0, 0.1, "a cut"),),
        cuts=(Cut(0.0, 0.1, "cut"),),
        movements=(MovingSpan(3.4, 5, "pan"),),
        camera=CameraMotion(np.arange(4.0), np.ones((4, 3))),
        driver=path(1),
        others=(path(2), path(3)),
        people=3,
        framing="knees",
        warnings=("Careful.",),
    )


def assert_same(one: object, other: object) -> None:
    """Dataclasses are the same to the last bit."""
    assert type(one) is type(other)
    if dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert isinstance(other, tuple)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        np.testing.assert_array_equal(one, other)  # type: ignore[arg-type]


def test_values_come_back_from_their_records_as_they_were() -> None:
    performance = smooth(track(20), 24, (640, 480))
    assert_same(
        serialization.performance_of(serialization.performance_record(performance)), performance
    )
    assert_same(serialization.scene_of(serialization.scene_record(analyzed())), analyzed())
    nobody = PictureTrack(None, np.zeros((4, 5), np.float32), 0.0)
    assert_same(picture_of(picture_message(nobody)), nobody)


def test_the_same_clip_is_analyzed_and_tracked_once(
    tmp_path: Path, pool: TrackerPool, closed: TrackerPool
) -> None:
    clip = open_clip(write_clip(tmp_path / "clip.mp4", dancer(74)), orientation="video")
    cache = Cache(tmp_path / "cache")
    fps = Fraction(6)
    seen = cached.analyze_scene(clip, cache=cache, pool=pool)
    first = cached.track_clip(clip, cache=cache, scene=seen, fps=fps, pool=pool)
    again = cached.analyze_scene(clip, cache=cache, pool=closed)
    assert_same(again, seen)
    assert_same(cached.track_clip(clip, cache=cache, scene=again, fps=fps, pool=closed), first)
    with pytest.raises(ValueError, match="closed"):
        cached.track_clip(clip, cache=cache, scene=seen, fps=Fraction(5), pool=closed)
    with pytest.raises(ValueError, match="closed"):
        cached.analyze_scene(clip, cache=cache, pool=closed, camera_may_move=True)


def test_the_same_picture_is_tracked_once(tmp_path: Path) -> None:
    rgb = dancer(1)[0]
    cache = Cache(tmp_path)
    with cached.PictureTracker(cache) as tracker:
        first = tracker(rgb)
        assert first.landmarks is not None
        assert_same(tracker(rgb), first)
    # The process is gone: what is not remembered fails.
    assert_same(tracker(rgb), first)
    with pytest.raises(ValueError, match="closed"):
        tracker(rgb[::-1].copy())


def test_a_tracker_beside_another_uses_its_process() -> None:
    rgb = np.full((64, 64, 3), 128, np.uint8)
    with cached.PictureTracker(None) as tracker:
        beside = cached.PictureTracker(None, quick=True, beside=tracker)
        assert beside(rgb).landmarks is None
        assert tracker(rgb).landmarks is None
    with pytest.raises(ValueError, match="closed"):
        beside(rgb)


def test_without_a_cache_pictures_are_tracked_anew() -> None:
    rgb = np.full((64, 64, 3), 128, np.uint8)
    with cached.PictureTracker(None) as tracker:
        assert tracker(rgb).landmarks is None
    with pytest.raises(ValueError, match="closed"):
        tracker(rgb)


def test_what_the_heavy_model_finds_is_remembered_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rgb = np.full((64, 64, 3), 128, np.uint8)
    with cached.PictureTracker(Cache(tmp_path / "cache")) as tracker:
        tracker(rgb)
    (file,) = BLAZEPOSE_HEAVY.editions[0].files
    heavy = tmp_path / BLAZEPOSE_HEAVY.name / file.name
    heavy.parent.mkdir()
    with heavy.open("wb") as stream:
        stream.truncate(file.bytes)
    monkeypatch.setenv("UNDERSTUDY_WEIGHTS_DIR", str(tmp_path))
    assert cached.picture_versions()[-1] == BLAZEPOSE_HEAVY.name
    for quick in (True, False):
        tracker = cached.PictureTracker(Cache(tmp_path / "cache"), quick=quick)
        record = Cache(tmp_path / "cache").load("picture", tracker.key(rgb, None))
        assert (record is not None) == quick


def test_the_heavy_model_finds_the_same_person(machine_weights: Path) -> None:
    fetched = find(BLAZEPOSE_HEAVY, machine_weights)
    if fetched is None:
        pytest.skip("blazepose-heavy was not fetched to this machine")
    rgb = photo()
    with cached.PictureTracker(None, quick=True) as tracker:
        full = tracker(rgb).landmarks
    with cached.PictureTracker(None) as tracker:
        heavy = tracker(rgb).landmarks
    assert full is not None
    assert heavy is not None
    joints = slice(11, 29)
    apart = np.linalg.norm(full.body[joints, :2] - heavy.body[joints, :2], axis=1)
    assert 0 < apart.max() < 0.1 * np.ptp(full.body[joints, 1])


def test_the_camera_is_followed_once(tmp_path: Path, pool: TrackerPool) -> None:
    path = write_clip(tmp_path / "clip.mp4", dancer(74))
    clip = open_clip(path, orientation="video")
    cache = Cache(tmp_path / "cache")
    fps = Fraction(6)
    seen = cached.analyze_scene(clip, cache=cache, pool=pool, camera_may_move=True)
    performance = cached.track_clip(clip, cache=cache, scene=seen, fps=fps, pool=pool)
    follow = partial(cached.follow_camera, clip, performance, cache=cache, scene=seen, fps=fps)
    first = follow()
    path.write_bytes(b"")
    assert follow() == first
    (usage,) = (each for each in cache.usage() if each.kind == "camera")
    assert usage.entries == 1


def test_a_camera_comes_back_from_its_record() -> None:
    rows = np.random.default_rng(0).normal(0, 1, (4, 20))
    camera = ClipCamera(rows[:2].T.copy(), np.exp(rows[2]), rows[3], (640, 480))
    assert_same(serialization.camera_of(serialization.camera_record(camera)), camera)
