"""OpenPose JSON of our own and of other tools, as motion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tracking.formats.walker import PIXELS_PER_METRE, SHOULDER_HEIGHT
from understudy.geometry.landmarks import Body
from understudy.tracking.formats.openpose_json import (
    openpose_frames,
    write_openpose_file,
    write_openpose_folder,
)
from understudy.tracking.formats.openpose_reading import read_openpose
from understudy.tracking.performance import Performance

LIMBS = [
    Body[f"{side}_{joint}"]
    for side in ("LEFT", "RIGHT")
    for joint in ("SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE")
]


def read(frames: Any, tmp_path: Path) -> Performance:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(frames))
    return read_openpose(path)


@pytest.fixture
def bare(walk: Performance) -> list[dict[str, Any]]:
    """The walker as other tools write it: 18 points, nothing that we add."""
    return [
        {"people": [{"pose_keypoints_2d": person["pose_keypoints_2d"]} for person in f["people"]]}
        for f in openpose_frames(walk, "coco_18")
    ]


def test_our_own_file_and_folder_come_back(walk: Performance, tmp_path: Path) -> None:
    write_openpose_file(walk, tmp_path / "walk.json")
    write_openpose_folder(walk, tmp_path / "walk")
    for path in (tmp_path / "walk.json", tmp_path / "walk"):
        back = read_openpose(path)
        np.testing.assert_allclose(back.times, walk.times, atol=1e-5)
        assert back.size == walk.size
        np.testing.assert_allclose(back.body[:, LIMBS, :2], walk.body[:, LIMBS, :2], atol=0.01)
        np.testing.assert_allclose(back.world[:, LIMBS], walk.world[:, LIMBS], atol=1e-3)
        np.testing.assert_allclose(back.left_hand[..., :2], walk.left_hand[..., :2], atol=0.01)
        assert np.isnan(back.right_hand).all()
        assert np.isfinite(back.body).all()


def test_a_file_without_places_in_space_is_a_flat_figure(
    bare: list[dict[str, Any]], walk: Performance, tmp_path: Path
) -> None:
    back = read(bare, tmp_path)
    np.testing.assert_allclose(back.times, np.arange(len(walk)) / 30)
    np.testing.assert_allclose(back.body[:, LIMBS, :2], walk.body[:, LIMBS, :2], atol=0.01)
    assert (back.world[..., 2] == 0).all()
    # The walker's trunk has the length that is taken for everybody's.
    assert SHOULDER_HEIGHT == 0.5
    seen = back.world[:, LIMBS, 0] * PIXELS_PER_METRE
    hips = walk.body[:, [Body.LEFT_HIP, Body.RIGHT_HIP], 0].mean(axis=1)
    np.testing.assert_allclose(seen, walk.body[:, LIMBS, 0] - hips[:, None], atol=0.2)
    # Landmarks that 18 points do not have are completed and count as not seen.
    assert (back.body[:, [Body.LEFT_HEEL, Body.MOUTH_LEFT, Body.RIGHT_INDEX], 3] == 0).all()
    assert (back.body[:, Body.LEFT_HEEL, 1] > back.body[:, Body.LEFT_ANKLE, 1]).all()


def test_gaps_are_bridged_and_trusted_less(
    bare: list[dict[str, Any]], walk: Performance, tmp_path: Path
) -> None:
    bare[10]["people"] = []
    keypoints = bare[20]["people"][0]["pose_keypoints_2d"]
    keypoints[3 * 4 : 3 * 5] = [0, 0, 0]  # the right wrist
    back = read(bare, tmp_path)
    wrist = back.body[:, Body.RIGHT_WRIST]
    np.testing.assert_allclose(wrist[20, :2], wrist[[19, 21], :2].mean(axis=0), atol=0.01)
    assert wrist[20, 3] <= 0.25
    assert wrist[19, 3] == 1
    assert (back.body[10, LIMBS, 3] <= 0.25).all()
    np.testing.assert_allclose(back.body[10, LIMBS, :2], walk.body[10, LIMBS, :2], atol=8)


def test_shares_of_the_canvas_become_pixels(
    bare: list[dict[str, Any]], walk: Performance, tmp_path: Path
) -> None:
    for frame in bare:
        frame["canvas_width"], frame["canvas_height"] = walk.size
        keypoints = np.array(frame["people"][0]["pose_keypoints_2d"]).reshape(-1, 3)
        keypoints[:, :2] /= walk.size
        frame["people"][0]["pose_keypoints_2d"] = keypoints.ravel().tolist()
    back = read(bare, tmp_path)
    assert back.size == walk.size
    np.testing.assert_allclose(back.body[:, LIMBS, :2], walk.body[:, LIMBS, :2], atol=0.02)


def test_of_several_people_the_largest_is_followed(
    bare: list[dict[str, Any]], walk: Performance, tmp_path: Path
) -> None:
    for n, frame in enumerate(bare):
        keypoints = np.array(frame["people"][0]["pose_keypoints_2d"]).reshape(-1, 3)
        keypoints[:, 0] = 900 + 0.5 * keypoints[:, 0]
        keypoints[:, 1] *= 0.5
        other = {"pose_keypoints_2d": keypoints.ravel().tolist()}
        frame["people"].insert(n % 2, other)
    back = read(bare, tmp_path)
    np.testing.assert_allclose(back.body[:, LIMBS, :2], walk.body[:, LIMBS, :2], atol=0.01)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"{}", "no list of people"),
        (b"[]", "no list of frames"),
        (b'[{"people": []}, {"people": []}]', "nobody"),
        (b'[{"people": 3}]', "no list of people"),
        (b'[{"people": [{"pose_keypoints_2d": ["x", 1, 1]}]}]', "no list of numbers"),
    ],
)
def test_other_json_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ValueError, match=reason):
        read_openpose(tmp_path / "x.json")


def test_a_body_without_hips_is_refused(bare: list[dict[str, Any]], tmp_path: Path) -> None:
    for frame in bare:
        frame["people"][0]["pose_keypoints_2d"][3 * 8 : 3 * 9] = [0, 0, 0]
    with pytest.raises(ValueError, match="shoulders and hips"):
        read(bare, tmp_path)


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("{}")
    with pytest.raises(ValueError, match="_keypoints"):
        read_openpose(tmp_path)
