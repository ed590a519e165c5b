from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.character.inpaint.poisson import fill_by_gradients, fill_smoothly


def _ramp(h: int, w: int, down: float, right: float) -> np.ndarray:
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    return (down * rows / h + right * columns / w)[..., None].repeat(3, axis=2)


@settings(max_examples=15, deadline=None)
@given(st.floats(-1, 1), st.floats(-1, 1), st.integers(2, 30), st.integers(2, 40))
def test_a_ramp_is_continued_over_a_hole(
    down: float, right: float, height: int, width: int
) -> None:
    values = _ramp(60, 80, down, right)
    hole = np.zeros((60, 80), bool)
    hole[15 : 15 + height, 20 : 20 + width] = True
    filled = fill_smoothly(np.where(hole[..., None], 9, values), hole)
    assert np.abs(filled - values).max() < 0.03
    assert (filled[~hole] == values.astype(np.float32)[~hole]).all()


def test_a_squeezed_fill_keeps_to_the_rows() -> None:
    values = np.zeros((60, 90, 3), np.float32)
    values[30:] = 1
    hole = np.zeros((60, 90), bool)
    hole[:, 10:80] = True
    isotropic = fill_smoothly(values, hole)
    by_rows = fill_smoothly(values, hole, squeeze=6)
    assert by_rows[10, 45, 0] < isotropic[10, 45, 0]
    assert by_rows[50, 45, 0] > isotropic[50, 45, 0]


def test_a_hole_without_a_rim_is_empty() -> None:
    assert (fill_smoothly(np.ones((12, 12, 3), np.float32), np.ones((12, 12), bool)) == 0).all()


def test_wanted_steps_are_met() -> None:
    values = _ramp(64, 64, 1, 0.5).astype(np.float32)
    hole = np.zeros((64, 64), bool)
    hole[12:50, 12:50] = True
    steps = np.zeros((4, 64, 64, 3), np.float32)
    for k, (dy, dx) in enumerate(((-1, 0), (1, 0), (0, -1), (0, 1))):
        steps[k] = np.roll(values, (-dy, -dx), axis=(0, 1)) - values
    start = np.where(hole[..., None], values + 0.2, values)
    assert np.abs(fill_by_gradients(start, hole, steps) - values)[hole].max() < 0.03
