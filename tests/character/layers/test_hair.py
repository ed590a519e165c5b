"""The hair, found by its colours on drawn figures."""

from __future__ import annotations

import numpy as np

from tests.character.drawn_figure import CLOSE, HAIR, Colour, draw
from understudy.character.figure.anatomy import measure
from understudy.character.image.colour import to_lab
from understudy.character.image.palette import Colours
from understudy.character.layers.hair import hair_mask

WORN: Colour = (0.34, 0.21, 0.13)


def _found_low_down(belt: Colour | None) -> float:
    """How much is found of hair that hangs from the crown down to the hips, past the reach of hair
    that colours hardly tell. belt: the colour of a broad belt, or None."""
    drawn = draw(left=CLOSE, right=CLOSE)
    anatomy = measure(drawn.landmarks)
    picture, alpha = drawn.picture.copy(), drawn.alpha.copy()
    rows, columns = np.mgrid[:520, :360]
    across = np.abs(columns - anatomy.neck[0]) / anatomy.torso
    if belt is not None:
        down = (rows - anatomy.neck[1]) / anatomy.torso
        picture[(down > 0.5) & (down < 0.9) & (across < 0.27)] = belt
    top = anatomy.head[1] - 0.2 * anatomy.torso
    hair = (across > 0.2) & (across < 0.85) & (rows > top) & (rows < anatomy.pelvis[1])
    hair &= alpha < 0.5
    picture[hair], alpha[hair] = HAIR, 1.0
    found = hair_mask(Colours(to_lab(picture)), alpha, anatomy)
    return float(found[hair & (rows > anatomy.pelvis[1] - 0.2 * anatomy.torso)].mean())


def test_long_hair_is_found_as_far_as_it_hangs_where_its_colours_are_its_own() -> None:
    assert _found_low_down(None) > 0.85


def test_where_clothes_have_the_hairs_colours_it_ends_near_the_head() -> None:
    assert _found_low_down(WORN) < 0.6
