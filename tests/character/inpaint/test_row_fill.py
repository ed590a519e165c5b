"""Rows of a hole go on from what lies beside each of its runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.character.inpaint.row_fill import fill_rows
from understudy.character.inpaint.smooth_fill import fill_softly

UNIT = 60.0
LIGHT, DARK = 0.6, 0.2


def _arms_off() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """A light middle between dark sides, and the hole of a trunk with both arms held off it."""
    picture = np.full((200, 300, 3), LIGHT, np.float32)
    picture[:, :60] = picture[:, 240:] = DARK
    hole = np.zeros((200, 300), bool)
    hole[20:180, 120:180] = True
    for y in range(80, 130):
        # Arms that leave the trunk below and end at the dark sides.
        for low in (120 - (130 - y) * 2, 180 + (130 - y) * 2 - 24):
            hole[y, low : low + 24] = True
    hole[130:160, 40:260] = True
    return picture, hole


def test_what_is_seen_between_arm_and_trunk_goes_on_behind_the_trunk() -> None:
    picture, hole = _arms_off()
    found = fill_softly(np.where(hole[..., None], np.float32(0), picture), hole, UNIT)
    rows = found[85:125, 140:160].mean(axis=(1, 2))
    assert np.abs(rows - LIGHT).max() < 0.05


def test_no_row_breaks_off_where_a_gap_ends() -> None:
    picture, hole = _arms_off()
    found = fill_softly(np.where(hole[..., None], np.float32(0), picture), hole, UNIT)
    rows = found[100:170, 140:160].mean(axis=(1, 2))
    assert np.abs(np.diff(rows)).max() < 0.06


def test_rows_are_believed_where_both_sides_agree() -> None:
    picture = np.full((120, 200, 3), LIGHT, np.float32)
    picture[60:, 110:] = DARK
    hole = np.zeros((120, 200), bool)
    hole[10:110, 70:110] = True
    _, share = fill_rows(picture, hole, UNIT)
    assert share[30, 90, 0] > 0.9
    assert share[90, 90, 0] < 0.1
    assert not share[~hole].any()


def test_nothing_is_changed_where_there_is_no_hole() -> None:
    picture = np.random.default_rng(0).uniform(0, 1, (40, 50, 3)).astype(np.float32)
    image, share = fill_rows(picture, np.zeros((40, 50), bool), UNIT)
    assert np.array_equal(image, picture)
    assert not share.any()
