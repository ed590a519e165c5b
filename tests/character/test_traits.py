from __future__ import annotations

import numpy as np
import pytest

from tests.character.drawn_figure import draw
from understudy.character.figure.anatomy import measure
from understudy.character.traits import arm_is_seen, framing_of
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


def test_an_arm_off_the_matte_is_not_seen() -> None:
    drawn = draw()
    anatomy = measure(drawn.landmarks)
    armless = np.where(np.maximum(*drawn.arms) > 0, 0, drawn.body_alpha).astype(np.float32)
    assert arm_is_seen(anatomy, 0, drawn.design.size, drawn.alpha)
    assert not arm_is_seen(anatomy, 0, drawn.design.size, armless)
