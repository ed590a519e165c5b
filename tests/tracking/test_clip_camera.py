from __future__ import annotations

import numpy as np

from understudy.geometry.transforms import rotation
from understudy.tracking.clip_camera import ClipCamera, without_camera
from understudy.tracking.looping import closed_camera
from understudy.tracking.performance import Performance

SIZE = (400, 600)
FRAMES = 40
TIMES = np.arange(FRAMES) / 24
WAY = np.linspace(0.0, 1.0, FRAMES)


def camera() -> ClipCamera:
    centre = np.stack([200 + 300 * WAY, 300 - 50 * WAY], axis=1)
    return ClipCamera(centre, 1 + 0.5 * WAY, 0.2 * WAY, SIZE)


def filmed(scene: np.ndarray, by: ClipCamera) -> Performance:
    """Landmarks (33, 2) that stand still in the scene, as the camera sees them."""
    turn = by.zoom[:, None, None] * rotation(by.roll)
    screen = np.einsum("tij,tnj->tni", turn, scene[None] - by.centre[:, None]) + np.array(SIZE) / 2
    body = np.concatenate([screen, np.zeros((FRAMES, 33, 1)), np.ones((FRAMES, 33, 1))], axis=2)
    nobody = np.full((FRAMES, 468, 3), np.nan, np.float32)
    return Performance(
        times=TIMES,
        body=body.astype(np.float32),
        world=np.zeros((FRAMES, 33, 3), np.float32),
        left_hand=nobody[:, :21],
        right_hand=nobody[:, :21],
        face=nobody,
        size=SIZE,
    )


def test_who_stands_still_before_a_camera_that_moves_stands_still_without_it() -> None:
    scene = np.random.default_rng(1).uniform([250, 200], [380, 400], (33, 2))
    still = without_camera(filmed(scene, camera()), camera())
    np.testing.assert_allclose(np.ptp(still.body[..., :2], axis=0), 0, atol=0.01)
    places = still.body[0, :, :2]
    np.testing.assert_allclose(places - places[0], scene - scene[0], atol=0.01)


def test_all_that_the_camera_saw_lies_in_the_frame_without_it() -> None:
    corners = np.array([[0.0, 0.0], [400, 0], [0, 600], [400, 600]])
    body = np.zeros((FRAMES, 33, 4), np.float32)
    body[:, :4, :2] = corners
    body[:, 4:] = body[:, :1]
    performance = filmed(np.zeros((33, 2)), camera())
    performance.body[:] = body
    still = without_camera(performance, camera())
    assert still.body[..., :2].min() > -0.01
    assert (still.body[..., :2].max(axis=(0, 1)) <= still.size).all()


def test_what_was_outside_the_screen_stays_unseen() -> None:
    scene = np.full((33, 2), [380.0, 290.0])
    scene[0] = (60, 300)  # at the left edge when the take begins, and soon beyond it
    still = without_camera(filmed(scene, camera()), camera())
    assert still.body[0, 0, 3] == 1
    assert still.body[-1, 0, 3] == 0
    assert still.body[-1, 1, 3] == 1


def test_a_loop_takes_the_camera_back_to_where_it_began() -> None:
    way = closed_camera(camera(), TIMES)
    step = np.abs(np.diff(camera().centre, axis=0)).max()
    assert np.abs(way.centre[-1] - way.centre[0]).max() < step
    assert way.zoom[-1] < 1.02
    np.testing.assert_array_equal(way.centre[: FRAMES // 2], camera().centre[: FRAMES // 2])
