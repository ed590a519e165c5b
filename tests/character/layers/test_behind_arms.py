"""Hair and capes behind the arms, on drawn figures whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.drawn_figure import CLOSE, HAIR, draw
from understudy.character.figure.anatomy import Anatomy, measure
from understudy.character.layers.behind_arms import hidden_behind, seen_behind
from understudy.character.layers.body_fill import hidden_body
from understudy.character.layers.parts import ARMS, BODY, Parts
from understudy.character.layers.trunk import trunk_outline
from understudy.geometry.landmarks import Float32

Mask = NDArray[np.bool_]
UNIT = 120
# Arms held a little away from the trunk.
APART = ((0.56, 0.5), (0.6, 0.95), (0.6, 1.08))


def _figure(
    arms: tuple[tuple[float, float], ...], hair: tuple[float, float, float] | None
) -> tuple[Float32, Float32, Parts, Anatomy]:
    """Colours, alpha and parts of a figure behind whose arms hair hangs down to `hair[2]` torsos
    below the shoulders, from `hair[0]` to `hair[1]` torsos from its axis."""
    drawn = draw(left=arms, right=arms)
    anatomy = measure(drawn.landmarks)
    across, down = _places(anatomy)
    colours, alpha = drawn.picture.copy(), drawn.alpha.copy()
    if hair is not None:
        near, far, low = hair
        there = (across > near) & (across < far) & (down > 0) & (down < low) & (alpha < 0.5)
        colours[there], alpha[there] = HAIR, 1.0
    labels = np.where(alpha > 0.5, np.uint8(BODY), np.uint8(0))
    for label, arm in zip(ARMS, drawn.arms, strict=True):
        labels[arm > 0.5] = label
    none = np.zeros(alpha.shape, bool)
    whole = (drawn.arms[0] > 0.5, drawn.arms[1] > 0.5)
    return colours, alpha, Parts(labels, whole, none, none), anatomy


def _places(anatomy: Anatomy) -> tuple[Mask, Mask]:
    """How far each pixel lies from the axis, and below the shoulders, in torsos."""
    rows, columns = np.mgrid[:520, :360]
    return np.abs(columns - anatomy.neck[0]) / UNIT, (rows - anatomy.neck[1]) / UNIT


def test_hair_that_shows_past_an_arm_goes_on_under_it() -> None:
    colours, alpha, parts, anatomy = _figure(CLOSE, (0.2, 0.75, 0.9))
    across, down = _places(anatomy)
    behind = seen_behind(colours, alpha, parts, anatomy)
    assert behind[(across > 0.55) & (across < 0.7) & (down > 0.1) & (down < 0.8)].mean() > 0.95
    hidden = hidden_body(colours, alpha, parts, anatomy)
    under_arm = np.isin(parts.labels, ARMS) & (across > 0.38) & (down > 0.25) & (down < 0.6)
    assert hidden.under[under_arm].mean() > 0.95
    assert np.abs(hidden.colours[under_arm] - HAIR).max(axis=1).mean() < 0.1


def test_under_an_arm_past_which_nothing_hangs_there_is_nothing() -> None:
    colours, alpha, parts, anatomy = _figure(APART, None)
    behind = seen_behind(colours, alpha, parts, anatomy)
    assert not hidden_behind(parts, behind, anatomy).any()


def test_the_hair_under_an_arm_ends_in_a_curve() -> None:
    colours, alpha, parts, anatomy = _figure(CLOSE, (0.2, 0.75, 0.7))
    hidden = hidden_behind(parts, seen_behind(colours, alpha, parts, anatomy), anatomy)
    _, down = _places(anatomy)
    widths = [int(hidden[(down > low) & (down < low + 0.02)].sum()) for low in (0.4, 0.64, 0.68)]
    assert widths[0] > widths[1] > widths[2]


@pytest.mark.parametrize("side", [-1, 1])
def test_hair_in_the_gap_between_arm_and_trunk_is_no_trunk(side: int) -> None:
    colours, alpha, parts, anatomy = _figure(APART, (0.2, 0.9, 0.95))
    across, down = _places(anatomy)
    columns = side * (np.arange(360)[None] - anatomy.neck[0])
    behind = seen_behind(colours, alpha, parts, anatomy)
    gap = (columns > 0) & (parts.labels == BODY) & (across > 0.36) & (across < 0.4)
    gap &= (down > 0.6) & (down < 0.85)
    assert behind[gap].mean() > 0.9
    # The trunk is .3 wide here: with the hair it would reach the arm.
    trunk = trunk_outline(alpha, parts, anatomy, behind)
    with_hair = trunk_outline(alpha, parts, anatomy)
    assert trunk[gap].mean() < 0.1 < with_hair[gap].mean()
