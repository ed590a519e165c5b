from __future__ import annotations

import cv2
import numpy as np

from understudy.character.inpaint.patch_match import fill_with_texture


def _meadow(h: int = 180, w: int = 260) -> np.ndarray:
    """Sky above, grainy ground below."""
    rng = np.random.default_rng(3)
    picture = np.empty((h, w, 3), np.float32)
    picture[: h // 2] = (0.55, 0.7, 0.9)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), 1.2)
    picture[h // 2 :] = np.array([0.3, 0.45, 0.15]) + 0.25 * grain[h // 2 :, :, None]
    return np.clip(picture, 0, 1)


def _hole(h: int = 180, w: int = 260) -> np.ndarray:
    hole = np.zeros((h, w), bool)
    hole[40:150, 100:150] = True
    return hole


def _filled(picture: np.ndarray, hole: np.ndarray) -> np.ndarray:
    found = fill_with_texture(picture, hole)
    assert found is not None
    return found.image


def test_each_half_is_filled_with_its_own_kind() -> None:
    picture, hole = _meadow(), _hole()
    filled = _filled(np.where(hole[..., None], 0, picture), hole)
    sky, ground = filled[45:80, 105:145], filled[105:145, 105:145]
    assert np.abs(sky - np.array([0.55, 0.7, 0.9])).mean() < 0.035
    assert np.abs(ground.mean(axis=(0, 1)) - picture[100:150].mean(axis=(0, 1))).max() < 0.05
    assert ground.std() > 0.6 * picture[100:150, :90].std(), "texture, not a blur"


def test_what_is_outside_the_hole_stays() -> None:
    picture, hole = _meadow(), _hole()
    filled = _filled(picture, hole)
    away = cv2.dilate(hole.astype(np.uint8), np.ones((9, 9))) == 0
    assert np.abs(filled - picture)[away].max() < 1e-5


def test_it_gives_the_same_bits_again() -> None:
    picture, hole = _meadow(), _hole()
    assert (_filled(picture, hole) == _filled(picture, hole)).all()


def test_with_nothing_to_copy_from_there_is_no_texture() -> None:
    picture = np.full((60, 60, 3), 0.4, np.float32)
    hole = np.ones((60, 60), bool)
    hole[:, :2] = False
    assert fill_with_texture(picture, hole) is None
