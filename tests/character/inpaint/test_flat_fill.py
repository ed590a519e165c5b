"""Flat drawings: areas of one colour go on behind the figure."""

from __future__ import annotations

import numpy as np
import pytest

from understudy.character.inpaint.flat_fill import areas_go_on, fill_flat, is_flat

SKY, HILL, SAND = (0.95, 0.55, 0.40), (0.50, 0.15, 0.35), (0.95, 0.75, 0.50)


def _landscape(slope: float = 0.0) -> np.ndarray:
    """Sky over a hill whose edge rises to the right, over sand: (200, 240, 3)."""
    y, x = np.mgrid[:200, :240]
    picture = np.empty((200, 240, 3), np.float32)
    picture[:] = SKY
    picture[y > 90 - slope * (x - 120)] = HILL
    picture[y > 150] = SAND
    return picture


def _hole() -> np.ndarray:
    hole = np.zeros((200, 240), bool)
    hole[30:190, 90:150] = True
    hole[60:120, 80:160] = True
    return hole


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.3])
def test_areas_are_carried_on_in_straight_lines(slope: float) -> None:
    picture, hole = _landscape(slope), _hole()
    spoilt = np.where(hole[..., None], np.float32(0), picture)
    off = np.abs(fill_flat(spoilt, hole) - picture).max(axis=-1)
    assert (off[hole] > 0.1).mean() < 0.06, "but for the edge's own width"
    assert np.array_equal(off[~hole], np.zeros((~hole).sum()))


def test_a_gentle_gradient_is_carried_on() -> None:
    picture = np.empty((200, 240, 3), np.float32)
    picture[:] = np.linspace(0.4, 0.55, 240)[:, None]
    hole = _hole()
    spoilt = np.where(hole[..., None], np.float32(0), picture)
    assert np.abs(fill_flat(spoilt, hole) - picture).max() < 0.08


def test_a_hole_at_the_pictures_border_takes_its_other_side() -> None:
    picture, hole = _landscape(), np.zeros((200, 240), bool)
    hole[20:180, :60] = True
    spoilt = np.where(hole[..., None], np.float32(0), picture)
    assert (np.abs(fill_flat(spoilt, hole) - picture).max(axis=-1) > 0.1).mean() < 0.03


def test_flat_drawings_are_told_from_photographs_and_paper() -> None:
    rng = np.random.default_rng(0)
    picture, hole = _landscape(), _hole()
    assert is_flat(picture, hole, 60.0)
    for grain in (0.02, 0.05):
        noisy = np.clip(picture + rng.normal(0, grain, picture.shape), 0, 1).astype(np.float32)
        assert not is_flat(noisy, hole, 60.0)


def test_a_room_full_of_things_is_told_from_areas_that_go_on() -> None:
    hole = _hole()
    assert areas_go_on(_landscape(), hole)
    room = _landscape()
    room[20:190, :88] = (0.2, 0.1, 0.1)
    room[20:190:24, :88] = (0.5, 0.3, 0.2)
    assert not areas_go_on(room, hole)
