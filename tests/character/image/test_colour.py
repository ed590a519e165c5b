from __future__ import annotations

import numpy as np

from understudy.character.image.colour import likeness, to_lab


def _scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Red left, blue right, a patch of each in a white middle."""
    picture = np.ones((40, 90, 3), np.float32)
    picture[:, :25] = picture[10:15, 40:45] = (0.8, 0.1, 0.1)
    picture[:, 65:] = picture[25:30, 40:45] = (0.1, 0.1, 0.8)
    first, second = np.zeros((40, 90), bool), np.zeros((40, 90), bool)
    first[:, :25], second[:, 65:] = True, True
    return to_lab(picture), first, second


def test_a_colour_is_told_by_which_side_has_it() -> None:
    lab, first, second = _scene()
    where = ~first & ~second
    like = likeness(lab, first, second, where, 40)
    assert like[12, 42] > 0.95
    assert like[27, 42] < 0.05


def test_a_colour_of_neither_side_is_left_open() -> None:
    lab, first, second = _scene()
    like = likeness(lab, first, second, ~first & ~second, 40)
    assert abs(like[5, 60] - 0.5) < 0.01


def test_out_of_reach_nothing_is_told() -> None:
    lab, first, second = _scene()
    assert (likeness(lab, first, second, ~first & ~second, 8)[:, 44] == 0.5).all()
