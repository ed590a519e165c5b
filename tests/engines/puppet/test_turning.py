"""A character that shows its back when the driver does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll
from tests.performance.stick_figure import Pose, performance_of
from understudy.character.character import Character, Layer
from understudy.engines import Job
from understudy.engines.puppet import PuppetEngine
from understudy.media.limits import Orientation
from understudy.media.yuv import YuvConverter
from understudy.performance.performance import Performance

FPS = 25
TURN = [0.0] * 12 + list(np.linspace(0, 180, 16)) + [180.0] * 12 + list(np.linspace(180, 360, 16))


@pytest.fixture(scope="module")
def two_sided() -> Character:
    """The paper doll, all green from behind."""
    front = paper_doll()
    green = np.array([0.1, 0.75, 0.2], np.float32)
    layers = tuple(
        Layer(layer.name, np.dstack([green * layer.rgba[..., 3:], layer.rgba[..., 3]]))
        for layer in front.layers
    )
    return replace(front, back=replace(paper_doll(), layers=layers, plate=front.plate))


def _driver(yaws: list[float]) -> Performance:
    poses = [Pose((70.0, 75.0), (110.0, 105.0), yaw=yaw) for yaw in yaws]
    return performance_of(poses, scale=SCALE, at=AT, size=SIZE, fps=FPS)


def _frames(
    character: Character, yaws: list[float], orientation: Orientation = "video"
) -> list[NDArray[np.uint8]]:
    job = Job(
        size=SIZE,
        fps=Fraction(FPS),
        frames=len(yaws),
        orientation=orientation,
        character=character,
        performance=_driver(yaws),
    )
    return list(PuppetEngine().frames(job))


def _green(planes: NDArray[np.uint8]) -> float:
    """How many pixels have the back's colour."""
    rgb = YuvConverter().rgb(planes).astype(int)
    return float(((rgb[..., 1] - np.maximum(rgb[..., 0], rgb[..., 2])) > 60).sum())


def test_the_back_is_drawn_while_the_driver_shows_it(two_sided: Character) -> None:
    green = [_green(frame) for frame in _frames(two_sided, TURN)]
    assert max(green[:16] + green[-4:]) == 0
    assert min(green[26:42]) > 4000


def test_the_figure_does_not_jump_where_the_view_changes(two_sided: Character) -> None:
    plate = two_sided.plate.astype(int)
    centres = []
    for planes in _frames(two_sided, TURN):
        rgb = YuvConverter().rgb(planes).astype(int)
        rows, columns = np.nonzero(np.abs(rgb - plate).max(axis=2) > 60)
        centres.append((columns.mean(), rows.mean()))
    steps = np.abs(np.diff(np.array(centres), axis=0)).max(axis=1)
    assert steps.max() < 6, "pixels a frame, of a figure about 60 wide"


def test_a_driver_who_does_not_turn_gives_the_frames_of_a_character_without_a_back(
    two_sided: Character,
) -> None:
    yaws = list(np.linspace(-30, 30, 12))
    with_back = _frames(two_sided, yaws)
    without = _frames(replace(two_sided, back=None), yaws)
    assert [f.tobytes() for f in with_back] == [f.tobytes() for f in without]


def test_the_pictures_facing_keeps_the_back_out_of_sight(two_sided: Character) -> None:
    assert max(_green(frame) for frame in _frames(two_sided, TURN, "image")) == 0


def test_without_a_back_the_front_stays(two_sided: Character) -> None:
    frames = _frames(replace(two_sided, back=None), TURN)
    assert max(_green(frame) for frame in frames) == 0
