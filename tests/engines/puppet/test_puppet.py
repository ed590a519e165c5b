"""The puppet as a whole: golden frames of a drawn character, determinism, framing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import label

from tests.engines.i420 import planes_to_rgb
from tests.engines.paper_doll import AT, SCALE, SIZE, grid_background, paper_doll
from tests.geometry.stick_figure import T_POSE, Pose, performance_of
from understudy.character.character import Character
from understudy.engines.puppet.camera.wording import read_camera
from understudy.engines.puppet.puppet import Puppet
from understudy.engines.puppet.retarget import retarget
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.tracking.performance import Performance

GOLDEN = Path(__file__).parent / "golden"
REST = Pose((70.0, 75.0), (110.0, 105.0))
DANCE = {
    "rest": REST,
    "t_pose": T_POSE,
    "wave": Pose((-40.0, -110.0), (100.0, 60.0), lean=6.0),
    "hands_on_hips": Pose((45.0, 135.0), (135.0, 45.0)),
    "arms_over_head": Pose((-70.0, -100.0), (-110.0, -80.0)),
    "lunge": Pose((10.0, -20.0), (170.0, 200.0), (60.0, 95.0), (115.0, 110.0), lean=-8.0),
}


def puppet_of(character: Character, performance: Performance, prompt: str = "") -> Puppet:
    skeleton = skeleton_of_character(character)
    motion = retarget(performance, skeleton, orientation="video")
    return Puppet(character, skeleton, motion, read_camera(prompt))


def held(pose: Pose, frames: int = 6) -> Performance:
    return performance_of([pose] * frames, scale=SCALE, at=AT, size=SIZE)


def drawn(puppet: Puppet, index: int = 3) -> NDArray[np.uint8]:
    return planes_to_rgb(puppet.draw(puppet.canvas(), index))


@pytest.mark.parametrize("name", DANCE)
def test_a_pose_looks_as_it_did(name: str) -> None:
    """Set UNDERSTUDY_WRITE_GOLDEN=1 to keep what is drawn now, and look at it."""
    # Begun at rest, so that every pose is measured against the picture's own.
    poses = [REST] * 14 + [DANCE[name]] * 14
    performance = performance_of(poses, scale=SCALE, at=AT, size=SIZE)
    found = drawn(puppet_of(paper_doll(), performance), 27)
    path = GOLDEN / f"{name}.png"
    if os.environ.get("UNDERSTUDY_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(found).save(path, optimize=True)
    wanted = np.asarray(Image.open(path).convert("RGB"), np.int16)
    difference = np.abs(found - wanted)
    assert difference.mean() < 0.8
    assert (difference.max(axis=-1) > 40).mean() < 0.004


def test_the_pictures_own_pose_gives_the_picture_back() -> None:
    character = paper_doll()
    difference = np.abs(drawn(puppet_of(character, held(REST))).astype(int) - character.picture)
    assert difference.mean() < 1.2
    # Colour is stored at half the resolution, so edges of colour differ; nothing else does.
    assert (difference.max(axis=-1) > 60).mean() < 0.01


def test_nothing_but_the_figure_changes() -> None:
    character = paper_doll()
    frame = drawn(puppet_of(character, held(REST)))
    empty = character.alpha < 0.001
    empty[:, 20:220] = False
    assert np.abs(frame.astype(int) - character.background)[empty].max() <= 16


def test_frames_are_the_same_bits_whatever_was_drawn_before() -> None:
    poses = [replace(REST, left_arm=(70.0 - 12 * i, 75.0 - 20 * i)) for i in range(12)]
    performance = performance_of(poses, scale=SCALE, at=AT, size=SIZE)
    puppet = puppet_of(paper_doll(), performance)
    canvas = puppet.canvas()
    forwards = [puppet.draw(canvas, i).tobytes() for i in range(12)]
    again = puppet_of(paper_doll(), performance)
    other = again.canvas()
    backwards = [again.draw(other, i).tobytes() for i in reversed(range(12))]
    assert forwards == backwards[::-1]


def test_a_limb_is_never_torn_off() -> None:
    """Over a wild dance the figure stays one piece."""
    poses = [
        Pose(
            (70.0 - 9 * i, 75.0 - 15 * i),
            (110.0 + 7 * i, 105.0 + 12 * i),
            (88.0 - 15 * np.sin(i / 3), 90.0),
            (92.0 + 15 * np.sin(i / 3), 90.0),
            lean=10 * np.sin(i / 4),
        )
        for i in range(24)
    ]
    character = paper_doll()
    puppet = puppet_of(character, performance_of(poses, scale=SCALE, at=AT, size=SIZE))
    canvas = puppet.canvas()
    background = grid_background()
    for index in range(24):
        frame = planes_to_rgb(puppet.draw(canvas, index)).astype(int)
        figure = np.abs(frame - background).max(axis=-1) > 25
        pieces, count = label(figure, np.ones((3, 3)))
        sizes = np.bincount(pieces.ravel())[1:]
        assert count >= 1
        assert sizes.max() / sizes.sum() > 0.995


def test_a_jump_does_not_take_the_head_out_of_the_frame() -> None:
    lift = [0.0] * 14 + [80 * np.sin(np.pi * i / 12) for i in range(13)] + [0.0] * 14
    jump = performance_of(
        [REST] * len(lift), scale=SCALE, at=[(AT[0], AT[1] - h) for h in lift], size=SIZE
    )
    puppet = puppet_of(paper_doll(), jump)
    frame = drawn(puppet, 20).astype(int)
    hair = np.abs(frame - np.array([89, 51, 26])).max(axis=-1) < 30
    assert hair.any()
    assert np.flatnonzero(hair.any(axis=1))[0] > 0


def test_a_driver_who_walks_out_leaves_part_of_the_figure_in_view() -> None:
    steps = [(AT[0] + 6.0 * i, AT[1]) for i in range(60)]
    walk = performance_of([REST] * 60, scale=SCALE, at=steps, size=(1000, 360))
    frame = drawn(puppet_of(paper_doll(), walk), 59).astype(int)
    shirt = (frame[..., 2] - frame[..., 0]) > 60
    assert shirt.sum() > 1500


def test_a_figure_cut_by_the_lower_edge_does_not_sink_out_of_the_frame() -> None:
    whole = paper_doll()
    high = 150
    half = replace(
        whole,
        size=(SIZE[0], high),
        picture=whole.picture[:high],
        alpha=whole.alpha[:high],
        background=whole.background[:high],
        traits=replace(whole.traits, framing="upper_body", pad=SIZE[1] - high),
    )
    down = [0.0] * 14 + [80.0] * 40
    crouch = performance_of(
        [REST] * len(down), scale=SCALE, at=[(AT[0], AT[1] + h) for h in down], size=(240, 260)
    )
    puppet = puppet_of(half, crouch)
    tops = []
    for index in (3, 50):
        frame = drawn(puppet, index).astype(int)
        hair = np.abs(frame - np.array([89, 51, 26])).max(axis=-1) < 30
        tops.append(np.flatnonzero(hair.any(axis=1))[0])
    assert tops[0] + 5 < tops[1] < tops[0] + 0.35 * (high - tops[0])


def test_the_camera_moves_figure_and_background() -> None:
    character = paper_doll()
    still = drawn(puppet_of(character, held(REST, 30)), 29).astype(int)
    moved = drawn(puppet_of(character, held(REST, 30), "zoom in"), 29).astype(int)

    def figure(frame: NDArray[np.int_]) -> int:
        return int(((frame[..., 2] - frame[..., 0]) > 60).sum())

    assert figure(moved) > 1.3 * figure(still)


def test_a_shadow_lies_under_the_feet_only_where_the_picture_bears_one() -> None:
    plain, shaded = (
        drawn(puppet_of(paper_doll(casts_shadow=s), held(REST))).astype(int) for s in (False, True)
    )
    darker = (plain - shaded).max(axis=-1) > 6
    rows = np.flatnonzero(darker.any(axis=1))
    assert rows.size > 0
    assert rows[0] > 225


def test_an_arm_behind_the_back_is_hidden_by_the_body() -> None:
    performance = held(Pose((45.0, 135.0), (110.0, 105.0)), 30)
    world = performance.world.copy()
    world[:, [13, 15, 17, 19, 21], 2] = 0.35
    front = drawn(puppet_of(paper_doll(), performance), 15).astype(int)
    back = drawn(puppet_of(paper_doll(), replace(performance, world=world)), 15).astype(int)

    def sleeve(frame: NDArray[np.int_]) -> int:
        return int(((frame[..., 0] - frame[..., 2]) > 100).sum())

    assert sleeve(back) < 0.9 * sleeve(front)
