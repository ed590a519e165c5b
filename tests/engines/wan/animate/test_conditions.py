"""What the model is shown is checked before it is drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.wan.conftest import MakeJob
from tests.geometry.stick_figure import Pose, landmarks_of, performance_of
from understudy.engines.wan.animate.conditions import ConditionReader, Conditions
from understudy.engines.wan.driving import Driving
from understudy.engines.wan.letterbox import FramePart, fitted
from understudy.engines.wan.segments import Segment
from understudy.tracking.performance import Performance
from understudy.tracking.trackers import PictureTrack

FRAME = (64, 96)
POSE = [np.zeros((96, 64, 3), np.uint8)] * 9
FACE = [np.zeros((16, 16, 3), np.uint8)] * 9
MASK = [np.zeros((96, 64), np.uint8)] * 9


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pose": POSE[:1], "face": FACE[:1]}, "4 k \\+ 1 frames, 5 at least, not 1"),
        ({"pose": [], "face": []}, "not 0"),
        ({"face": FACE[:8]}, "the face video has 8 frames, the pose video 9"),
        ({"pose": [np.zeros((90, 64, 3), np.uint8)] * 9}, "multiples of 16 px, not 64 and 90"),
        ({"face": [np.zeros((16, 12, 3), np.uint8)] * 9}, "frames of the face video differ"),
        ({"mask": MASK}, "given together"),
        ({"scene": POSE}, "given together"),
        ({"scene": POSE, "mask": MASK[:5]}, "the mask video has 5 frames"),
        ({"scene": POSE, "mask": [np.zeros((9, 9), np.uint8)] * 9}, "frames of the mask video"),
    ],
)
def test_what_the_pipeline_would_crash_at_or_change_in_silence_is_refused(
    given: dict[str, list[np.ndarray]], said: str
) -> None:
    Conditions(pose=POSE, face=FACE, scene=POSE, mask=MASK)
    with pytest.raises(ValueError, match=said):
        Conditions(**{"pose": POSE, "face": FACE, **given})


@pytest.fixture
def performance() -> Performance:
    """Of the clip's 340 x 340 pixels; the face is seen in the first 5 of 20 frames."""
    performance = performance_of([Pose()] * 20, scale=100.0, at=(170.0, 180.0), size=(340, 340))
    face = performance.face.copy()
    face[:5] = np.random.default_rng(0).uniform(150, 190, (468, 3))
    return replace(performance, face=face)


@pytest.fixture
def reader(performance: Performance, make_job: MakeJob) -> Iterator[ConditionReader]:
    job = make_job(20)
    assert job.clip is not None
    driving = Driving(job.clip, job, (170, 170))
    yield ConditionReader(performance, driving, FRAME, 16)
    driving.close()


def test_segments_are_shown_skeletons_and_faces_frame_by_frame(reader: ConditionReader) -> None:
    box = fitted((300, 400), FRAME)
    picture = landmarks_of(Pose(), scale=25.0, at=(32.0, 45.0))
    conditions = reader.animating(picture, box)
    for segment in (Segment(0, 9), Segment(8, 13)):
        shown = conditions.of(segment)
        assert len(shown.pose) == len(shown.face) == segment.length
        assert all(frame.shape == (96, 64, 3) and frame.any() for frame in shown.pose)
        seen = [bool(face.any()) for face in shown.face]
        assert seen == [segment.start + place < 5 for place in range(segment.length)]
        assert shown.scene is None
    (said,) = conditions.warnings()
    assert "seen in 25% of the frames" in said


def test_without_anybody_in_the_picture_the_driver_is_drawn_as_it_is(
    reader: ConditionReader,
) -> None:
    conditions = reader.animating(None, FramePart(0, 0, 64, 96))
    assert conditions.of(Segment(0, 5)).pose[0].any()
    (said,) = conditions.warnings()
    assert "Nobody was found in the picture" in said


def test_in_the_clips_scene_the_driver_is_cut_out_and_bars_stay(reader: ConditionReader) -> None:
    box = fitted((340, 340), FRAME)
    mask = np.zeros((170, 170), np.float32)
    mask[20:150, 60:110] = 1
    conditions = reader.replacing(box, lambda *_: PictureTrack(None, mask))
    shown = conditions.of(Segment(0, 5))
    assert shown.scene is not None
    assert shown.mask is not None
    for scene, place in zip(shown.scene, shown.mask, strict=True):
        assert place.any()
        assert not scene[place > 0].any()
        assert not place[: box.top].any()
        inside = scene[box.top : box.top + box.height]
        assert inside[place[box.top : box.top + box.height] == 0].any()
    assert conditions.warnings() == ()
