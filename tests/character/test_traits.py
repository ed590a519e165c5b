from __future__ import annotations

import numpy as np
import pytest

from tests.character.drawn_figure import draw
from understudy.character.figure.anatomy import measure
from understudy.character.traits import framing_of, hem_of
from understudy.geometry.landmarks import Body, Landmarks


@pytest.mark.parametrize(
    ("size", "framing"),
    [
        ((360, 520), "whole_body"),
        # Cut through the ankles, where no foot is left; at the knees; at the waist; at the neck.
        ((360, 443), "knees"),
        ((360, 380), "knees"),
        ((360, 270), "upper_body"),
        ((360, 140), "head"),
    ],
)
def test_a_framing_is_what_the_picture_shows(size: tuple[int, int], framing: str) -> None:
    drawn = draw(size=size, centre=(0.5, 0.28 * 520 / size[1]))
    # The tracker guesses whatever lies outside, and is sure of it.
    body = drawn.landmarks.body.copy()
    body[:, 3] = 0.99
    body[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE], 1] -= 4
    anatomy = measure(Landmarks(body, drawn.landmarks.world))
    assert framing_of(anatomy, drawn.alpha) == framing


def test_legs_off_the_matte_are_not_believed() -> None:
    drawn = draw()
    cut = drawn.alpha.copy()
    cut[300:] = 0
    anatomy = measure(drawn.landmarks)
    assert framing_of(anatomy, drawn.alpha) == "whole_body"
    assert framing_of(anatomy, cut) == "upper_body"


def test_a_hem_ends_at_once_and_trousers_open_bit_by_bit() -> None:
    drawn = draw()
    anatomy = measure(drawn.landmarks)
    unit, hips = anatomy.torso, int(anatomy.pelvis[1])
    knees = anatomy.joints[[Body.RIGHT_KNEE, Body.LEFT_KNEE]]
    # Legs that stand apart, each as wide as that: they touch.
    anatomy.joints[[Body.RIGHT_HIP, Body.RIGHT_KNEE, Body.RIGHT_ANKLE], 0] = 180 - 0.2 * unit
    anatomy.joints[[Body.LEFT_HIP, Body.LEFT_KNEE, Body.LEFT_ANKLE], 0] = 180 + 0.2 * unit
    low, high, end = 180 - int(0.4 * unit), 180 + int(0.4 * unit), int(knees[:, 1].max())
    nothing = np.zeros(drawn.alpha.shape, bool)
    alpha = np.zeros_like(drawn.alpha)
    alpha[hips:, low:high] = 1.0
    skirt, trousers = alpha.copy(), alpha.copy()
    skirt[end:, 180 - int(0.1 * unit) : 180 + int(0.1 * unit)] = 0.0
    for row in range(end, len(alpha)):
        half = (row - end) // 12
        trousers[row, 180 - half : 180 + half] = 0.0
    assert hem_of(skirt, anatomy, nothing) == pytest.approx(end, abs=2)
    assert hem_of(trousers, anatomy, nothing) is None
