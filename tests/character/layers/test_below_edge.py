from __future__ import annotations

import numpy as np
import pytest

from tests.character.drawn_figure import Drawn
from understudy.character.character import Layer
from understudy.character.figure.anatomy import measure
from understudy.character.layers.below_edge import extend, pad_rows


def _cone(slope: float) -> np.ndarray:
    """A layer that widens downwards and is cut by the canvas' lower edge."""
    rgba = np.zeros((200, 300, 4), np.float32)
    for y in range(40, 200):
        half = 30 + slope * (y - 40)
        rgba[y, int(150 - half) : int(150 + half)] = (0.2, 0.5, 0.3, 1)
    return rgba


def test_a_figure_that_ends_in_the_picture_needs_no_rows(standing: Drawn) -> None:
    assert pad_rows(standing.alpha, 120.0) == 0
    assert pad_rows(np.ones((100, 100), np.float32), 60.0) == 35


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.3])
def test_outlines_go_on_in_their_own_direction(standing: Drawn, slope: float) -> None:
    layer = Layer("body", _cone(slope))
    long = extend(layer, 60, measure(standing.landmarks)).rgba
    assert long.shape == (260, 300, 4)
    widths = (long[..., 3] > 0.5).sum(axis=1)
    assert widths[220] == pytest.approx(widths[195] + 2 * slope * 25, abs=8)
    inside = long[230, 150]
    assert np.abs(inside - (0.2, 0.5, 0.3, 1)).max() < 0.02


def test_without_rows_to_add_the_layer_is_the_same(standing: Drawn) -> None:
    layer = Layer("body", _cone(0))
    assert extend(layer, 0, measure(standing.landmarks)) is layer


def test_an_arm_ends_where_its_bones_end(standing: Drawn) -> None:
    rgba = np.zeros((520, 360, 4), np.float32)
    rgba[300:, 200:260] = (0.9, 0.7, 0.6, 1)
    long = extend(Layer("left_arm", rgba), 100, measure(standing.landmarks)).rgba
    assert long[575:, :, 3].max() < 0.01


def test_a_sleeve_that_the_edge_cuts_ends_in_a_round_hem(standing: Drawn) -> None:
    # Cloth beside the bones, down to the lower edge.
    rgba = np.zeros((520, 360, 4), np.float32)
    rgba[300:, 20:80] = (0.9, 0.7, 0.6, 1)
    long = extend(Layer("left_arm", rgba), 100, measure(standing.landmarks)).rgba[..., 3]
    widths = (long > 0.5).sum(axis=1)
    assert (widths[400:524] >= 57).all()
    assert (np.diff(widths[530:]) <= 1).all()
    assert 20 < widths[550] < 50
    assert widths[565:].max() == 0
