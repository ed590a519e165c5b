"""What a folded elbow hides is painted in the arm's own colours."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.paper_doll import SLEEVE, paper_doll
from tests.performance.stick_figure import Pose
from understudy.engines.puppet.patches import elbow_patch
from understudy.engines.puppet.rig import build_rig, skeleton_of_character
from understudy.performance.landmarks import Body
from understudy.performance.skeleton import ARMS


def test_a_straight_arm_needs_no_patch() -> None:
    character = paper_doll()
    skeleton = skeleton_of_character(character)
    assert elbow_patch(character.layers[1].rgba, skeleton, ARMS[0]) is None
    assert not build_rig(character, skeleton).patches


def test_a_folded_arm_gets_a_disc_of_its_own_colour_at_the_elbow() -> None:
    character = paper_doll(Pose((70.0, -80.0), (110.0, 105.0)))
    skeleton = skeleton_of_character(character)
    patch = elbow_patch(character.layers[1].rgba, skeleton, ARMS[0])
    assert patch is not None
    x, y = np.rint(skeleton.joints[Body.LEFT_ELBOW]).astype(int)
    assert patch[y, x, 3] == pytest.approx(1.0)
    assert patch[y, x, :3] == pytest.approx(SLEEVE, abs=0.12)
    assert 20 < (patch[..., 3] > 0.5).sum() < 400
    assert set(build_rig(character, skeleton).patches) == {"left_arm"}
