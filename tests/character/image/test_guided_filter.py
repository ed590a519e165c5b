from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.character.image.guided_filter import guided_filter


def test_an_edge_of_the_guide_is_given_to_a_blurred_source() -> None:
    guide = np.zeros((40, 60, 3), np.float32)
    guide[:, 30:] = (0.9, 0.5, 0.2)
    source = np.clip((np.arange(60, dtype=np.float32) - 24) / 12, 0, 1)
    source = np.broadcast_to(source, (40, 60)).astype(np.float32)
    result = guided_filter(guide, source, radius=8, eps=1e-5)
    assert result[20, 29] < 0.3
    assert result[20, 30] > 0.7


def test_two_colours_on_one_line_do_not_upset_it() -> None:
    """The covariance of the guide is then nearly singular."""
    rng = np.random.default_rng(0)
    side = rng.random((64, 64)) > 0.5
    guide = np.where(side[..., None], (0.95, 0.96, 0.97), (0.10, 0.11, 0.20)).astype(np.float32)
    result = guided_filter(guide, side.astype(np.float32), radius=2, eps=1e-5)
    assert np.abs(result - side).max() < 0.05


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1), st.integers(1, 6))
def test_a_constant_stays(value: float, radius: int) -> None:
    guide = np.random.default_rng(1).random((20, 30, 3)).astype(np.float32)
    source = np.full((20, 30), value, np.float32)
    assert np.abs(guided_filter(guide, source, radius=radius, eps=1e-4) - value).max() < 1e-3
