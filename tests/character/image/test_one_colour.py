"""Grounds of one colour."""

from __future__ import annotations

import numpy as np

from understudy.character.image.colour import to_lab
from understudy.character.image.one_colour import before_one_colour
from understudy.geometry.landmarks import Float32


def _sheet(colour: tuple[float, float, float]) -> Float32:
    return np.full((120, 100, 3), colour, np.float32)


def test_what_has_another_colour_or_is_enclosed_by_it_stands_before_the_ground() -> None:
    picture = _sheet((0.8, 0.9, 1.0))
    picture[30:90, 30:70] = (0.1, 0.1, 0.1)
    picture[40:80, 40:60] = (0.8, 0.9, 1.0)
    found = before_one_colour(to_lab(picture))
    assert found is not None
    expected = np.zeros((120, 100), bool)
    expected[30:90, 30:70] = True
    assert np.array_equal(found, expected)


def test_a_figure_may_cut_one_side_of_the_ground() -> None:
    picture = _sheet((1, 1, 1))
    picture[30:, 20:80] = (0.2, 0.4, 0.1)
    found = before_one_colour(to_lab(picture))
    assert found is not None
    assert found.sum() == 90 * 60


def test_paper_and_walls_are_shaded() -> None:
    picture = _sheet((0.9, 0.9, 0.9)) * np.linspace(0.8, 1.1, 100, dtype=np.float32)[None, :, None]
    assert before_one_colour(to_lab(picture)) is None


def test_a_frame_round_a_scene_is_no_ground() -> None:
    picture = _sheet((1, 1, 1))
    picture[5:-5, 5:-5] = (0.1, 0.2, 0.5)
    assert before_one_colour(to_lab(picture)) is None
