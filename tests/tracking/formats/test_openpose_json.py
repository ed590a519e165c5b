"""OpenPose JSON is read by a library of other hands, in one file and in a folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pose_format.utils.openpose import load_openpose, load_openpose_directory

from understudy.geometry.landmarks import Body
from understudy.tracking.formats.openpose_json import (
    openpose_frames,
    write_openpose_file,
    write_openpose_folder,
)
from understudy.tracking.performance import Performance

FACE = np.arange(468 * 3, dtype=np.float32).reshape(468, 3)


@pytest.fixture
def seen(walk: Performance) -> Performance:
    """The walker with a face in every frame, whose left foot is never seen."""
    body = walk.body.copy()
    body[:, [Body.LEFT_HEEL, Body.LEFT_FOOT_INDEX], 3] = 0.1
    return replace(walk, body=body, face=np.tile(FACE, (len(walk), 1, 1)))


def test_a_library_reads_the_folder(seen: Performance, tmp_path: Path) -> None:
    write_openpose_folder(seen, tmp_path / "dance")
    names = sorted(path.name for path in (tmp_path / "dance").iterdir())
    assert names[0] == "dance_000000000000_keypoints.json"
    assert len(names) == len(seen)
    width, height = seen.size
    pose = load_openpose_directory(str(tmp_path / "dance"), fps=24, width=width, height=height)
    points = np.asarray(pose.body.data.filled(0))[:, 0]
    assert points.shape[:2] == (len(seen), 137)
    order = {
        1: (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER),
        4: (Body.RIGHT_WRIST,),
        8: (Body.LEFT_HIP, Body.RIGHT_HIP),
        14: (Body.LEFT_ANKLE,),
        22: (Body.RIGHT_FOOT_INDEX,),
        24: (Body.RIGHT_HEEL,),
    }
    for index, landmarks in order.items():
        wanted = seen.body[:, landmarks, :2].mean(axis=1)
        np.testing.assert_allclose(points[:, index, :2], wanted, atol=0.01)
    confidence = np.asarray(pose.body.confidence)[:, 0]
    assert (confidence[:, [19, 20, 21]] == 0).all()
    assert (confidence[:, 25:95] == 1).all()


def test_one_file_is_the_list_of_the_same_frames(seen: Performance, tmp_path: Path) -> None:
    write_openpose_file(seen, tmp_path / "dance.json")
    frames: list[dict[str, Any]] = json.loads((tmp_path / "dance.json").read_text())
    assert len(frames) == len(seen)
    assert [frame["time"] for frame in frames] == pytest.approx(seen.times.tolist(), abs=1e-6)
    assert {(f["canvas_width"], f["canvas_height"]) for f in frames} == {seen.size}
    pose = load_openpose(dict(enumerate(frames)), fps=24, width=seen.size[0], height=seen.size[1])
    nose = np.asarray(pose.body.data.filled(0))[:, 0, 0]
    np.testing.assert_allclose(nose, seen.body[:, Body.NOSE, :2], atol=0.01)


@pytest.mark.parametrize(("keypoints", "count"), [("body_25", 25), ("coco_18", 18)])
def test_each_list_has_three_numbers_for_a_point(
    seen: Performance, keypoints: Any, count: int
) -> None:
    frame = openpose_frames(seen, keypoints)[3]
    (person,) = frame["people"]
    lengths = {name: len(values) for name, values in person.items() if name != "person_id"}
    assert lengths == {
        "pose_keypoints_2d": 3 * count,
        "pose_keypoints_3d": 4 * count,
        "face_keypoints_2d": 3 * 70,
        "hand_left_keypoints_2d": 3 * 21,
        "hand_right_keypoints_2d": 3 * 21,
        "face_keypoints_3d": 0,
        "hand_left_keypoints_3d": 0,
        "hand_right_keypoints_3d": 0,
    }
    assert person["hand_right_keypoints_2d"] == [0] * 63
    wrist = person["hand_left_keypoints_2d"][:3]
    assert wrist == pytest.approx([*seen.left_hand[3, 0, :2], 1], abs=0.01)


def test_places_in_space_are_metres(seen: Performance) -> None:
    (person,) = openpose_frames(seen)[5]["people"]
    elbow = person["pose_keypoints_3d"][4 * 6 : 4 * 7]
    assert elbow == pytest.approx([*seen.world[5, Body.LEFT_ELBOW], 1], abs=1e-3)


def test_a_frame_without_the_driver_has_nobody(seen: Performance) -> None:
    body = seen.body.copy()
    body[2] = np.nan
    frames = openpose_frames(replace(seen, body=body))
    assert frames[2]["people"] == []
    assert len(frames[3]["people"]) == 1


def test_a_folder_with_something_in_it_is_left_alone(seen: Performance, tmp_path: Path) -> None:
    (tmp_path / "dance").mkdir()
    (tmp_path / "dance" / "mine.txt").write_text("x")
    with pytest.raises(OSError, match="not empty"):
        write_openpose_folder(seen, tmp_path / "dance")
    assert [path.name for path in tmp_path.iterdir()] == ["dance"]
    assert [path.name for path in (tmp_path / "dance").iterdir()] == ["mine.txt"]
