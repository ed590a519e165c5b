"""What an arm's mask adds to the matte, on a drawn figure whose alpha is known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.character.drawn_figure import Drawn, Float32, draw, striped_background
from understudy.character.figure.anatomy import Anatomy, measure
from understudy.character.image.masks import shrink
from understudy.character.matte.learned import complete_matte


@pytest.fixture(scope="module")
def anatomy(standing: Drawn) -> Anatomy:
    return measure(standing.landmarks)


def test_a_sleeve_that_the_net_doubts_is_solid_unless_the_ground_is_seen_through_it(
    standing: Drawn, anatomy: Anatomy
) -> None:
    cloth = standing.arms[0] > 0.9
    cloth[round(float(anatomy.arms[0].elbow[1])) :] = False
    doubted = np.where(cloth, np.float32(0.2), standing.alpha)
    sleeve = shrink(cloth, 4)
    known = (standing.arms[0], None)
    alpha = complete_matte(standing.picture, doubted, doubted, anatomy, known)
    assert float(alpha[sleeve].min()) > 0.95
    stripes = striped_background((360, 520))
    striped = np.where((standing.alpha > 0)[..., None], standing.picture, stripes)
    alpha = complete_matte(striped, doubted, doubted, anatomy, known)
    assert float(np.median(alpha[sleeve])) > 0.95
    striped[sleeve] = stripes[sleeve]
    alpha = complete_matte(striped, doubted, doubted, anatomy, known)
    assert float(np.median(alpha[sleeve])) < 0.5


def test_no_gap_stays_in_an_arm_before_a_plain_ground(standing: Drawn, anatomy: Anatomy) -> None:
    arm, row = standing.arms[0] > 0.5, round(float(anatomy.arms[0].elbow[1])) + 8
    seen, likely = standing.alpha.copy(), np.minimum(standing.arms[0], np.float32(0.8))
    seen[row : row + 4][arm[row : row + 4]] = 0
    alpha = complete_matte(standing.picture, seen, seen, anatomy, (likely, None))
    assert float(np.median(alpha[row : row + 4][shrink(arm, 4)[row : row + 4]])) > 0.9


def test_what_a_net_lost_of_a_sleeve_joins_what_it_saw_before_a_plain_ground(
    standing: Drawn, anatomy: Anatomy
) -> None:
    # The net lost the forearm; the arm's mask is sure of that, but for a narrow strip.
    arm, row = standing.arms[0] > 0.5, round(float(anatomy.arms[0].elbow[1])) + 8
    seen, likely = standing.alpha.copy(), standing.arms[0].copy()
    seen[row:][arm[row:]] = 0
    likely[row : row + 4] = np.minimum(likely[row : row + 4], 0.7)
    alpha = complete_matte(standing.picture, seen, seen, anatomy, (likely, None))
    strip = shrink(arm, 4)[row : row + 4]
    assert float(np.median(alpha[row : row + 4][strip])) > 0.9


@pytest.mark.parametrize(
    "ground",
    [np.full((520, 360, 3), (0.5, 0.7, 0.7), np.float32), striped_background((360, 520))],
    ids=["plain", "striped"],
)
def test_a_bit_of_the_ground_that_an_arms_mask_takes_along_is_no_sleeve(ground: Float32) -> None:
    drawn = draw(background=ground)
    likely = drawn.arms[0].copy()
    rows, columns = np.nonzero(likely > 0.5)
    patch = np.zeros(likely.shape, bool)
    middle = int(np.median(rows))
    right = int(columns[rows == middle].max())
    patch[middle - 14 : middle + 14, right + 2 : right + 30] = True
    likely[patch | (likely > 0.5)] = 1.0
    arms = likely, None
    anatomy = measure(drawn.landmarks)
    alpha = complete_matte(drawn.picture, drawn.alpha, drawn.alpha, anatomy, arms)
    assert float(alpha[patch].mean()) < 0.1
    assert float(alpha[shrink(drawn.arms[0] > 0.5, 3)].min()) > 0.9
