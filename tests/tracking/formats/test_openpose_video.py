from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.tracking.test_cleaning import person
from understudy.geometry.landmarks import Body
from understudy.tracking.formats.frame_rate import frame_rate
from understudy.tracking.formats.openpose_video import (
    COLOURS,
    LIMBS,
    DrawingNumbers,
    draw_skeleton,
    openpose_joints,
    write_openpose_video,
)
from understudy.tracking.performance import Performance

SIZE = (600, 700)


@pytest.fixture
def performance() -> Performance:
    raw = person(12)
    raw.body[:, Body.LEFT_EYE, :2] = 320, 80
    raw.body[:, Body.RIGHT_EYE, :2] = 280, 80
    raw.body[:, Body.LEFT_EAR, :2] = 345, 95
    raw.body[:, Body.RIGHT_EAR, :2] = 255, 95
    return Performance(
        raw.times, raw.body, raw.world, raw.left_hand, raw.right_hand, raw.face, SIZE
    )


def test_the_neck_lies_between_the_shoulders(performance: Performance) -> None:
    joints, shown = openpose_joints(performance.body[0])
    assert shown.all()
    np.testing.assert_allclose(joints[1], [300, 200])
    assert len(joints) == len(COLOURS) == 18
    assert len(set(LIMBS)) == 17


def test_joints_and_limbs_have_openposes_colours(performance: Performance) -> None:
    frame = draw_skeleton(performance, 0, hands=False, face=False)
    assert frame.shape == (700, 600, 3)
    joints, _ = openpose_joints(performance.body[0])
    for (x, y), colour in zip(joints, COLOURS, strict=True):
        assert tuple(frame[round(float(y)), round(float(x))]) == colour
    elbow, wrist = joints[3], joints[4]
    x, y = (elbow + wrist) / 2
    # The right forearm is the fourth limb: yellow at six tenths.
    assert tuple(frame[round(float(y)), round(float(x))]) == (153, 153, 0)
    assert (frame[:20] == 0).all()


def test_unseen_joints_and_their_limbs_are_left_out(performance: Performance) -> None:
    body = performance.body.copy()
    body[:, Body.RIGHT_KNEE, 3] = 0.1
    frame = draw_skeleton(replace(performance, body=body), 0, hands=False, face=False)
    thigh = (frame == (0, 153, 51)).all(axis=2)
    assert not thigh.any()


def test_hands_and_face_are_drawn_when_seen_and_wanted(performance: Performance) -> None:
    plain = draw_skeleton(performance, 0, hands=False, face=False)
    full = draw_skeleton(performance, 0)
    assert (full == 255).all(axis=2).any()
    assert not (plain == 255).all(axis=2).any()
    assert (full != plain).any(axis=2).sum() > 200
    nothing = np.full_like(performance.face, np.nan)
    hands = np.full_like(performance.left_hand, np.nan)
    unseen = replace(performance, face=nothing, left_hand=hands, right_hand=hands)
    np.testing.assert_array_equal(draw_skeleton(unseen, 0), plain)


def test_toes_are_drawn_at_the_ankles_where_wanted(performance: Performance) -> None:
    plain = draw_skeleton(performance, 0, hands=False, face=False)
    numbers = DrawingNumbers(toes=True)
    frame = draw_skeleton(performance, 0, hands=False, face=False, numbers=numbers)
    for toe, colour in (
        (Body.LEFT_FOOT_INDEX, (200, 200, 0)),
        (Body.RIGHT_FOOT_INDEX, (100, 100, 0)),
    ):
        x, y = performance.body[0, toe, :2].round().astype(int)
        assert tuple(frame[y, x]) == colour
        assert tuple(plain[y, x]) != colour


def test_a_thinner_skeleton_has_the_same_joints(performance: Performance) -> None:
    plain = draw_skeleton(performance, 0, hands=False, face=False)
    numbers = DrawingNumbers(stick=1 / 200, stick_less=1.0)
    thin = draw_skeleton(performance, 0, hands=False, face=False, numbers=numbers)
    assert 0 < thin.any(axis=2).sum() < plain.any(axis=2).sum()


def test_landmarks_far_outside_the_picture_do_no_harm(performance: Performance) -> None:
    body = performance.body * np.float32(1e6)
    assert draw_skeleton(replace(performance, body=body), 0).shape == (700, 600, 3)


def test_the_video_has_the_clips_size_rate_and_length(
    performance: Performance, tmp_path: Path
) -> None:
    write_openpose_video(replace(performance, size=(601, 701)), tmp_path / "pose.mp4")
    with av.open(str(tmp_path / "pose.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (600, 700)
        assert stream.average_rate == 24
        assert sum(1 for _ in container.decode(video=0)) == 12


def test_the_rate_is_read_from_the_times(performance: Performance) -> None:
    assert frame_rate(performance) == 24
    ntsc = replace(performance, times=np.arange(12) * 1001 / 30000)
    assert frame_rate(ntsc) == Fraction(30000, 1001)
