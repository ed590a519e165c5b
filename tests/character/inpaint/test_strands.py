"""Whiskers and hairs that no matte holds are found, the background's own lines are left."""

from __future__ import annotations

import cv2
import numpy as np

from understudy.character.inpaint.strands import strands

UNIT = 120.0


def _head() -> tuple[np.ndarray, np.ndarray]:
    """A pale wall and the hole of a round head."""
    picture = np.full((240, 320, 3), 0.7, np.float32)
    hole = np.zeros((240, 320), np.uint8)
    cv2.circle(hole, (160, 120), 45, 1, -1)
    return picture, hole > 0


def _line(picture: np.ndarray, start: tuple[int, int], end: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.line(mask, start, end, 1, 1)
    picture[mask > 0] = 0.25
    return mask > 0


def test_a_whisker_is_found_to_its_end() -> None:
    picture, hole = _head()
    whisker = _line(picture, (190, 130), (250, 150)) & ~hole
    found = strands(picture, hole, UNIT)
    assert found[whisker].all()
    assert found.sum() < 8 * whisker.sum()


def test_a_line_that_does_not_reach_the_figure_is_the_backgrounds() -> None:
    picture, hole = _head()
    _line(picture, (220, 40), (300, 60))
    assert not strands(picture, hole, UNIT).any()


def test_a_thing_behind_the_figure_is_no_strand() -> None:
    picture, hole = _head()
    picture[100:150, 190:240] = 0.25
    assert not strands(picture, hole, UNIT).any()


def test_a_strand_stands_out_from_the_backgrounds_lines() -> None:
    picture, hole = _head()
    picture[::6] = 0.45
    assert strands(picture, hole, UNIT).mean() < 0.01


def test_a_line_that_goes_on_out_of_reach_is_the_backgrounds() -> None:
    picture, hole = _head()
    _line(picture, (190, 130), (319, 150))
    assert not strands(picture, hole, UNIT).any()
