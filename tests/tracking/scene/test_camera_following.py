"""The camera's way is found for each frame, whatever the driver does before the scene."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.clip_maker import Grey, texture, write_clip
from understudy.media.clip import open_clip
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.performance import Performance
from understudy.tracking.scene.camera_following import follow_camera
from understudy.tracking.scene.people import PersonTrack

Float64 = NDArray[np.float64]

SIZE = (400, 600)
FPS = 12
FRAMES = 40
TIMES = np.arange(FRAMES) / FPS
WAY = np.linspace(0.0, 1.0, FRAMES)
GROUND = texture((1600, 1200), 11)
# Where somebody stands on the screen, and the side of their region.
PLACE, SIDE = np.array([200.0, 300.0]), 420.0


def view(ground: Grey, centre: Float64, zoom: float, roll: float) -> Grey:
    """What a camera sees that looks at a place of the ground."""
    turn = zoom * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    matrix = np.column_stack([turn, np.array(SIZE) / 2 - turn @ centre])
    return np.asarray(cv2.warpAffine(ground, matrix, SIZE, flags=cv2.INTER_LINEAR), np.uint8)


def driver(image: Grey, k: int) -> Grey:
    """Somebody in a pattern of their own who sways on the screen."""
    drawn = image.copy()
    x = 160 + round(12 * np.sin(k / 4))
    drawn[150:480, x : x + 80] = texture((80, 330), 12, scale=7)
    return drawn


def performance() -> Performance:
    """Landmarks of a body that covers what `driver` draws."""
    body = np.ones((FRAMES, 33, 4), np.float32)
    body[..., 0], body[..., 1] = PLACE
    for joints, y in (
        ((0,), 165),
        ((11, 12), 210),
        ((23, 24), 320),
        ((25, 26), 400),
        ((27, 28), 470),
    ):
        for side, joint in enumerate(joints):
            body[:, joint, 0] = 200 + (25 if side == 0 else -25) * (len(joints) - 1)
            body[:, joint, 1] = y
    body[:, 31:, 1] = 475
    nobody = np.full((FRAMES, 468, 3), np.nan, np.float32)
    world = np.zeros((FRAMES, 33, 3), np.float32)
    return Performance(TIMES, body, world, nobody[:, :21], nobody[:, :21], nobody, SIZE)


def followed(
    tmp_path: Path, ground: Grey, centre: Float64, zoom: Float64, roll: Float64
) -> ClipCamera:
    frames = (
        np.repeat(driver(view(ground, c, z, r), k)[..., None], 3, axis=2)
        for k, (c, z, r) in enumerate(zip(centre, zoom, roll, strict=True))
    )
    clip = open_clip(write_clip(tmp_path / "clip.mp4", frames, times=TIMES))
    track = PersonTrack(TIMES[[0, -1]], np.tile([*PLACE, SIDE, 0.0], (2, 1)))
    return follow_camera(clip, performance(), track, [], fps=clip.fps)


WAYS = {
    "a pan": (np.stack([700 + 350 * WAY, 600 - 60 * WAY], axis=1), 1 + 0 * WAY, 0 * WAY),
    "a zoom": (np.stack([800 + 0 * WAY, 600 - 40 * WAY], axis=1), 1 + 0.6 * WAY, 0 * WAY),
    "a hand": (
        np.stack([800 + 12 * np.sin(9 * WAY), 600 + 9 * np.sin(14 * WAY)], axis=1),
        1 + 0 * WAY,
        0.04 * np.sin(8 * WAY),
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_way_is_found(tmp_path: Path, name: str) -> None:
    centre, zoom, roll = WAYS[name]
    found = followed(tmp_path, GROUND, centre, zoom, roll)
    true = (centre - centre[0]) + np.array(SIZE) / 2
    assert np.abs(found.centre - true).max() < 1.5  # pixels of 600
    assert np.abs(found.zoom - zoom).max() < 0.01
    assert np.abs(found.roll - (roll - roll[0])).max() < 0.005
    assert not found.is_steady


def test_a_still_camera_is_steady_whoever_moves_before_it(tmp_path: Path) -> None:
    centre = np.tile([800.0, 600.0], (FRAMES, 1))
    assert followed(tmp_path, GROUND, centre, 1 + 0 * WAY, 0 * WAY).is_steady


def test_before_plain_ground_the_camera_counts_as_still(tmp_path: Path) -> None:
    centre, zoom, roll = WAYS["a pan"]
    plain = np.full_like(GROUND, 120)
    assert followed(tmp_path, plain, centre, zoom, roll).is_steady
