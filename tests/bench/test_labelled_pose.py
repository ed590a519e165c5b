from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.labelled_pose import MEDIA_LABELLED, SCORED, joints_of_frame, read_joints
from bench.takes import MEDIA
from tests.tracking.test_cleaning import person
from understudy.tracking.formats.openpose_video import (
    draw_skeleton,
    openpose_joints,
    write_openpose_video,
)
from understudy.tracking.performance import Performance


@pytest.fixture(scope="module")
def performance() -> Performance:
    raw = person(6)
    return Performance(
        raw.times, raw.body, raw.world, raw.left_hand, raw.right_hand, raw.face, (600, 700)
    )


def test_joints_that_were_drawn_are_read_back(performance: Performance) -> None:
    frame = draw_skeleton(performance, 0, hands=False)
    found = joints_of_frame(frame)
    drawn, _ = openpose_joints(performance.body[0])
    np.testing.assert_allclose(found[list(SCORED)], drawn[list(SCORED)], atol=1.5)


def test_joints_are_read_back_from_a_coded_video(performance: Performance, tmp_path: Path) -> None:
    write_openpose_video(performance, tmp_path / "pose.mp4", hands=False)
    found = read_joints(tmp_path / "pose.mp4")
    assert found.shape == (6, 18, 2)
    drawn = np.array([openpose_joints(body)[0] for body in performance.body])
    np.testing.assert_allclose(found[:, SCORED], drawn[:, SCORED], atol=2.5)


def test_nothing_is_read_from_black() -> None:
    assert np.isnan(joints_of_frame(np.zeros((99, 99, 3), np.uint8))).all()


@pytest.mark.skipif(not MEDIA.exists(), reason="the media are not beside the project")
def test_the_labels_of_the_media_are_read() -> None:
    labelled = MEDIA_LABELLED[0]
    joints = read_joints(MEDIA / f"{labelled.name}-pose.mp4", exchanged=labelled.exchanged)
    assert np.isfinite(joints[:, SCORED, 0]).mean() > 0.97
