from __future__ import annotations

import numpy as np

from understudy.character.layers.body_fill import Jacket, fill_sideways


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


def _beside_an_arm(strip: tuple[float, float, float]) -> tuple[np.ndarray, ...]:
    """A shirt, a narrow strip beside the arm, and a red sleeve: colours, what is known, what is
    close to the arm, the arm."""
    colours = np.full((60, 200, 3), (0.9, 0.9, 0.9), np.float32)
    colours[:, 95:100], colours[:, 100:] = strip, (0.8, 0.1, 0.1)
    columns = np.broadcast_to(np.arange(200)[None], (60, 200))
    return colours, columns < 95, (columns >= 95) & (columns < 100), columns >= 100


def test_a_jacket_goes_on_under_its_sleeve_where_only_a_strip_of_it_is_seen() -> None:
    colours, known, close, arm = _beside_an_arm((0.78, 0.12, 0.1))
    filled = fill_sideways(colours, known, arm, 100.0, jacket=Jacket(close, arm))
    assert np.abs(filled[30, 110:130] - (0.8, 0.1, 0.1)).max() < 0.1


def test_a_cord_beside_the_arm_does_not_go_on_under_it() -> None:
    colours, known, close, arm = _beside_an_arm((0.1, 0.1, 0.1))
    filled = fill_sideways(colours, known, arm, 100.0, jacket=Jacket(close, arm))
    assert np.abs(filled[30, 110:130] - 0.9).max() < 0.1
