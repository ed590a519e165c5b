"""The camera may look past an edge where the ground is plain and the figure is whole."""

from __future__ import annotations

import numpy as np

from understudy.engines.puppet.camera.free_room import FreeRoom, free_room

HEIGHT, WIDTH = 200, 120
WHOLE = np.zeros((HEIGHT, WIDTH), np.float32)
WHOLE[40:160, 40:80] = 1.0


def test_an_even_ground_goes_on_to_every_side() -> None:
    even = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
    assert free_room(even, WHOLE) == FreeRoom(WIDTH, HEIGHT, WIDTH, HEIGHT)


def test_a_ground_that_darkens_slowly_goes_on_too() -> None:
    rows = np.linspace(120, 220, HEIGHT)[:, None, None]
    sky = np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    assert free_room(sky, WHOLE) == FreeRoom(WIDTH, HEIGHT, WIDTH, HEIGHT)


def test_a_floor_goes_on_to_the_sides() -> None:
    floor = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
    floor[150:] = 60
    room = free_room(floor, WHOLE)
    assert (room.left, room.right) == (WIDTH, WIDTH)
    assert 20 < room.bottom < 50


def test_a_thing_in_the_picture_ends_the_ground_where_it_stands() -> None:
    lamp = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
    lamp[50:120, 20:24] = 20
    room = free_room(lamp, WHOLE)
    assert 5 < room.left <= 20
    assert 0 < room.right < WIDTH - 20
    assert 30 < room.top <= 50


def test_a_detailed_ground_ends_with_the_picture() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    assert free_room(noise, WHOLE) == FreeRoom()


def test_an_edge_that_cuts_the_figure_ends_the_picture() -> None:
    even = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
    cut = WHOLE.copy()
    cut[100:] = cut[100:160].max()
    room = free_room(even, cut)
    assert room.bottom == 0
    assert room.top == HEIGHT
