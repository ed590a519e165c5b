from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from understudy.character.image.masks import (
    box_of,
    closed,
    depth,
    grow,
    largest,
    opened,
    resize_mask,
    shrink,
    touching,
    without_small,
)

masks = arrays(np.bool_, (24, 30))


@given(masks, st.floats(0.6, 15))
def test_growing_and_shrinking_are_duals(mask: np.ndarray, radius: float) -> None:
    assert (shrink(mask, radius) == ~grow(~mask, radius)).all()
    assert (grow(mask, radius) >= mask).all()
    assert (shrink(mask, radius) <= mask).all()


@given(masks, st.floats(1, 4))
def test_opening_only_removes_and_closing_only_adds(mask: np.ndarray, radius: float) -> None:
    assert (opened(mask, radius) <= mask).all()
    assert (closed(mask, radius) >= mask).all()


@given(masks)
def test_the_largest_piece_is_one_of_the_masks(mask: np.ndarray) -> None:
    piece = largest(mask)
    assert (piece <= mask).all()
    assert piece.any() == mask.any()


def test_a_large_radius_grows_a_point_to_a_disc() -> None:
    mask = np.zeros((101, 101), bool)
    mask[50, 50] = True
    area = grow(mask, 30).sum()
    assert abs(area - np.pi * 30**2) < 0.03 * np.pi * 30**2


def test_depth_counts_pixels_from_the_outside() -> None:
    mask = np.zeros((11, 41), bool)
    mask[3:8] = True
    assert depth(mask)[5, 20] == 3
    assert (depth(mask)[~mask] == 0).all()
    assert (depth(np.ones((4, 4), bool)) > 1000).all()


def test_pieces_without_a_seed_are_dropped() -> None:
    mask = np.zeros((10, 20), bool)
    mask[2:5, 2:5] = mask[2:5, 12:15] = True
    seeds = np.zeros_like(mask)
    seeds[3, 13] = True
    assert touching(mask, seeds).sum() == 9
    assert touching(mask, seeds)[3, 13]


def test_small_pieces_are_dropped() -> None:
    mask = np.zeros((10, 20), bool)
    mask[2:5, 2:5] = True
    mask[8, 12] = True
    assert without_small(mask, 2).sum() == 9


def test_a_box_has_its_margin_and_stays_in_the_picture() -> None:
    mask = np.zeros((10, 20), bool)
    assert box_of(mask, 3) is None
    mask[1, 17] = True
    assert box_of(mask, 3) == (slice(0, 5), slice(14, 20))


def test_a_mask_is_resized_by_share() -> None:
    mask = np.zeros((8, 8), bool)
    mask[:4] = True
    assert (resize_mask(mask, (4, 4)) == [[True] * 4] * 2 + [[False] * 4] * 2).all()
