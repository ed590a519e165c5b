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
