"""Legs that are longer than the tracker has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.character.drawn_figure import Drawn, draw
from understudy.character.figure.long_legs import with_long_legs
from understudy.geometry.landmarks import Body, Float32, Landmarks

_FEET = [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
_LEGS = range(Body.LEFT_KNEE, Body.RIGHT_FOOT_INDEX + 1)


@pytest.fixture(scope="module")
def figure() -> Drawn:
    return draw()


def _halved(truth: Landmarks, *, seen: float = 0.6, share: float = 0.5) -> Landmarks:
    """The landmarks with the legs half as long, as a tracker has those of a drawn figure, or as
    `share` says."""
    body = truth.body.copy()
    hips = body[[Body.LEFT_HIP, Body.RIGHT_HIP], 1].mean()
    body[_LEGS, 1] = hips + share * (body[_LEGS, 1] - hips)
    body[_LEGS, 3] = seen
    return replace(truth, body=body, world=np.ones_like(truth.world))


def test_legs_are_laid_out_to_where_the_figure_ends(figure: Drawn) -> None:
    truth = figure.landmarks
    found = with_long_legs(_halved(truth), figure.alpha)
    off = np.linalg.norm(found.body[_LEGS, :2] - truth.body[_LEGS, :2], axis=1)
    assert off.max() < 0.2 * figure.design.torso
    assert found.world[Body.LEFT_ANKLE, 1] > 1.5


def test_ankles_that_the_tracker_is_sure_of_stay_unless_the_figure_goes_on_far_below(
    figure: Drawn,
) -> None:
    truth = figure.landmarks
    far = with_long_legs(_halved(truth, seen=0.99), figure.alpha)
    off = np.linalg.norm(far.body[_LEGS, :2] - truth.body[_LEGS, :2], axis=1)
    assert off.max() < 0.2 * figure.design.torso
    near = _halved(truth, seen=0.99, share=0.75)
    assert with_long_legs(near, figure.alpha) is near


def test_right_ankles_stay(figure: Drawn) -> None:
    body = figure.landmarks.body.copy()
    body[_FEET, 3] = 0.6
    marks = replace(figure.landmarks, body=body)
    assert with_long_legs(marks, figure.alpha) is marks


def _on_a_pedestal(alpha: Float32) -> Float32:
    out = alpha.copy()
    rows = np.flatnonzero(out.max(axis=1) > 0.5)
    out[rows[-1] - 60 : rows[-1] + 2, 40:-40] = 1
    return out


def _cut_below(alpha: Float32) -> Float32:
    out = alpha.copy()
    rows = np.flatnonzero(out.max(axis=1) > 0.5)
    return out[: rows[-1] - 30]


def test_what_is_too_wide_or_cut_is_no_pair_of_legs(figure: Drawn) -> None:
    marks = _halved(figure.landmarks)
    for alpha in (_on_a_pedestal(figure.alpha), _cut_below(figure.alpha)):
        assert with_long_legs(marks, alpha) is marks
