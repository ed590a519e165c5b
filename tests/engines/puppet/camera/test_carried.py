"""The clip's camera is carried over as far as the picture goes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from understudy.engines.puppet.camera.carried import (
    NO_ROOM,
    CarriedCamera,
    FigurePlaces,
    carried_camera,
)
from understudy.engines.puppet.camera.free_room import FreeRoom
from understudy.tracking.clip_camera import ClipCamera

Float64 = NDArray[np.float64]

SIZE = (720, 1080)
CLIP = (400, 600)
FRAMES = 60
WAY = np.linspace(0.0, 1.0, FRAMES)
HEADS = np.tile([300.0, 300.0, 420.0, 430.0], (FRAMES, 1))


def camera(x: Float64 | float = 0.0, zoom: Float64 | float = 1.0, roll: float = 0.0) -> ClipCamera:
    centre = np.stack([200 + x * WAY, np.full(FRAMES, 300.0)], axis=1)
    return ClipCamera(centre, np.ones(FRAMES) * zoom, roll * WAY, CLIP)


def carried(
    clip: ClipCamera, heads: Float64 = HEADS, room: FreeRoom = NO_ROOM, soles: float = 900.0
) -> CarriedCamera:
    figure = FigurePlaces(heads, np.full(FRAMES, soles))
    return carried_camera(clip, 1.2, SIZE, figure, room)


def seen(found: CarriedCamera) -> Float64:
    """The corners of the picture that each frame shows: (T, 4, 2)."""
    corners = np.array([[0.0, 0.0], [SIZE[0], 0.0], [SIZE[0], SIZE[1]], [0.0, SIZE[1]]])
    return np.stack(
        [np.linalg.solve(maps[:, :2], (corners - maps[:, 2]).T).T for maps in found.path.background]
    )


CAMERAS = {
    "a short pan": camera(x=60),
    "a long pan": camera(x=-900),
    "a zoom in": camera(zoom=1 + 0.8 * WAY),
    "a zoom out": camera(zoom=1 / (1 + 0.8 * WAY)),
    "a roll": camera(roll=0.3),
    "everything": camera(x=300, zoom=1 + 0.5 * WAY, roll=-0.1),
}


@pytest.mark.parametrize("name", CAMERAS)
def test_nothing_beyond_the_picture_is_seen_and_the_head_always_is(name: str) -> None:
    found = carried(CAMERAS[name])
    corners = seen(found)
    assert corners.min() > -1e-6
    assert (corners.max(axis=(0, 1)) < np.array(SIZE) + 1e-6).all()
    for maps, (left, top, right, bottom) in zip(found.path.figure, HEADS, strict=True):
        head = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        shown = head @ maps[:, :2].T + maps[:, 2]
        assert shown.min() >= 0
        assert (shown <= np.array(SIZE)).all()


def test_a_short_pan_is_carried_over_whole() -> None:
    found = carried(camera(x=60))
    assert found.share == 1.0
    middle = seen(found).mean(axis=1)
    assert middle[-1, 0] - middle[0, 0] == pytest.approx(1.2 * 60)


def test_of_a_long_pan_a_part_is_carried_over_at_its_own_pace() -> None:
    found = carried(camera(x=-900))
    assert 0.05 < found.share < 0.5
    middle = seen(found).mean(axis=1)
    np.testing.assert_allclose(middle[:, 0] - middle[0, 0], -found.share * 1.2 * 900 * WAY)


def test_a_zoom_is_carried_over_and_a_zoom_out_begins_near() -> None:
    for zoom in (1 + 0.4 * WAY, 1 / (1 + 0.4 * WAY)):
        found = carried(camera(zoom=zoom))
        assert found.share == 1.0
        scale = found.path.figure[:, 0, 0]
        np.testing.assert_allclose(scale / scale[0], zoom)
        assert scale.min() == pytest.approx(1.0)


def test_a_head_that_fills_the_picture_leaves_the_camera_where_it_is() -> None:
    heads = np.tile([0.0, 0.0, 720.0, 1080.0], (FRAMES, 1))
    found = carried(camera(x=300), heads=heads)
    assert found.share == 0.0
    np.testing.assert_allclose(found.path.figure, np.tile(np.eye(3)[:2], (FRAMES, 1, 1)))


def test_past_an_edge_the_camera_goes_as_far_as_the_ground_is_plain() -> None:
    room = FreeRoom(left=400)
    found = carried(camera(x=-900), room=room)
    assert found.share > carried(camera(x=-900)).share
    corners = seen(found)
    assert -400 - 1e-6 < corners[..., 0].min() < 0
    assert corners[..., 1].min() > -1e-6
    assert (corners.max(axis=(0, 1)) < np.array(SIZE) + 1e-6).all()


def test_where_the_head_leaves_no_room_plain_ground_lets_the_camera_step_back() -> None:
    heads = np.tile([0.0, 0.0, 720.0, 1080.0], (FRAMES, 1))
    found = carried(camera(x=60), heads=heads, room=FreeRoom(400, 400, 400, 400))
    assert found.share > 0
    assert found.path.figure[0, 0, 0] < 1


def test_the_feet_are_in_the_widest_view_where_the_ground_lets_the_camera_step_back() -> None:
    heads = np.tile([300.0, 20.0, 420.0, 150.0], (FRAMES, 1))
    closing_in = camera(zoom=1 + 0.3 * WAY)
    found = carried(closing_in, heads=heads, soles=1050.0, room=FreeRoom(700, 900, 700, 900))
    assert found.share == 1.0
    assert seen(found)[0, :, 1].max() >= 1050
