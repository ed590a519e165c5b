"""Into which parts a clip is split to be sampled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.tracking.clip_maker import FPS, dancer, write_clip
from understudy.media.clip import Clip, open_clip
from understudy.tracking.scene.samples import PART_FRAMES, part_edges, sample_clip
from understudy.tracking.shared_chunks import LONG
from understudy.tracking.trackers import TrackerPool


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = write_clip(tmp_path_factory.mktemp("clips") / "dance.mp4", dancer(76))
    return open_clip(path, orientation="video")


def lasting(clip: Clip, frames: int, keyframes: list[float]) -> Clip:
    return replace(clip, duration=frames / FPS, keyframes=np.array(keyframes))


def test_a_short_clip_has_a_part_for_each_process(clip: Clip) -> None:
    for processes in (1, 2, 4):
        edges = part_edges(clip, processes)
        assert len(edges) == processes + 1
        assert edges[0] == 0.0
        assert edges[-1] == np.inf


def test_a_long_clip_is_split_alike_for_any_number_of_processes_at_its_keyframes(
    clip: Clip,
) -> None:
    keyframes = [0.0, 4.0, 9.0, 9.5, 21.0, 30.0]
    long = lasting(clip, 36 * FPS, keyframes)
    edges = part_edges(long, 1)
    assert edges == part_edges(long, 4)
    assert edges[0] == 0.0
    assert edges[-1] == np.inf
    assert edges == sorted(set(edges))
    assert set(edges[:-1]) <= set(keyframes)
    assert 3 <= len(edges) - 1 <= 36 * FPS // PART_FRAMES


def test_a_long_clip_of_one_keyframe_is_halved(clip: Clip) -> None:
    edges = part_edges(lasting(clip, LONG, [0.0]), 3)
    assert edges == [0.0, LONG / FPS / 2, np.inf]


def test_the_number_of_processes_does_not_change_the_thumbnails(
    clip: Clip, pool: TrackerPool
) -> None:
    with TrackerPool(1) as one:
        alone = sample_clip(clip, one)
    both = sample_clip(clip, pool)
    assert np.all(np.diff(both.times) > 0)
    assert both.thumbnails.shape[1:] == alone.thumbnails.shape[1:]
    shared = np.isin(both.times, alone.times)
    assert shared.sum() >= 0.9 * len(alone.times)
    at = np.searchsorted(alone.times, both.times[shared])
    np.testing.assert_array_equal(both.thumbnails[shared], alone.thumbnails[at])
