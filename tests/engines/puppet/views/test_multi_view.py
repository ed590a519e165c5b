"""A character that shows its back when the driver does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll, profile_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.character.character import Character, Layer
from understudy.elements.placement import mirrored, place
from understudy.engines import EngineJob
from understudy.engines.puppet import PuppetEngine
from understudy.geometry.skeleton import ARMS, LEGS
from understudy.media.limits import Orientation
from understudy.media.output.yuv import YuvConverter
from understudy.tracking.performance import Performance

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
    back = replace(paper_doll(), layers=layers, background=front.background)
    return replace(front, views={"back": back})


@pytest.fixture(scope="module")
def all_sided(two_sided: Character) -> Character:
    """The doll with a side, which is mirrored for the other, in pink."""
    pink = np.array([0.95, 0.1, 0.75], np.float32)
    side = profile_doll()
    layers = tuple(
        Layer(layer.name, np.dstack([pink * layer.rgba[..., 3:], layer.rgba[..., 3]]))
        for layer in side.layers
    )
    side = place(replace(side, layers=layers), onto=two_sided)
    other = place(mirrored(side), onto=two_sided)
    return replace(two_sided, views={**two_sided.views, "right": side, "left": other})


def _driver(yaws: list[float]) -> Performance:
    poses = [Pose((70.0, 75.0), (110.0, 105.0), yaw=yaw) for yaw in yaws]
    return performance_of(poses, scale=SCALE, at=AT, size=SIZE, fps=FPS)


def _frames(
    character: Character, yaws: list[float], orientation: Orientation = "video"
) -> list[NDArray[np.uint8]]:
    job = EngineJob(
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


def _pink(planes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a side is seen."""
    rgb = YuvConverter().rgb(planes).astype(int)
    return np.asarray(np.minimum(rgb[..., 0], rgb[..., 2]) - rgb[..., 1] > 60)


def test_the_back_is_drawn_while_the_driver_shows_it(two_sided: Character) -> None:
    green = [_green(frame) for frame in _frames(two_sided, TURN)]
    assert max(green[:16] + green[-4:]) == 0
    assert min(green[26:42]) > 4000


def test_the_figure_does_not_jump_where_the_view_changes(two_sided: Character) -> None:
    background = two_sided.background.astype(int)
    centres = []
    for planes in _frames(two_sided, TURN):
        rgb = YuvConverter().rgb(planes).astype(int)
        rows, columns = np.nonzero(np.abs(rgb - background).max(axis=2) > 60)
        centres.append((columns.mean(), rows.mean()))
    steps = np.abs(np.diff(np.array(centres), axis=0)).max(axis=1)
    assert steps.max() < 6, "pixels a frame, of a figure about 60 wide"


def test_a_driver_who_does_not_turn_gives_the_frames_of_a_character_without_a_back(
    two_sided: Character,
) -> None:
    yaws = list(np.linspace(-30, 30, 12))
    with_back = _frames(two_sided, yaws)
    without = _frames(replace(two_sided, views={}), yaws)
    assert [f.tobytes() for f in with_back] == [f.tobytes() for f in without]


def test_the_pictures_facing_keeps_the_back_out_of_sight(two_sided: Character) -> None:
    assert max(_green(frame) for frame in _frames(two_sided, TURN, "image")) == 0


def test_without_a_back_the_front_stays(two_sided: Character) -> None:
    frames = _frames(replace(two_sided, views={}), TURN)
    assert max(_green(frame) for frame in frames) == 0


def test_a_driver_in_profile_is_shown_from_the_side_that_is_seen(all_sided: Character) -> None:
    there, back = list(np.linspace(0, 90, 10)), list(np.linspace(90, 0, 10))
    yaws = [0.0] * 10 + there + [90.0] * 15 + back + [0.0] * 8
    for direction in (1, -1):
        frames = _frames(all_sided, [direction * yaw for yaw in yaws])
        pink = [_pink(frame).sum() for frame in frames]
        assert max(pink[:12]) == 0
        assert min(pink[20:35]) > 4000
        assert pink[-1] == 0
        middle = _pink(frames[28])
        head = middle[: np.flatnonzero(middle.any(axis=1))[0] + 40]
        outermost = np.flatnonzero(head.any(axis=0))[[0, -1]]
        ear = float(np.median(np.nonzero(head)[1]))
        nose = (outermost - ear)[int(direction > 0)] * direction
        assert nose > -(outermost - ear)[int(direction < 0)] * direction, "it looks that way"


def test_in_profile_arms_swing_and_legs_stride(all_sided: Character) -> None:
    """The far limbs come out from behind the near ones when the driver's do."""
    still = Pose((90.0, 90.0), (90.0, 90.0), (90.0, 90.0), (90.0, 90.0), yaw=90.0)
    angles = [0.0] * 12 + list(30 * np.sin(np.linspace(0, 2 * np.pi, 24)))
    driver = performance_of([still] * len(angles), scale=SCALE, at=AT, size=SIZE, fps=FPS)
    job = EngineJob(
        size=SIZE,
        fps=Fraction(FPS),
        frames=len(angles),
        orientation="video",
        character=all_sided,
        performance=_striding(driver, np.radians(angles)),
    )
    frames = list(PuppetEngine().frames(job))
    feet = slice(SIZE[1] * 3 // 5, None)
    widths = [np.ptp(np.flatnonzero(_pink(frame)[feet].any(axis=0))) for frame in frames]
    assert max(widths[12:]) > 1.8 * np.median(widths[:10])


def _striding(driver: Performance, angles: NDArray[np.float64]) -> Performance:
    """The driver with left limbs swung forwards by `angles` (T,) in the image, right ones back."""
    body, world = driver.body.copy(), driver.world.copy()
    for limb, sign in ((ARMS[0], 1), (ARMS[1], -1), (LEGS[0], -1), (LEGS[1], 1)):
        root = limb.joints[0]
        chain = [j for j in range(root + 2, 33, 2) if (limb in ARMS and j < 23) or limb in LEGS]
        for points in (body, world):
            offset = points[:, chain, :2] - points[:, [root], :2]
            c, s = np.cos(sign * angles)[:, None], np.sin(sign * angles)[:, None]
            points[:, chain, 0] = points[:, [root], 0] + c * offset[..., 0] - s * offset[..., 1]
            points[:, chain, 1] = points[:, [root], 1] + s * offset[..., 0] + c * offset[..., 1]
    return replace(driver, body=body, world=world)
