"""Cutting out the driver's face."""

from __future__ import annotations

import numpy as np

from understudy.engines.wan.animate.faces import MARGIN, face_box, face_crop

FACE = np.full((468, 3), np.nan, np.float32)


def face(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """A mesh whose points fill a box."""
    rng = np.random.default_rng(0)
    points = rng.uniform((left, top, 0), (right, bottom, 0), (468, 3)).astype(np.float32)
    points[152, :2] = right, bottom
    points[234, :2] = left, top
    return points


def test_the_box_is_larger_by_its_margin_most_of_it_above() -> None:
    box = face_box(face(100, 100, 200, 220), (400, 400))
    assert box is not None
    left, top, right, bottom = box
    assert abs((right - left) * (bottom - top) / (100 * 120) - MARGIN.area) < 0.05
    assert 100 - left == 200 - left - 100
    assert 100 - top > 2 * (bottom - 220)


def test_a_face_at_the_edge_is_cut_there() -> None:
    assert face_box(face(-30, 10, 50, 90), (60, 80)) == (0, 1, 55, 80)


def test_the_crop_is_square_and_shows_the_face() -> None:
    rgb = np.zeros((200, 300, 3), np.uint8)
    rgb[50:110, 100:150] = (200, 100, 50)
    crop = face_crop(rgb, face(100, 50, 150, 110), 64)
    assert crop.shape == (64, 64, 3)
    assert crop[32, 32].tolist() == [200, 100, 50]
    assert crop[0, 0].tolist() == [0, 0, 0]


def test_no_face_is_black() -> None:
    rgb = np.full((200, 300, 3), 255, np.uint8)
    assert not face_crop(rgb, FACE, 16).any()
    assert not face_crop(rgb, face(400, 50, 450, 110), 16).any()
