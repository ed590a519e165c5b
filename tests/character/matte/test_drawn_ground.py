"""Shapes behind figures in flat drawings, and what hangs on the figures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.character.drawn_figure import Drawn, draw
from understudy.character.figure.anatomy import measure
from understudy.character.matte.drawn_ground import (
    with_things_that_hang_on,
    without_shape_behind,
)
from understudy.character.matte.matte import find_matte
from understudy.geometry.landmarks import Float32


@pytest.fixture(scope="module")
def figure() -> Drawn:
    return draw()


def _over(figure: Drawn, ground: Float32) -> Float32:
    cover = figure.alpha[..., None]
    return np.asarray(figure.picture * cover + ground * (1 - cover), np.float32)


def _white(figure: Drawn) -> Float32:
    return np.ones((*figure.alpha.shape, 3), np.float32)


def _before_a_disc(figure: Drawn) -> tuple[Float32, Float32]:
    """The picture, and a matte that takes the disc along."""
    ground, disc = _white(figure), np.zeros(figure.alpha.shape, np.uint8)
    w, h = figure.design.size
    cv2.circle(disc, (w // 2, h // 2), int(0.48 * w), 1, -1)
    ground[disc > 0] = (0.3, 0.5, 0.9)
    return _over(figure, ground), np.maximum(figure.alpha, disc.astype(np.float32))


def _with_a_cape(figure: Drawn) -> tuple[Float32, Float32]:
    """The picture, and where the cape is."""
    ground, cape = _white(figure), np.zeros(figure.alpha.shape, np.uint8)
    joints = measure(figure.landmarks)
    unit = joints.torso
    away = unit * np.array([(0.2, 0), (1.6, -0.4), (1.5, 1.0), (0, 1.0)])
    cv2.fillPoly(cape, [np.round(joints.neck + away).astype(np.int32)], 1)
    ground[cape > 0] = (0.7, 0.1, 0.2)
    return _over(figure, ground), np.asarray((cape > 0) & (figure.alpha < 0.5), np.float32)


def test_a_disc_behind_the_figure_is_not_cut_out_with_it(figure: Drawn) -> None:
    picture, learned = _before_a_disc(figure)
    unit = measure(figure.landmarks).torso
    found = without_shape_behind(picture, learned, figure.alpha, unit)
    off = np.abs(found - figure.alpha)
    assert off.sum() < 0.08 * figure.alpha.sum()


def test_hair_and_clothes_beside_the_trackers_mask_stay(figure: Drawn) -> None:
    picture = _over(figure, _white(figure))
    unit = measure(figure.landmarks).torso
    assert without_shape_behind(picture, figure.alpha, figure.alpha, unit) is figure.alpha


def test_a_cape_comes_along_with_the_figure_before_one_colour(figure: Drawn) -> None:
    picture, cape = _with_a_cape(figure)
    matte = find_matte(picture, figure.alpha, measure(figure.landmarks), figure.alpha.copy()).alpha
    assert matte[cape > 0].mean() > 0.95


def test_and_stays_with_any_other_ground(figure: Drawn) -> None:
    picture, _ = _with_a_cape(figure)
    picture *= np.linspace(0.7, 1, picture.shape[1], dtype=np.float32)[None, :, None]
    unit = measure(figure.landmarks).torso
    assert with_things_that_hang_on(picture, figure.alpha, figure.alpha, unit) is figure.alpha


def test_what_stands_apart_or_lies_below_the_feet_is_left(figure: Drawn) -> None:
    ground = _white(figure)
    ground[40:140, 5:35] = (0.7, 0.1, 0.2)
    feet = int(np.flatnonzero(figure.alpha.max(axis=1) > 0.5)[-1])
    ground[feet - 4 : feet + 8, 20:-20] = (0.4, 0.4, 0.4)
    picture = _over(figure, ground)
    unit = measure(figure.landmarks).torso
    assert with_things_that_hang_on(picture, figure.alpha, figure.alpha, unit) is figure.alpha


def test_a_scene_behind_the_figure_is_left_where_the_figure_parts_it(figure: Drawn) -> None:
    ground = _white(figure)
    rows = np.flatnonzero(figure.alpha.max(axis=1) > 0.5)
    ground[rows[0] + 20 : rows[-1] - 20, 30:-30] = (0.2, 0.3, 0.6)
    ground[rows[0] + 20 : rows[-1] - 20, 60:-60] = (0.3, 0.5, 0.4)
    picture = _over(figure, ground)
    unit = measure(figure.landmarks).torso
    assert with_things_that_hang_on(picture, figure.alpha, figure.alpha, unit) is figure.alpha
