"""Figures seen from the side: which pictures show one, and what is made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.geometry.stick_figure import Pose, landmarks_of
from understudy.cache import Cache
from understudy.character import cast_profile as casting
from understudy.character.cast_profile import cast_profile
from understudy.character.character import Character
from understudy.character.figure.anatomy import draw_bones
from understudy.character.figure.profile import Profile, find_profile
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Body, Landmarks
from understudy.library.presets import FOLDER
from understudy.media.picture import open_picture
from understudy.tracking.trackers import PictureTrack, Region

SIZE = (720, 960)
STANDING = Pose((90.0, 88.0), (90.0, 88.0), (90.0, 90.0), (90.0, 90.0))
LEFT_SIDE, RIGHT_SIDE = range(11, 33, 2), range(12, 33, 2)


def _found(marks: Landmarks) -> Profile | None:
    """What is made of a picture in which the tracker sees these landmarks."""
    points = marks.body[:, :2].astype(float)
    chains = ((0, 7), (7, 11), (11, 12), (11, 23), (12, 24), (23, 25), (25, 27), (24, 26), (26, 28))
    chains += ((11, 13), (13, 15), (12, 14), (14, 16), (15, 19), (16, 20), (27, 31), (28, 32))
    mask = draw_bones((SIZE[1], SIZE[0]), [(points[a], points[b]) for a, b in chains], 60)

    def track(rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        return PictureTrack(marks, mask.astype(np.float32), 1.0)

    return find_profile(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), None, track)


def _hiding(marks: Landmarks, side: range) -> Landmarks:
    body = marks.body.copy()
    body[list(side), 3] = 0.2
    return replace(marks, body=body)


def _seen_at(yaw: float, pose: Pose = STANDING) -> Landmarks:
    marks = landmarks_of(replace(pose, yaw=yaw))
    return _hiding(marks, LEFT_SIDE if yaw > 0 else RIGHT_SIDE)


@pytest.mark.parametrize(("yaw", "near"), [(90, "right"), (-90, "left"), (76, "right")])
def test_a_profile_shows_the_side_that_is_turned_to_us(yaw: float, near: str) -> None:
    found = _found(_seen_at(yaw))
    assert found is not None
    assert found.near == near


@pytest.mark.parametrize("yaw", [0.0, 45.0, 55.0, 180.0])
def test_fronts_three_quarters_and_backs_are_no_profiles(yaw: float) -> None:
    assert _found(landmarks_of(replace(STANDING, yaw=yaw))) is None


def test_both_sides_get_the_landmarks_of_the_one_that_is_seen() -> None:
    marks = _seen_at(90)
    body = marks.body.copy()
    body[[Body.LEFT_ELBOW, Body.LEFT_KNEE], 0] += 25
    found = _found(replace(marks, body=body))
    assert found is not None
    points = found.landmarks.body
    assert np.array_equal(points[list(LEFT_SIDE)], points[list(RIGHT_SIDE)])
    assert np.array_equal(points[list(RIGHT_SIDE)], marks.body[list(RIGHT_SIDE)])
    assert not found.landmarks.world[:, 2].any()


def test_left_and_right_are_told_by_the_gaze_where_the_tracker_takes_one_for_the_other() -> None:
    marks = _hiding(landmarks_of(replace(STANDING, yaw=90)), RIGHT_SIDE)
    found = _found(marks)
    assert found is not None
    assert found.near == "right"
    assert np.array_equal(found.landmarks.body[Body.RIGHT_KNEE], marks.body[Body.LEFT_KNEE])


def test_legs_apart_or_a_far_arm_in_sight_are_refused() -> None:
    marks = landmarks_of(replace(STANDING, yaw=90))
    for joint, far in ((Body.LEFT_ANKLE, 100), (Body.LEFT_WRIST, 70)):
        body = marks.body.copy()
        body[joint, 0] += far
        assert _found(replace(marks, body=body)) is None


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def robin(cache: Cache) -> Character:
    return cast_profile(open_picture(FOLDER / "robin" / "side.jpg"), (540, 720), cache=cache)


def _layer(character: Character, name: str) -> NDArray[np.float32]:
    return next(layer.rgba for layer in character.layers if layer.name == name)


def test_the_near_arm_is_lifted_off_and_the_trunk_goes_on_behind_it(robin: Character) -> None:
    assert [layer.name for layer in robin.layers] == ["left_arm", "far_leg", "body", "right_arm"]
    arm, body = _layer(robin, "right_arm"), _layer(robin, "body")
    marks = robin.landmarks.body[:, :2]
    elbow, wrist = (marks[j].astype(int) for j in (Body.RIGHT_ELBOW, Body.RIGHT_WRIST))
    hand = marks[[Body.RIGHT_INDEX, Body.RIGHT_PINKY]].mean(axis=0).astype(int)
    for x, y in (elbow, wrist, hand):
        assert arm[y, x, 3] > 0.9
    assert body[elbow[1], elbow[0], 3] > 0.9
    red, green, blue = body[elbow[1], elbow[0], :3]
    assert red > 0.5 > blue
    assert green > blue, "her sweater is yellow behind the arm, too"
    off_the_body = (arm[..., 3] > 0.5) & (body[..., 3] < 0.1)
    assert off_the_body.sum() > 300, "of the hand nothing is left in the body"
    assert 0.02 < (arm[..., 3] > 0.5).sum() / (robin.alpha > 0.5).sum() < 0.35


def test_what_the_layers_show_together_is_the_figure(robin: Character) -> None:
    together = np.maximum(_layer(robin, "body")[..., 3], _layer(robin, "right_arm")[..., 3])
    differs = np.abs(together[: robin.size[1]] - robin.alpha) > 0.5
    assert differs.sum() < 0.01 * (robin.alpha > 0.5).sum()


def test_far_limbs_are_the_near_ones_in_the_shade(robin: Character) -> None:
    near, far = _layer(robin, "right_arm"), _layer(robin, "left_arm")
    assert np.array_equal(near[..., 3], far[..., 3])
    assert 0.6 < far[..., :3].sum() / near[..., :3].sum() < 0.9
    leg, body = _layer(robin, "far_leg"), _layer(robin, "body")
    assert (leg[..., 3] <= body[..., 3] + 1e-6).all()
    hip = int(robin.landmarks.body[Body.RIGHT_HIP, 1])
    assert not leg[: hip - 60].any()
    assert leg[int(robin.landmarks.body[Body.RIGHT_KNEE, 1])].any()


def test_a_side_is_cast_once(
    robin: Character, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casting, "find_profile", None)
    again = cast_profile(open_picture(FOLDER / "robin" / "side.jpg"), (540, 720), cache=cache)
    assert again.traits == robin.traits
    assert all(
        np.array_equal(a.rgba, b.rgba) for a, b in zip(again.layers, robin.layers, strict=True)
    )


def test_a_front_is_no_side(cache: Cache) -> None:
    front: Path = FOLDER / "robin" / "front.jpg"
    with pytest.raises(InputRefused, match="from the side"):
        cast_profile(open_picture(front), (360, 480), cache=cache)
