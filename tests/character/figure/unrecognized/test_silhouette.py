from __future__ import annotations

import numpy as np

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
