"""What of a figure is still in its background."""

from __future__ import annotations

import numpy as np

from understudy.character.inpaint.residue import residue_of

GROUND, COAT = (210, 205, 190), (40, 60, 120)


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A coat with a flap at its right, its matte without the flap, and a clean background."""
    ground = np.empty((240, 200, 3), np.uint8)
    ground[:] = GROUND
    ground[:, ::20] = (180, 180, 190)
    picture = ground.copy()
    picture[60:200, 70:120] = COAT
    picture[140:170, 120:150] = COAT
    alpha = np.zeros((240, 200), np.float32)
    alpha[60:200, 70:120] = 1
    return picture, alpha, ground


def test_a_flap_that_the_matte_missed_is_broken_off() -> None:
    picture, alpha, ground = scene()
    background = picture.copy()
    background[55:205, 65:126] = ground[55:205, 65:126]
    found = residue_of(picture, background, alpha)
    assert 24 <= found.sum() <= 45
    ys, xs = np.nonzero(found)
    assert 135 < ys.min() < ys.max() < 175
    assert 120 < xs.min() <= xs.max() < 130


def test_a_clean_background_has_none() -> None:
    picture, alpha, ground = scene()
    picture[140:170, 120:150] = ground[140:170, 120:150]
    background = picture.copy()
    background[55:205, 65:126] = ground[55:205, 65:126]
    assert not residue_of(picture, background, alpha).any()


def test_a_line_that_the_fill_does_not_continue_is_broken_off() -> None:
    picture, alpha, ground = scene()
    picture[140:170, 120:150] = ground[140:170, 120:150]
    picture[100:110, 120:] = (20, 20, 20)
    background = picture.copy()
    background[55:205, 65:126] = ground[55:205, 65:126]
    assert 4 <= residue_of(picture, background, alpha).sum() <= 16
