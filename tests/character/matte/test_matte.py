"""The matte of a figure of which a learned net sees the head alone."""

from __future__ import annotations

import numpy as np

from tests.character.drawn_figure import draw
from understudy.character.figure.anatomy import measure
from understudy.character.matte.matte import find_matte
from understudy.geometry.landmarks import Body


def test_a_trunk_that_the_net_dropped_is_found_by_its_colours() -> None:
    drawn = draw()
    anatomy = measure(drawn.landmarks)
    shoulders = int(drawn.landmarks.body[Body.LEFT_SHOULDER, 1])
    head_alone = drawn.alpha.copy()
    head_alone[shoulders - 10 :] = 0
    found = find_matte(drawn.picture, drawn.alpha, anatomy, head_alone).alpha
    assert np.abs(found - drawn.alpha)[shoulders:].sum() < 0.05 * drawn.alpha[shoulders:].sum()
