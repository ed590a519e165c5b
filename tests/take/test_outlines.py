"""Outlines of masks: closed, in shares of the picture, without specks."""

from __future__ import annotations

import numpy as np

from understudy.take.outlines import outline_mask


def test_a_rectangle_is_outlined_by_its_corners() -> None:
    mask = np.zeros((200, 100), np.float32)
    mask[50:150, 20:60] = 1
    (outline,) = outline_mask(mask)
    assert len(outline) == 4
    assert np.allclose(
        sorted(outline), [(0.2, 0.25), (0.2, 0.75), (0.6, 0.25), (0.6, 0.75)], atol=0.011
    )


def test_what_touches_the_edge_closes_along_it() -> None:
    mask = np.zeros((100, 100), np.float32)
    mask[60:, :50] = 1
    (outline,) = outline_mask(mask)
    assert max(y for _, y in outline) > 0.99
    assert min(x for x, _ in outline) < 0.01


def test_specks_are_left_out_and_nothing_has_no_outline() -> None:
    mask = np.zeros((200, 200), np.float32)
    mask[20:180, 20:180] = 1
    mask[5:8, 5:8] = 1
    assert len(outline_mask(mask)) == 1
    assert outline_mask(np.zeros((50, 50), np.float32)) == ()


def test_a_large_mask_is_outlined_with_few_points() -> None:
    y, x = np.mgrid[:2000, :1500]
    disc = ((x - 750) ** 2 + (y - 1000) ** 2 < 600**2).astype(np.float32)
    (outline,) = outline_mask(disc)
    assert 12 < len(outline) < 80
