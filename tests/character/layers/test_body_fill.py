from __future__ import annotations

import numpy as np

from understudy.character.layers.body_fill import fill_sideways


def test_what_is_wide_is_not_continued_from_a_button_beside_it() -> None:
    cloth, button = (0.2, 0.2, 0.3), (0.9, 0.7, 0.2)
    colours = np.full((60, 300, 3), cloth, np.float32)
    colours[20:40, 80:100] = button
    known = np.zeros((60, 300), bool)
    known[:, :100] = True
    filled = fill_sideways(colours, known, ~known, 100.0)
    assert np.abs(filled[30, 140:] - cloth).max() < 0.02


def test_what_is_narrow_is_continued_from_close_by() -> None:
    jacket, shirt = (0.8, 0.1, 0.1), (0.9, 0.9, 0.9)
    colours = np.full((60, 300, 3), shirt, np.float32)
    colours[:, 80:] = jacket
    known = np.zeros((60, 300), bool)
    known[:, :100] = True
    # Past the arm there is background: nothing of it is wanted.
    needed = np.zeros((60, 300), bool)
    needed[:, 100:130] = True
    filled = fill_sideways(colours, known, needed, 100.0)
    assert np.abs(filled[30, 100:130] - jacket).max() < 0.1
