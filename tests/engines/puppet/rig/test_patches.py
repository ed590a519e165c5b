"""What a folded elbow hides is painted in the arm's own colours."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.paper_doll import SLEEVE, paper_doll
from tests.geometry.stick_figure import Pose
from understudy.engines.puppet.rig.patches import elbow_patch, upper_arm_patch
from understudy.engines.puppet.rig.rig import build_rig, skeleton_of_character
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS


def test_a_straight_arm_needs_no_patch() -> None:
    character = paper_doll()
    skeleton = skeleton_of_character(character)
    assert elbow_patch(character.layers[1].rgba, skeleton, ARMS[0]) is None
    assert build_rig(character, skeleton).patches == {"left_arm": (), "right_arm": ()}


def test_a_folded_arm_gets_a_disc_of_its_own_colour_at_the_elbow() -> None:
    character = paper_doll(Pose((70.0, -80.0), (110.0, 105.0)))
    skeleton = skeleton_of_character(character)
    patch = elbow_patch(character.layers[1].rgba, skeleton, ARMS[0])
    assert patch is not None
    x, y = np.rint(skeleton.joints[Body.LEFT_ELBOW]).astype(int)
    assert patch[y, x, 3] == pytest.approx(1.0)
    assert patch[y, x, :3] == pytest.approx(SLEEVE, abs=0.12)
    assert 20 < (patch[..., 3] > 0.5).sum() < 400
    patches = build_rig(character, skeleton).patches
    assert [len(patches[name]) for name in ("left_arm", "right_arm")] == [1, 0]


def test_of_an_arm_on_a_hinge_the_whole_upper_arm_is_painted() -> None:
    """In the picture the forearm lies on the upper arm and its inner half is not to be seen."""
    character = paper_doll(Pose((70.0, -105.0), (110.0, 105.0)))
    skeleton = skeleton_of_character(character)
    arm = character.layers[1].rgba.copy()
    shoulder, elbow, wrist = (skeleton.joints[j] for j in ARMS[0].joints[:3])
    inwards = np.array([elbow[1] - shoulder[1], shoulder[0] - elbow[0]])
    inwards = inwards / np.hypot(*inwards) * np.sign(inwards @ (wrist - elbow))
    for share in np.linspace(0.25, 0.75, 40):
        for aside in range(1, 7):
            x, y = np.rint(shoulder + share * (elbow - shoulder) + aside * inwards).astype(int)
            arm[y, x] = (0.0, 0.6, 0.0, 1.0)
    patch = upper_arm_patch(arm, skeleton, ARMS[0])
    for share in (0.3, 0.5, 0.7):
        for aside in (-4, 0, 4):
            x, y = np.rint(shoulder + share * (elbow - shoulder) + aside * inwards).astype(int)
            assert patch[y, x, 3] == pytest.approx(1.0)
            assert patch[y, x, :3] == pytest.approx(SLEEVE, abs=0.15)
    rig = build_rig(character, skeleton, (True, False))
    assert [len(rig.patches[name]) for name in ("left_arm", "right_arm")] == [2, 0]
