from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.clip_maker import Grey, texture, window
from understudy.tracking.scene.camera_motion import (
    CameraMotion,
    find_movements,
    measure_camera,
    steadiest_span,
)
from understudy.tracking.scene.shots import Cut

SIZE = (136, 240)
STEP = 1 / 12
LONG = 240
GROUND = texture((800, 800), 11)
NOBODY = np.zeros((0, 4))
# Somebody in the middle, at any time.
SOMEBODY = np.array([[k / 3, 68, 125, 180] for k in range(40)])


def grain(image: Grey, seed: int) -> Grey:
    noise = np.random.default_rng(seed).normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def person(image: Grey, k: int) -> Grey:
    """A patterned figure that sways in the middle."""
    drawn = image.copy()
    x = 48 + round(10 * np.sin(k / 3))
    drawn[60:230, x : x + 36] = texture((36, 170), 12, scale=6)
    return drawn


def measured(images: list[Grey], people: NDArray[np.float64] = NOBODY) -> CameraMotion:
    noisy = [grain(image, k) for k, image in enumerate(images)]
    return measure_camera(np.arange(len(images)) * STEP, np.stack(noisy), people)


def test_a_still_camera_stands_still_whatever_moves_before_it() -> None:
    still = window(GROUND, 400, 400, SIZE)
    path = measured([person(still, k) for k in range(72)], SOMEBODY)
    assert path.is_steady(0, 6)
    assert find_movements(path) == []


def test_a_pan_is_measured_and_found() -> None:
    # 4 s still, 2 s at 5 % of the long side a second, 3 s still.
    shifts = np.clip(np.arange(108) - 48, 0, 24) * 0.05 * LONG * STEP
    path = measured([person(window(GROUND, 300 + x, 400, SIZE), k) for k, x in enumerate(shifts)])
    assert path.offsets[-1, 0] == pytest.approx(-0.1, abs=0.035)
    (movement,) = find_movements(path)
    assert movement.kind == "pan"
    assert movement.start == pytest.approx(4, abs=0.4)
    assert movement.end == pytest.approx(6, abs=0.4)


def test_a_zoom_is_measured_and_found() -> None:
    zooms = 1 + 0.3 * np.clip((np.arange(108) - 48) / 24, 0, 1)
    path = measured([window(GROUND, 400, 400, SIZE, zoom) for zoom in zooms])
    assert path.offsets[-1, 2] == pytest.approx(np.log(1.3), abs=0.04)
    (movement,) = find_movements(path)
    assert movement.kind == "zoom"


def test_a_hand_that_trembles_is_unsteady_but_no_movement() -> None:
    rng = np.random.default_rng(3)
    tremble = np.convolve(rng.normal(0, 6, 90), np.ones(6) / 6)[:84]
    path = measured([window(GROUND, 400 + x, 400, SIZE) for x in tremble])
    assert find_movements(path) == []
    assert not path.is_steady(0, 7)


def test_a_wall_that_moves_behind_the_driver_is_no_camera() -> None:
    still = window(GROUND, 400, 400, SIZE)
    images = []
    for k in range(60):
        image = still.copy()
        image[:150] = window(texture((800, 300), 13), 150 + 5 * k, 150, (SIZE[0], 150))
        images.append(image)
    assert find_movements(measured(images)) == []


def test_somebody_who_crosses_the_picture_is_no_camera() -> None:
    still = window(GROUND, 400, 400, SIZE)
    images, rows = [], []
    for k in range(60):
        image = still.copy()
        x = -60 + 4 * k
        beside = np.pad(image, ((0, 0), (60, 200)))
        beside[20:235, x + 60 : x + 120] = texture((60, 215), 14, scale=6)
        image = np.ascontiguousarray(beside[:, 60 : 60 + SIZE[0]])
        rows.append([k * STEP, x + 30, 120, 240])
        images.append(image)
    assert find_movements(measured(images, np.array(rows, np.float64))) == []


def test_what_lies_across_a_cut_is_not_compared() -> None:
    images = [window(GROUND, 200, 200, SIZE)] * 30 + [window(GROUND, 210, 200, SIZE)] * 30
    cut = Cut(29 * STEP, 30 * STEP, "cut")
    path = measure_camera(np.arange(60) * STEP, np.stack(images), NOBODY, [cut])
    assert np.abs(path.offsets).max() == 0


def test_plain_ground_tells_nothing() -> None:
    assert measured([np.full((240, 136), 90, np.uint8)] * 40).is_steady(0, 3)


def test_the_steadiest_span_stays_within_what_a_run_may_take() -> None:
    at = np.linspace(0, 10, 101)
    offsets = np.zeros((101, 3))
    offsets[:, 0] = np.clip(at - 6, 0, 4) * 0.1
    start, end = steadiest_span(CameraMotion(at, offsets), 0, 10)
    assert start == 0
    assert end == pytest.approx(6.8, abs=0.15)
    assert steadiest_span(CameraMotion(at, offsets * 0), 0, 10) == (0, 10)
