from __future__ import annotations

import numpy as np

from understudy.character.character import Layer
from understudy.engines.puppet.rig.side_extension import beyond_sides, cut_sides


def _bar(left: int, right: int) -> np.ndarray:
    """A green bar in 100 x 200 pixels, between two columns."""
    rgba = np.zeros((100, 200, 4), np.float32)
    rgba[40:70, left:right] = (0.2, 0.5, 0.3, 1)
    return rgba


def test_a_side_that_cuts_the_figure_is_known() -> None:
    assert cut_sides(_bar(20, 200)) == (False, True)
    assert cut_sides(_bar(0, 150)) == (True, False)
    assert cut_sides(_bar(20, 150)) == (False, False)


def test_a_figure_inside_the_picture_stays_as_it_is() -> None:
    layer = Layer("body", _bar(20, 150))
    assert beyond_sides(layer, 8, 60.0) == (layer.rgba, 0)


def test_what_the_sides_cut_goes_on_past_them() -> None:
    longer, added = beyond_sides(Layer("body", _bar(0, 200)), 8, 60.0)
    assert added > 0
    assert added % 8 == 0
    assert longer.shape == (100, 200 + 2 * added, 4)
    assert np.abs(longer[40:70] - (0.2, 0.5, 0.3, 1)).max() < 0.02
    assert longer[:30].max() == 0


def test_both_sides_are_continued_alike() -> None:
    rgba = np.zeros((100, 200, 4), np.float32)
    for y in range(20, 90):
        rgba[y, : 60 + y // 2] = (0.3, 0.2, 0.1 + 0.005 * y, 1)
    left, added = beyond_sides(Layer("body", rgba), 8, 60.0)
    right, _ = beyond_sides(Layer("body", np.ascontiguousarray(rgba[:, ::-1])), 8, 60.0)
    assert added > 0
    assert (left == right[:, ::-1]).all()


def test_an_arm_is_not_made_longer() -> None:
    layer = Layer("left_arm", _bar(0, 200))
    assert beyond_sides(layer, 8, 60.0)[1] == 0
