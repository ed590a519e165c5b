"""Elbows that are folded in the picture and opened in the clip are pins."""

from __future__ import annotations

from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.retarget import retarget
from understudy.engines.puppet.rig.hinges import hinged_elbows
from understudy.engines.puppet.rig.rig import skeleton_of_character

HANGING = (84.0, 88.0)
FOLDED = (84.0, -75.0)
RIGHT = (96.0, 92.0)


def _hinged(picture: Pose, driver: Pose) -> tuple[bool, bool]:
    skeleton = skeleton_of_character(paper_doll(picture))
    performance = performance_of([driver] * 6, scale=SCALE, at=AT, size=SIZE)
    return hinged_elbows(retarget(performance, skeleton, orientation="video"), skeleton)


def test_a_folded_arm_that_opens_turns_on_a_hinge() -> None:
    assert _hinged(Pose(FOLDED, RIGHT), Pose(HANGING, RIGHT)) == (True, False)


def test_a_folded_arm_that_stays_so_needs_none() -> None:
    assert _hinged(Pose(FOLDED, RIGHT), Pose(FOLDED, RIGHT)) == (False, False)


def test_a_straight_arm_bends_with_its_skin() -> None:
    assert _hinged(Pose(HANGING, RIGHT), Pose(FOLDED, RIGHT)) == (False, False)
