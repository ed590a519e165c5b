"""Silhouettes in one piece, told from those with limbs."""

from __future__ import annotations

import cv2
import numpy as np

from tests.character.drawn_figure import draw
from understudy.character.figure.unrecognized.limbless import (
    ends_straight,
    is_cut_through,
    is_limbless,
    limbless_landmarks,
)
from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Body


def _egg() -> Mask:
    sheet = np.zeros((300, 240), np.uint8)
    cv2.ellipse(sheet, (120, 160), (70, 110), 0, 0, 360, 1, -1)
    return sheet > 0


def _ghost() -> Mask:
    """Round above, with three tips below."""
    sheet = np.zeros((300, 240), np.uint8)
    cv2.ellipse(sheet, (120, 130), (75, 90), 0, 0, 360, 1, -1)
    sheet[130:230, 45:196] = 1
    for x in (70, 120, 170):
        cv2.circle(sheet, (x, 228), 25, 1, -1)
    return sheet > 0


def _with_arms(mask: Mask) -> Mask:
    sheet = mask.astype(np.uint8)
    cv2.line(sheet, (120, 170), (10, 110), 1, 16)
    cv2.line(sheet, (120, 170), (230, 110), 1, 16)
    return sheet > 0


def test_what_is_one_piece_has_no_limbs() -> None:
    assert is_limbless(_egg())
    assert is_limbless(_ghost())


def test_arms_and_legs_are_limbs() -> None:
    assert not is_limbless(_with_arms(_egg()))
    assert not is_limbless(draw().alpha > 0.5)


def test_no_limb_is_seen_and_the_trunk_lies_inside() -> None:
    egg = _egg()
    body = limbless_landmarks(egg).body
    limbs = [joint for joint in range(Body.LEFT_ELBOW, len(body)) if joint not in _HIPS]
    assert body[limbs, 3].max() == 0
    x, y = np.round(body[_TRUNK, :2]).astype(int).T
    assert egg[y, x].all()
    assert body[Body.LEFT_SHOULDER, 1] < body[Body.LEFT_HIP, 1]


_HIPS = [Body.LEFT_HIP, Body.RIGHT_HIP]
_TRUNK = [Body.NOSE, Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, *_HIPS]


def test_a_bust_is_cut_through_and_legs_at_the_edge_are_not() -> None:
    egg = _with_arms(_egg())
    assert is_cut_through(egg[:200])
    assert not is_cut_through(egg)
    legs = egg.astype(np.uint8)
    for x in (90, 150):
        cv2.line(legs, (x, 250), (x, 300), 1, 20)
    assert not is_cut_through(legs > 0)


def test_a_bust_on_a_badge_ends_straight_and_nothing_with_feet_or_a_round_end_does() -> None:
    bust = _with_arms(_egg())
    bust[200:] = False
    sheet = bust.astype(np.uint8)
    cv2.line(sheet, (70, 150), (70, 200), 1, 6)
    assert ends_straight(sheet > 0)
    assert not ends_straight(_with_arms(_egg()))
    assert not ends_straight(_ghost())
    assert not ends_straight(draw().alpha > 0.5)
