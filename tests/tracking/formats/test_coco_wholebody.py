"""COCO-WholeBody annotations are read by COCO's own library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO

from understudy.geometry.landmarks import Body
from understudy.tracking.formats.coco_wholebody import write_coco_wholebody
from understudy.tracking.performance import Performance


@pytest.fixture
def read(walk: Performance, tmp_path: Path) -> COCO:
    body = walk.body.copy()
    body[4] = np.nan
    body[:, Body.LEFT_EAR, 3] = 0
    write_coco_wholebody(replace(walk, body=body), tmp_path / "dance.json")
    return COCO(str(tmp_path / "dance.json"))


def test_there_is_an_image_for_each_frame_and_a_person_where_seen(
    read: COCO, walk: Performance
) -> None:
    images = read.loadImgs(read.getImgIds())
    assert len(images) == len(walk)
    assert (images[0]["width"], images[0]["height"]) == walk.size
    assert len(read.getAnnIds(imgIds=[1])) == 1
    assert read.getAnnIds(imgIds=[5]) == []


def test_keypoints_are_in_coco_s_order(read: COCO, walk: Performance) -> None:
    (category,) = read.loadCats(read.getCatIds(catNms=["person"]))
    names = category["keypoints"]
    assert names[0] == "nose"
    assert names[-1] == "right_ankle"
    (annotation,) = read.loadAnns(read.getAnnIds(imgIds=[8]))
    points = np.array(annotation["keypoints"]).reshape(17, 3)
    for name, (x, y, visible) in zip(names, points, strict=True):
        if name == "left_ear":
            assert (x, y, visible) == (0, 0, 0)
            continue
        np.testing.assert_allclose((x, y), walk.body[7, Body[name.upper()], :2], atol=0.01)
        assert visible == 2
    assert annotation["num_keypoints"] == 16


def test_feet_hands_and_face_have_their_own_lists(read: COCO, walk: Performance) -> None:
    (annotation,) = read.loadAnns(read.getAnnIds(imgIds=[8]))
    feet = np.array(annotation["foot_kpts"]).reshape(6, 3)
    np.testing.assert_allclose(feet[0, :2], walk.body[7, Body.LEFT_FOOT_INDEX, :2], atol=0.01)
    assert feet[1].tolist() == [0, 0, 0]
    np.testing.assert_allclose(feet[5, :2], walk.body[7, Body.RIGHT_HEEL, :2], atol=0.01)
    hand = np.array(annotation["lefthand_kpts"]).reshape(21, 3)
    np.testing.assert_allclose(hand[:, :2], walk.left_hand[7, :, :2], atol=0.01)
    assert annotation["lefthand_valid"]
    assert not annotation["righthand_valid"]
    assert len(annotation["face_kpts"]) == 3 * 68
    assert not annotation["face_valid"]
    left, top, width, height = annotation["lefthand_box"]
    np.testing.assert_allclose(
        [left, top, left + width, top + height],
        [*walk.left_hand[7, :, :2].min(axis=0), *walk.left_hand[7, :, :2].max(axis=0)],
        atol=0.01,
    )


def test_the_box_holds_everything_that_is_seen(read: COCO, walk: Performance) -> None:
    (annotation,) = read.loadAnns(read.getAnnIds(imgIds=[8]))
    left, top, width, height = annotation["bbox"]
    shown = walk.body[7, Body.NOSE, :2]
    assert left <= shown[0] <= left + width
    assert top <= shown[1] <= top + height
    assert annotation["area"] == pytest.approx(width * height, rel=1e-3)
