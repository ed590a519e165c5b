from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.character.drawn_figure import (
    HAIR,
    SHIRT,
    Drawn,
    draw,
    plain_background,
    striped_background,
)
from understudy.character.figure.anatomy import measure
from understudy.character.matte.matte import find_matte
from understudy.geometry.landmarks import Body


def _found(drawn: Drawn, mask: np.ndarray | None = None) -> np.ndarray:
    seen = drawn.track(drawn.rgb).mask if mask is None else mask
    return find_matte(drawn.picture, seen, measure(drawn.landmarks)).alpha


def _overlap(alpha: np.ndarray, truth: np.ndarray) -> float:
    a, b = alpha > 0.5, truth > 0.5
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize(
    "background",
    [
        plain_background((360, 520)),
        plain_background((360, 520), (0.1, 0.1, 0.12)),
        striped_background((360, 520)),
        plain_background((360, 520), (0.30, 0.50, 0.76)),
    ],
    ids=["light", "dark", "stripes", "near the shirt's blue"],
)
def test_the_figure_is_cut_from_any_background(background: np.ndarray) -> None:
    drawn = draw(background=background)
    assert _overlap(_found(drawn), drawn.alpha) > 0.95


def test_a_shirt_of_the_backgrounds_own_colour_stays_with_the_figure() -> None:
    """Then nothing but the segmentation and the skeleton say where it is."""
    drawn = draw(background=plain_background((360, 520), SHIRT))
    alpha = _found(drawn)
    shirt = (np.abs(drawn.picture - np.array(SHIRT)).max(axis=-1) < 0.05) & (drawn.alpha > 0.99)
    assert alpha[shirt].mean() > 0.85


def test_hair_of_the_backgrounds_own_colour_stays_with_the_head() -> None:
    drawn = draw(background=plain_background((360, 520), HAIR))
    alpha = _found(drawn)
    face_top = drawn.landmarks.body[Body.NOSE, 1]
    hair = (np.abs(drawn.picture - np.array(HAIR)).max(axis=-1) < 0.05) & (drawn.alpha > 0.99)
    hair[int(face_top) :] = False
    assert hair.sum() > 200
    assert alpha[hair].mean() > 0.85


def test_a_coarse_mask_is_brought_to_the_edge() -> None:
    drawn = draw()
    coarse = cv2.GaussianBlur(drawn.alpha, (0, 0), 8)
    assert _overlap(coarse, drawn.alpha) < 0.95
    assert _overlap(_found(drawn, coarse), drawn.alpha) > 0.97


def test_a_halo_of_background_in_the_mask_is_left_out() -> None:
    drawn = draw()
    halo = drawn.track(drawn.rgb).mask.copy()
    cv2.circle(halo, (180, 48), 34, 1.0, -1)
    assert _overlap(_found(drawn, halo), drawn.alpha) > 0.95


def test_background_between_the_limbs_is_left_out() -> None:
    akimbo = ((0.75, 0.45), (0.42, 0.85), (0.30, 0.9))
    drawn = draw(left=akimbo, right=akimbo)
    seen = drawn.track(drawn.rgb).mask
    filled = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((41, 41)))
    gap = (filled > 0.9) & (drawn.alpha < 0.01)
    assert gap.sum() > 300
    assert _found(drawn, np.asarray(filled))[gap].mean() < 0.2


def test_the_matte_carries_the_figures_own_colours(standing: Drawn) -> None:
    matte = find_matte(
        standing.picture, standing.track(standing.rgb).mask, measure(standing.landmarks)
    )
    edge = (matte.alpha > 0.3) & (matte.alpha < 0.7)
    light = matte.colours[edge].mean(axis=-1)
    assert np.median(light) < standing.background.mean() - 0.1, "no rim of the light background"
