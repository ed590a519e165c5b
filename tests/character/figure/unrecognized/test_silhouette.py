from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.character.drawn_figure import Drawn, striped_background
from tests.character.figure.drawn_on_paper import outline_figure
from understudy.character.figure.unrecognized.silhouette import (
    enclosed_by_lines,
    find_silhouette_of,
)


def test_a_drawing_is_what_its_strokes_enclose() -> None:
    rgb, truth = outline_figure()
    found = find_silhouette_of(rgb, None, None)
    assert found is not None
    assert (found.mask & truth).sum() / (found.mask | truth).sum() > 0.93


def test_a_matte_that_kept_the_strokes_alone_does_not_change_a_drawing() -> None:
    rgb, _ = outline_figure()
    strokes = (rgb[..., 0] < 120).astype(np.float32)
    alone, seen = find_silhouette_of(rgb, None, None), find_silhouette_of(rgb, None, strokes)
    assert alone is not None
    assert seen is not None
    assert np.array_equal(alone.mask, seen.mask)


def test_before_a_busy_background_the_learned_matte_says_what_stands_out(standing: Drawn) -> None:
    ground = striped_background(standing.design.size)
    cover = standing.alpha[..., None]
    rgb = np.round(255 * (standing.picture * cover + ground * (1 - cover))).astype(np.uint8)
    assert find_silhouette_of(rgb, None, None) is None
    found = find_silhouette_of(rgb, None, standing.alpha)
    assert found is not None
    assert np.array_equal(found.mask, standing.alpha > 0.5)


def test_nothing_stands_out_from_an_empty_sheet() -> None:
    assert find_silhouette_of(np.full((200, 160, 3), 230, np.uint8), None, None) is None


def test_a_drawing_that_the_picture_cuts_is_not_enclosed_by_its_lines() -> None:
    rgb, truth = outline_figure()
    alpha = truth.astype(np.float32)
    assert enclosed_by_lines(rgb, alpha) is not None
    assert enclosed_by_lines(np.ascontiguousarray(rgb[:350]), alpha[:350]) is None


def _without_a_neck() -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A filled figure on white whose head floats over its shoulders, and what it covers."""
    _, covered = outline_figure()
    covered = covered.copy()
    covered[207:219] = False
    rgb = np.full((*covered.shape, 3), 255, np.uint8)
    rgb[covered] = (250, 220, 40)
    rim = cv2.morphologyEx(covered.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((5, 5))) > 0
    rgb[rim & covered] = 0
    return rgb, covered


def test_a_head_that_floats_over_its_shoulders_belongs_to_the_figure() -> None:
    rgb, truth = _without_a_neck()
    for salient in (None, truth.astype(np.float32)):
        found = find_silhouette_of(rgb, None, salient)
        assert found is not None
        assert found.mask[:200].any()
        assert (found.mask & truth).sum() / (found.mask | truth).sum() > 0.9
    drawn = enclosed_by_lines(rgb, truth.astype(np.float32))
    assert drawn is not None
    assert (drawn[:200] > 0.5).any()


def test_a_ball_and_a_shadow_do_not() -> None:
    rgb, _ = _without_a_neck()
    rgb = np.ascontiguousarray(np.pad(rgb, ((0, 60), (0, 0), (0, 0)), constant_values=255))
    cv2.circle(rgb, (60, 180), 12, (200, 30, 30), -1)
    cv2.ellipse(rgb, (240, 630), (150, 8), 0, 0, 360, (90, 90, 90), -1)
    found = find_silhouette_of(rgb, None, None)
    assert found is not None
    assert not found.mask[620:].any()
    assert not found.mask[165:195, 45:75].any()


def test_white_inside_of_broken_outlines_is_the_figures_before_another_colour() -> None:
    rgb, truth = _without_a_neck()
    rgb[(rgb == (250, 220, 40)).all(axis=-1)] = 255
    rgb[~truth] = (205, 228, 245)
    rgb[truth & (np.arange(truth.shape[1]) < 120)] = 255
    found = find_silhouette_of(rgb, None, (rgb.max(axis=-1) < 30).astype(np.float32))
    assert found is not None
    assert (found.mask & truth).sum() / (found.mask | truth).sum() > 0.95
