from __future__ import annotations

import numpy as np
import pytest

from understudy.character.image.geodesic import Geodesics


def test_a_way_leads_round_a_gap_and_not_across_it() -> None:
    inside = np.ones((120, 120), bool)
    inside[20:, 55:65] = False
    source = np.zeros_like(inside)
    source[110, 40] = True
    away = Geodesics(inside).away(source)
    assert away[110, 20] == pytest.approx(20, abs=2)
    assert away[110, 75] > 180


def test_a_piece_that_no_way_leads_to_is_as_far_as_it_looks() -> None:
    inside = np.ones((60, 60), bool)
    inside[:, 28:32] = False
    source = np.zeros_like(inside)
    source[30, 10] = True
    assert Geodesics(inside).away(source)[30, 50] == pytest.approx(40, abs=1)
    assert (Geodesics(inside).away(np.zeros_like(inside)) > 1000).all()
