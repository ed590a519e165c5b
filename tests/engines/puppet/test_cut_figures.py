"""Figures that the picture's edges cut: the cut never shows, and the head stays in the frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.i420 import planes_to_rgb
from tests.engines.paper_doll import AT, SCALE, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.character.character import Character, Layer
from understudy.character.figure.anatomy import measure
from understudy.character.layers.below_edge import extend, pad_rows
from understudy.engines.puppet.puppet import Puppet
from understudy.engines.puppet.retarget import retarget
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.geometry.landmarks import Landmarks
from understudy.tracking.performance import Performance

Mask = NDArray[np.bool_]

REST = Pose((70.0, 75.0), (110.0, 105.0))
# At the hips, below them, at the knees, in the shanks: rows of the doll's picture.
HIPS, THIGHS, KNEES, SHANKS = 150, 176, 194, 214
CLIP = (640, 520)
GROUND = 240


def doll_cut_at(row: int, right: int = 240, left: int = 0) -> Character:
    """The doll as a picture shows it that ends at a row, and at columns, on a plain ground."""
    doll = paper_doll()
    marks = doll.landmarks
    body = marks.body.copy()
    body[:, 0] -= left
    outside = (body[:, 1] > row) | (body[:, 0] > right - left) | (body[:, 0] < 0)
    body[outside, 3] = 0.05
    marks = Landmarks(body, marks.world)
    anatomy = measure(marks)
    alpha = np.ascontiguousarray(doll.alpha[:row, left:right])
    pad = pad_rows(alpha, anatomy.torso)
    layers = tuple(
        extend(Layer(layer.name, layer.rgba[:row, left:right].copy()), pad, anatomy)
        for layer in doll.layers
    )
    arms = "free" if right - left == 240 else "unseen"
    traits = replace(doll.traits, framing="knees", pad=pad, left_arm=arms, right_arm=arms)
    if arms == "unseen":
        layers = layers[:1]
    size = (right - left, row)
    ground = np.full((row, right - left, 3), GROUND, np.uint8)
    return Character(size, ground, alpha, ground, layers, marks, traits)


def walk(frames: int = 60) -> Performance:
    """A dancer who comes nearer, walks aside, jumps, leans and kicks."""
    poses = [
        replace(
            REST,
            left_leg=(88.0 - 25 * np.sin(i / 3), 90.0 - 10 * np.sin(i / 3)),
            right_leg=(92.0 - 25 * np.sin(i / 3), 90.0),
            lean=25 * np.sin(i / 5),
        )
        for i in range(frames)
    ]
    places = [(320.0 + 120 * np.sin(i / 14), 250.0 - 60 * np.sin(i / 4)) for i in range(frames)]
    nearer = performance_of(poses, scale=SCALE, at=places, size=CLIP)
    growth = 1.0 + 0.6 * np.arange(frames) / frames
    body = nearer.body.copy()
    middle = np.array(places)[:, None]
    body[..., :2] = middle + (body[..., :2] - middle) * growth[:, None, None]
    return replace(nearer, body=body.astype(np.float32))


def frames_of(character: Character, performance: Performance) -> list[NDArray[np.int_]]:
    skeleton = skeleton_of_character(character)
    motion = retarget(performance, skeleton, orientation="video")
    puppet = Puppet(character, skeleton, motion)
    canvas = puppet.canvas()
    return [planes_to_rgb(puppet.draw(canvas, i)).astype(int) for i in range(len(puppet))]


def figure(frame: NDArray[np.int_]) -> Mask:
    return np.asarray(np.abs(frame - GROUND).max(axis=-1) > 20)


def hair(frame: NDArray[np.int_]) -> Mask:
    return np.asarray(np.abs(frame - np.array([89, 51, 26])).max(axis=-1) < 30)


@pytest.mark.parametrize("row", [THIGHS, KNEES, SHANKS])
def test_the_lower_cut_shows_in_no_frame(row: int) -> None:
    character = doll_cut_at(row)
    width = (character.alpha[-1] > 0.5).sum()
    for frame in frames_of(character, walk()):
        shown = figure(frame)
        # The trousers go down to the last row wherever they are seen a little above it.
        trousers = np.abs(frame - np.array([51, 51, 64])).max(axis=-1) < 40
        above = trousers[-14:-10].all(axis=0)
        assert shown[-1].sum() > 0.5 * width
        assert (above & ~shown[-1]).sum() <= 0.2 * width


@pytest.mark.parametrize("row", [THIGHS, SHANKS])
def test_the_head_stays_in_the_frame_of_a_cut_figure(row: int) -> None:
    character = doll_cut_at(row)
    whole = hair(frames_of(character, walk(3))[0]).sum()
    for frame in frames_of(character, walk()):
        seen = hair(frame)
        assert not seen[0].any()
        assert not seen[:, 0].any()
        assert not seen[:, -1].any()
        assert seen.sum() > 0.6 * whole


def test_a_cut_figure_sways_and_does_not_travel() -> None:
    character = doll_cut_at(SHANKS)
    middles = np.array(
        [np.flatnonzero(hair(f).any(axis=0)).mean() for f in frames_of(character, walk())]
    )
    torso = measure(character.landmarks).torso
    assert np.ptp(middles) > 0.1 * torso
    assert np.ptp(middles) < 1.2 * torso


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_cut_at_a_side_shows_in_no_frame_and_the_figure_stays_in_view(side: str) -> None:
    if side == "right":
        character, edge, inner = doll_cut_at(THIGHS, right=130), -1, slice(-10, -6)
    else:
        character, edge, inner = doll_cut_at(THIGHS, left=110), 0, slice(6, 10)
    cut = character.alpha[:HIPS, edge] > 0.5
    assert cut.sum() > 20
    for frame in frames_of(character, walk()):
        shown = figure(frame)[:HIPS]
        # Where the trunk is seen beside the edge it goes on up to it.
        beside = shown[:, inner].all(axis=1)
        assert beside.sum() > 0.5 * cut.sum()
        assert (beside & ~shown[:, edge]).sum() <= 0.2 * cut.sum()


def test_a_raised_hand_is_kept_in_the_frame_by_a_small_zoom() -> None:
    doll = paper_doll()
    up = replace(REST, left_arm=(-80.0, -88.0), right_arm=(-100.0, -92.0))
    performance = performance_of([REST] * 14 + [up] * 30, scale=SCALE, at=AT, size=(240, 360))
    top = 18
    lower = replace(
        doll,
        size=(240, 360 - top),
        background=np.full((360 - top, 240, 3), GROUND, np.uint8),
        picture=doll.picture[top:],
        alpha=doll.alpha[top:],
        layers=tuple(Layer(layer.name, layer.rgba[top:]) for layer in doll.layers),
        landmarks=Landmarks(
            doll.landmarks.body - np.array([0, top, 0, 0], np.float32), doll.landmarks.world
        ),
    )
    frames = frames_of(lower, performance)
    assert not figure(frames[40])[0].any()
    heights = [int(np.ptp(np.flatnonzero(hair(frames[i]).any(axis=1)))) for i in (2, 40)]
    assert heights[1] >= 0.8 * heights[0]
