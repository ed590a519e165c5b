"""The hidden part of an arm, painted from what is seen of it."""

from __future__ import annotations

import numpy as np

from understudy.character.figure.anatomy import ArmBones
from understudy.character.layers.arm_fill import paint_hidden

SKIN, DRESS = (0.9, 0.7, 0.6), (0.1, 0.5, 0.2)


def test_a_sliver_of_a_dress_beside_the_arm_does_not_colour_its_hidden_part() -> None:
    # The upper arm lies behind a dress; what was taken for its edge is six pixels of that.
    colours = np.full((300, 100, 3), SKIN, np.float32)
    colours[:120] = DRESS
    seen, hidden = np.zeros((300, 100), bool), np.zeros((300, 100), bool)
    seen[120:280, 30:70] = True
    seen[20:120, 64:70] = True
    hidden[20:120, 30:64] = True
    joints = [np.array([50.0, y]) for y in (20, 150, 260, 280)]
    arm = ArmBones("left", *joints, 1.0, None)
    painted = paint_hidden(colours, seen, hidden, arm, 240.0)
    assert np.abs(painted[30:110, 45:55] - SKIN).max() < 0.15
