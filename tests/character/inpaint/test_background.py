"""The background as a whole: the figure is gone, and what is put there does not catch the eye."""

from __future__ import annotations

import cv2
import numpy as np

from tests.character.drawn_figure import Drawn
from understudy.character.figure.anatomy import measure
from understudy.character.inpaint.background import make_background


def _on(drawn: Drawn, ground: np.ndarray) -> np.ndarray:
    """The drawn figure before another ground."""
    alpha = drawn.alpha[..., None]
    own = drawn.picture * alpha
    return np.asarray(own + ground * (1 - alpha), np.float32)


def test_a_night_sky_is_filled_without_copies_of_its_stars(standing: Drawn) -> None:
    h, w = standing.alpha.shape
    rng = np.random.default_rng(5)
    ground = np.empty((h, w, 3), np.float32)
    ground[:] = np.linspace((0.05, 0.08, 0.2), (0.4, 0.6, 0.7), h)[:, None]
    lights = np.zeros((h, w), np.float32)
    for y, x in rng.integers(0, (h, w), (60, 2)):
        cv2.circle(lights, (int(x), int(y)), int(rng.integers(1, 6)), 1.0, -1)
    sky = ground + cv2.GaussianBlur(lights, (0, 0), 1.5)[..., None] * 0.6
    found = make_background(_on(standing, sky), standing.alpha, measure(standing.landmarks))
    inside = cv2.erode((standing.alpha > 0.5).astype(np.uint8), np.ones((9, 9))) > 0
    off = np.abs(found.image - ground).max(axis=-1)[inside]
    assert np.percentile(off, 95) < 0.12


def test_nothing_of_a_whisker_is_left(standing: Drawn) -> None:
    picture = _on(standing, np.full((*standing.alpha.shape, 3), 0.75, np.float32))
    anatomy = measure(standing.landmarks)
    x, y = (int(v) for v in anatomy.face_centre)
    whisker = np.zeros(standing.alpha.shape, np.uint8)
    reach = int(anatomy.face_width)
    cv2.line(whisker, (x, y), (x + reach, y - reach // 3), 1, 1)
    shown = (whisker > 0) & (standing.alpha < 0.01)
    picture[shown] = 0.3
    assert shown.sum() > 10
    found = make_background(picture, standing.alpha, anatomy)
    assert np.abs(found.image[shown] - 0.75).max() < 0.06
