"""Judging the pictures of an element, on those that come with the service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.carried_corrections import with_corrections
from understudy.character.cast import cast
from understudy.character.corrections import Corrections
from understudy.elements.clip_frames import best_frames
from understudy.elements.closer_face import with_closer_face
from understudy.elements.views import View, judge
from understudy.library.presets import FOLDER
from understudy.media import limits
from understudy.media.clip import open_clip
from understudy.media.output.encode import VideoWriter
from understudy.media.picture import Picture, open_picture
from understudy.tracking.cached import PictureTracker
from understudy.tracking.trackers import PictureTrack, Region

ROBIN = FOLDER / "robin"
# Joints of somebody who stands in a picture of 400 x 600 px; eyes and ears follow the nose.
STANDING = {
    "nose": (200, 90),
    **{
        f"{side}_{name}": (200 + sign * x, y)
        for side, sign in (("left", 1), ("right", -1))
        for name, x, y in (
            ("shoulder", 50, 150),
            ("elbow", 80, 240),
            ("wrist", 95, 320),
            ("hip", 30, 330),
            ("knee", 32, 440),
            ("ankle", 33, 550),
        )
    },
}


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PictureTracker]:
    with PictureTracker(Cache(tmp_path_factory.mktemp("cache"))) as tracker:
        yield tracker


def _judged(name: str, index: int, track: PictureTracker) -> View:
    view = judge(open_picture(ROBIN / name), index, track)
    assert view is not None
    return view


def test_the_front_the_back_and_the_face_are_told_apart(track: PictureTracker) -> None:
    front, back, face, side = (
        _judged(name, index, track)
        for index, name in enumerate(("front.jpg", "back.jpg", "face.jpg", "side.jpg"))
    )
    assert (front.facing, front.framing, front.free_arms) == ("front", "whole_body", 2)
    assert (back.facing, back.framing, back.face) == ("back", "whole_body", 0.0)
    assert (side.facing, side.framing, side.free_arms) == ("right", "whole_body", 1)
    assert not side.movable
    assert face.facing == "front"
    assert face.face > 2 * front.face
    assert front.neutral > 0.8


def test_a_back_may_come_first_beside_a_picture_of_the_front(track: PictureTracker) -> None:
    back = open_picture(ROBIN / "back.jpg")
    alone, beside = judge(back, 0, track), judge(back, 0, track, frontal=False)
    assert alone is not None
    assert beside is not None
    assert (alone.facing, beside.facing) == ("front", "back")


def test_a_drawn_animal_in_profile_shows_its_side(track: PictureTracker) -> None:
    view = judge(open_picture(FOLDER / "fox" / "side.jpg"), 2, track)
    assert view is not None
    assert (view.facing, view.framing) == ("left", "whole_body")


def test_a_figure_without_a_face_is_frontal_in_the_first_picture(track: PictureTracker) -> None:
    fox = open_picture(FOLDER / "fox" / "front.jpg")
    view = judge(fox, 0, track)
    assert view is not None
    assert view.facing == "front"


def test_a_close_up_without_shoulders_still_lends_its_face(track: PictureTracker) -> None:
    close = open_picture(ROBIN / "face.jpg").rgb[60:470, 60:460]
    view = judge(_picture(close), 1, track)
    assert view is not None
    assert view.face > 150


def test_a_picture_of_nobody_is_no_view(track: PictureTracker) -> None:
    assert judge(_picture(np.full((400, 400, 3), 140, np.uint8)), 1, track) is None


def test_the_best_frames_of_a_clip_are_its_pictures(tmp_path: Path, track: PictureTracker) -> None:
    front = cv2.resize(open_picture(ROBIN / "front.jpg").rgb, (540, 720))
    back = cv2.resize(open_picture(ROBIN / "back.jpg").rgb, (540, 720))
    smeared = cv2.GaussianBlur(front, (0, 0), 5)
    path = tmp_path / "turning.mp4"
    with VideoWriter(path, (540, 720), Fraction(10)) as writer:
        for frame, times in ((smeared, 10), (front, 10), (back, 12)):
            for _ in range(times):
                writer.write_rgb(np.ascontiguousarray(frame))
    clip = open_clip(path, orientation="video", bounds=limits.ELEMENT_CLIP_LIMITS)
    cache = Cache(tmp_path / "cache")
    found = best_frames(clip, track, cache)
    assert len(found) == 2
    for picture, expected in zip(found, (front, back), strict=True):
        assert np.abs(picture.rgb.astype(int) - expected.astype(int)).mean() < 4

    def untracked(rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        raise AssertionError("what is remembered is not looked at again")

    again = best_frames(clip, untracked, cache)
    assert [p.digest for p in again] == [p.digest for p in found]


@pytest.fixture(scope="module")
def small() -> Picture:
    """The frontal picture as a phone would send it: half the size that it is shown at."""
    whole = open_picture(ROBIN / "front.jpg").rgb
    return _picture(cv2.resize(whole, (360, 480), interpolation=cv2.INTER_AREA))


def test_a_closer_face_brings_its_detail_and_keeps_the_light(
    small: Picture, track: PictureTracker
) -> None:
    before = cast(small, (720, 960), track=track)
    after = with_closer_face(before, open_picture(ROBIN / "face.jpg"), track)
    assert after is not None
    old, new = (_face_of(c.layers[0].rgba, before.landmarks.face) for c in (before, after))
    assert _contrast(new) > 1.15 * _contrast(old)
    assert np.abs(new.mean(axis=(0, 1)) - old.mean(axis=(0, 1))).max() < 0.02
    assert np.array_equal(after.layers[1].rgba, before.layers[1].rgba)
    moved = np.abs(after.landmarks.face[:, :2] - before.landmarks.face[:, :2]).max()
    assert moved < 12, "pixels, of a face of about 90"


def test_a_face_from_near_is_left_as_it_is(track: PictureTracker) -> None:
    sharp = cast(open_picture(ROBIN / "front.jpg"), (720, 960), track=track)
    mushy = cv2.GaussianBlur(open_picture(ROBIN / "face.jpg").rgb, (0, 0), 9)
    assert with_closer_face(sharp, _picture(mushy), track) is None
    assert with_closer_face(sharp, open_picture(ROBIN / "back.jpg"), track) is None


def _picture(rgb: NDArray[np.uint8]) -> Picture:
    pixels = np.ascontiguousarray(rgb)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return Picture(pixels, None, (rgb.shape[1], rgb.shape[0]), digest)


def _face_of(rgba: NDArray[np.float32], face: NDArray[np.float32] | None) -> NDArray[np.float32]:
    assert face is not None
    centre = face[:, :2].mean(axis=0).astype(int)
    return rgba[centre[1] - 30 : centre[1] + 30, centre[0] - 25 : centre[0] + 25, :3]


def _contrast(image: NDArray[np.float32]) -> float:
    return float(np.abs(image - cv2.GaussianBlur(image, (0, 0), 1.0)).mean())


def test_corrections_in_a_picture_count_where_it_is_judged(track: PictureTracker) -> None:
    plain = (ROBIN / "front.jpg").read_bytes()
    fixed = judge(open_picture(with_corrections(plain, Corrections(left_arm="fixed"))), 0, track)
    assert fixed is not None
    assert fixed.free_arms == 1
    # Of a figure that nobody finds, joints that were placed are enough.
    blank = np.full((600, 400, 3), 240, np.uint8)
    picture = Picture(blank, None, (400, 600), hashlib.sha256(blank.data).hexdigest())
    assert judge(picture, 0, track) is None
    placed = replace(picture, carried=json.dumps({"joints": STANDING}).encode())
    view = judge(placed, 0, track)
    assert view is not None
    assert view.movable
    assert view.torso == pytest.approx(180, abs=5)
