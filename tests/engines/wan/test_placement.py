"""Where the model's parts go, by the memory there is."""

from __future__ import annotations

import pytest

from understudy.engines.wan.animate_2.published import ANIMATE_2
from understudy.engines.wan.options import WanOptions
from understudy.engines.wan.placement import Placement, choose, fallback
from understudy.errors import EngineUnavailable

STD = ANIMATE_2.sampling["distilled"]["std"]
PRO = ANIMATE_2.sampling["distilled"]["pro"]
OPTIONS = WanOptions()


@pytest.mark.parametrize(
    ("card", "host", "expected"),
    [
        (139.8, 128, Placement("card", "card", 81)),
        (79.2, 128, Placement("host", "card", 81)),
        (47.5, 128, Placement("host", "card", 81)),
        (31.5, 64, Placement("host", "card", 37)),
        (23.6, 128, Placement("host", "host", 81)),
        (23.6, 80, Placement("host", "host", 37)),
        (15.7, 96, Placement("host", "host", 37)),
    ],
)
def test_the_fastest_placement_that_fits_is_taken(
    card: float, host: float, expected: Placement
) -> None:
    assert choose(card, host, STD, OPTIONS, ANIMATE_2) == expected


def test_a_larger_area_needs_more() -> None:
    assert choose(79.2, 128, PRO, OPTIONS, ANIMATE_2) != choose(79.2, 128, STD, OPTIONS, ANIMATE_2)


@pytest.mark.parametrize(("card", "host"), [(11.6, 128), (23.6, 32)])
def test_too_little_memory_is_said_in_numbers(card: float, host: float) -> None:
    with pytest.raises(EngineUnavailable, match=f"{card:.0f} and {host:.0f}"):
        choose(card, host, STD, OPTIONS, ANIMATE_2)


def test_there_is_one_fallback() -> None:
    smaller = fallback(Placement("card", "card", 81), OPTIONS, ANIMATE_2.needs)
    assert smaller == Placement("host", "host", 37)
    assert fallback(smaller, OPTIONS, ANIMATE_2.needs) is None
