"""A character in another's place."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.engines.paper_doll import SIZE, doll_landmarks, paper_doll, profile_doll
from understudy.character.character import Character, Layer
from understudy.elements.placement import mirrored, place, scene_for
from understudy.geometry.landmarks import Body


@pytest.fixture(scope="module")
def half() -> Character:
    """The doll at half its size, in a picture of half the size, in a greener light."""
    doll = paper_doll()
    size = (SIZE[0] // 2, SIZE[1] // 2)

    def small(image: np.ndarray) -> np.ndarray:
        return cv2.resize(image, size, interpolation=cv2.INTER_AREA)

    tint = np.array([0.97, 1.0, 0.97], np.float32)
    return replace(
        doll,
        size=size,
        picture=np.rint(small(doll.picture) * tint).astype(np.uint8),
        alpha=small(doll.alpha),
        background=np.zeros((size[1], size[0], 3), np.uint8),
        layers=tuple(
            Layer(
                layer.name,
                small(layer.rgba) * np.append(tint, np.float32(1)),
            )
            for layer in doll.layers
        ),
        landmarks=doll_landmarks().scaled(0.5),
    )


def test_it_stands_where_the_other_stood_at_the_same_size(half: Character) -> None:
    doll = paper_doll()
    placed = place(half, onto=doll)
    assert placed.size == doll.size
    assert placed.background is doll.background
    assert np.abs(placed.landmarks.body[:, :2] - doll.landmarks.body[:, :2]).max() < 0.5
    both = (placed.alpha > 0.5) & (doll.alpha > 0.5)
    either = (placed.alpha > 0.5) | (doll.alpha > 0.5)
    assert both.sum() / either.sum() > 0.93
    assert [layer.name for layer in placed.layers] == [layer.name for layer in doll.layers]
    assert all(layer.rgba.shape == doll.layers[0].rgba.shape for layer in placed.layers)


def test_it_takes_the_others_light(half: Character) -> None:
    doll = paper_doll()

    def shirt(character: Character) -> np.ndarray:
        body = character.layers[0].rgba
        x, y = doll.landmarks.body[[Body.LEFT_SHOULDER, Body.RIGHT_HIP], :2].mean(axis=0)
        return np.asarray(body[int(y), int(x), :3])

    untouched = np.abs(shirt(half_as_large(half)) - shirt(doll)).max()
    assert np.abs(shirt(place(half, onto=doll)) - shirt(doll)).max() < 0.5 * untouched


def half_as_large(half: Character) -> Character:
    """The half one enlarged again, its colours as they are."""
    layers = tuple(
        Layer(layer.name, cv2.resize(layer.rgba, SIZE, interpolation=cv2.INTER_LINEAR))
        for layer in half.layers
    )
    return replace(half, layers=layers)


def test_in_an_empty_scene_it_stands_on_the_floor(half: Character) -> None:
    scene = np.full((480, 640, 3), 120, np.uint8)
    placed = place(half, onto=scene_for(half, scene))
    assert placed.size == (640, 480)
    assert placed.background is scene
    rows, columns = np.nonzero(placed.alpha > 0.5)
    assert columns.mean() == pytest.approx(320, abs=6)
    assert 0.88 * 480 < rows.max() < 480
    assert rows.min() > 0.05 * 480
    assert placed.traits.casts_shadow


def test_mirrored_it_shows_its_other_side_and_mirrored_twice_is_itself() -> None:
    side = profile_doll()
    other = mirrored(side)
    assert (side.traits.near, other.traits.near) == ("right", "left")
    nose, ear = (other.landmarks.body[joint, 0] for joint in (Body.NOSE, Body.LEFT_EAR))
    assert nose < ear
    assert [layer.name for layer in other.layers] == ["right_arm", "far_leg", "body", "left_arm"]
    assert np.array_equal(other.layers[2].rgba, side.layers[2].rgba[:, ::-1])
    again = mirrored(other)
    assert np.array_equal(again.landmarks.body, side.landmarks.body)
    assert np.array_equal(again.landmarks.world, side.landmarks.world)
    assert [layer.name for layer in again.layers] == [layer.name for layer in side.layers]


def test_from_the_side_it_stands_on_the_same_ground_and_is_as_tall() -> None:
    doll = paper_doll()
    placed = place(profile_doll(), onto=doll)
    ears, ankles = [Body.LEFT_EAR, Body.RIGHT_EAR], [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
    for joints in (ears, ankles):
        heights = [c.landmarks.body[joints, 1].mean() for c in (placed, doll)]
        assert heights[0] == pytest.approx(heights[1], abs=1.0)
    assert placed.traits.near == "right"


def test_a_figure_cut_below_shows_no_more_than_the_one_it_stands_for(half: Character) -> None:
    cut = replace(paper_doll(), traits=replace(paper_doll().traits, framing="upper_body"))
    placed = place(half, onto=cut)
    assert placed.traits.framing == "upper_body"
    shoulders = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]
    off = placed.landmarks.body[shoulders, :2] - cut.landmarks.body[shoulders, :2]
    assert np.abs(off).max() < 0.5
