"""The ground between an arm and the trunk, on a drawn figure with a hand on its hip."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.character.drawn_figure import Drawn, draw
from understudy.character.figure.anatomy import measure
from understudy.character.matte.arm_gaps import ground_beside_arms
from understudy.geometry.landmarks import Float32

AKIMBO = ((0.85, 0.5), (0.4, 0.85), (0.34, 0.9))


@pytest.fixture(scope="module")
def akimbo() -> Drawn:
    return draw(left=AKIMBO)


def _closed(drawn: Drawn) -> Float32:
    """The matte of a net that fills what the arm encloses."""
    solid = (drawn.alpha > 0.5).astype(np.uint8)
    lines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(solid, lines, -1, 1, -1)
    return solid.astype(np.float32)


def test_the_ground_inside_a_bent_arm_is_no_figure(akimbo: Drawn) -> None:
    alpha = _closed(akimbo)
    gap = (alpha > 0.5) & (akimbo.alpha < 0.01)
    assert gap.sum() > 500
    arms = akimbo.arms
    found = ground_beside_arms(akimbo.picture, alpha, measure(akimbo.landmarks), arms)
    assert (found & gap).sum() > 0.9 * gap.sum()
    assert (found & (akimbo.alpha > 0.9)).sum() < 0.15 * gap.sum()


def test_cloth_inside_a_bent_arm_stays(akimbo: Drawn) -> None:
    alpha = _closed(akimbo)
    gap = (alpha > 0.5) & (akimbo.alpha < 0.01)
    picture = np.where(gap[..., None], np.float32(akimbo.design.shirt), akimbo.picture)
    found = ground_beside_arms(picture, alpha, measure(akimbo.landmarks), akimbo.arms)
    assert not found.any()


def test_without_an_arms_mask_no_gap_is_looked_for(akimbo: Drawn) -> None:
    anatomy = measure(akimbo.landmarks)
    found = ground_beside_arms(akimbo.picture, _closed(akimbo), anatomy, (None, akimbo.arms[1]))
    assert not found.any()
