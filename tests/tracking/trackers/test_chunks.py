from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tracking.clip_maker import write_clip
from tests.tracking.trackers.scripted_tracker import ScriptedTracker
from understudy.media.clip import Clip, open_clip
from understudy.processes.messages import Message
from understudy.tracking.trackers.chunks import SHAPES, track_chunk
from understudy.tracking.trackers.clip_message import clip_arrays, clip_of, clip_values
from understudy.tracking.trackers.tracker import Region

DRIVER = Region(180, 180, 300)
PASSER = Region(190, 180, 300)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    frames = [np.full((360, 360, 3), 40 + k, np.uint8) for k in range(80)]
    path = write_clip(tmp_path_factory.mktemp("clips") / "grey.mp4", frames)
    return open_clip(path, orientation="video")


def guide(*rows: tuple[float, Region]) -> np.ndarray:
    return np.array([[time, r.x, r.y, r.side, r.angle] for time, r in rows])


def request(clip: Clip, first: int, count: int, **arrays: np.ndarray) -> Message:
    values = {
        "clip": clip_values(clip), "size": [360, 360], "start": 0.0, "fps": [24, 1],
        "first": first, "count": count, "warm_up": 6,
    }  # fmt: skip
    return Message("chunk", values, {**clip_arrays(clip), **arrays})


def joined(answers: list[Message]) -> dict[str, np.ndarray]:
    assert answers[-1].kind == "done"
    return {
        name: np.concatenate([answer.arrays[name] for answer in answers[:-1]]) for name in SHAPES
    }


def test_a_clip_comes_through_a_message_as_it_was(clip: Clip) -> None:
    back = clip_of(Message("x", {"clip": clip_values(clip)}, clip_arrays(clip)))
    for name in Clip.__slots__:
        np.testing.assert_array_equal(getattr(back, name), getattr(clip, name))
    assert isinstance(back.path, Path)


def test_every_frame_of_a_piece_is_answered_once_and_in_order(clip: Clip) -> None:
    still = guide((0.0, DRIVER), (3.3, DRIVER))
    answers = list(track_chunk(ScriptedTracker([DRIVER]), request(clip, 20, 31, guide=still)))
    firsts = [answer.values["first"] for answer in answers[:-1]]
    counts = [len(answer.arrays["body"]) for answer in answers[:-1]]
    assert firsts == list(np.cumsum([20, *counts[:-1]]))
    assert sum(counts) == 31
    arrays = joined(answers)
    assert np.isfinite(arrays["body"]).all()
    for name, shape in SHAPES.items():
        assert arrays[name].shape == (31, *shape)


def test_hands_are_looked_for_in_turn(clip: Clip) -> None:
    still = guide((0.0, DRIVER), (3.3, DRIVER))
    tracker = ScriptedTracker([DRIVER])
    arrays = joined(list(track_chunk(tracker, request(clip, 0, 40, guide=still))))
    left = np.isfinite(arrays["left_hand"][:, 0, 0])
    right = np.isfinite(arrays["right_hand"][:, 0, 0])
    assert (left != right).all()
    assert left.tolist() == [True, False] * 20


def test_hands_too_small_to_show_fingers_are_not_looked_for(clip: Clip) -> None:
    child = Region(180, 180, 50)
    still = guide((0.0, child), (3.3, child))
    arrays = joined(list(track_chunk(ScriptedTracker([child]), request(clip, 0, 20, guide=still))))
    assert np.isfinite(arrays["left_hand"][:, 0, 0]).sum() <= 1


def test_a_driver_who_is_not_there_is_nan(clip: Clip) -> None:
    still = guide((0.0, DRIVER), (3.3, DRIVER))
    arrays = joined(list(track_chunk(ScriptedTracker([]), request(clip, 0, 10, guide=still))))
    assert np.isnan(arrays["body"]).all()
    assert (arrays["presence"] == 0).all()


def test_who_was_lost_is_found_with_the_guide(clip: Clip) -> None:
    away = Region(20, 180, 100)
    still = guide((0.0, DRIVER), (3.3, DRIVER))
    tracker = ScriptedTracker([away])
    arrays = joined(list(track_chunk(tracker, request(clip, 0, 4, guide=still))))
    assert np.isfinite(arrays["body"]).all()
    assert arrays["body"][0, 23, 0] == pytest.approx(away.x + 5)


def test_a_driver_behind_a_passer_by_is_not_taken_for_them(clip: Clip) -> None:
    driver = guide((0.0, DRIVER), (0.5, DRIVER), (1.5, DRIVER), (3.3, DRIVER))
    passer = guide((0.5, PASSER), (1.5, PASSER))
    tracker = ScriptedTracker([PASSER])
    arrays = joined(list(track_chunk(tracker, request(clip, 0, 60, guide=driver, other_0=passer))))
    seen = np.isfinite(arrays["body"][:, 0, 0])
    assert not seen[16:33].any()
    assert seen[:12].all()
    assert seen[40:].all()
