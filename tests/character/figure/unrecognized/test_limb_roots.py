"""Limbs that leave a wide body at its edge are rooted there."""

from __future__ import annotations

import cv2
import numpy as np

from tests.character.drawn_figure import draw
from understudy.character.figure.anatomy import Points
from understudy.character.figure.joints import JOINTS, Joint, joints_of
from understudy.character.figure.unrecognized.limb_roots import rooted_at_the_edge
from understudy.character.image.masks import Mask

_LEFT, _RIGHT, _TOP, _BOTTOM = 100, 300, 60, 400


def _cup() -> Mask:
    """A wide body with thin arms and legs."""
    sheet = np.zeros((520, 400), np.uint8)
    sheet[_TOP:_BOTTOM, _LEFT:_RIGHT] = 1
    cv2.line(sheet, (200, 260), (20, 260), 1, 20)
    cv2.line(sheet, (200, 270), (380, 270), 1, 20)
    for x in (160, 240):
        cv2.line(sheet, (x, 390), (x, 500), 1, 24)
    return sheet > 0


def _guessed() -> Points:
    """A person's joints laid into the cup: shoulders and hips deep inside."""
    joints = np.zeros((JOINTS, 2))
    joints[Joint.HEAD] = 200, 110
    joints[[Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST]] = (
        (160, 220),
        (95, 262),
        (35, 260),
    )
    joints[[Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, Joint.LEFT_WRIST]] = (
        (240, 220),
        (305, 268),
        (365, 270),
    )
    joints[[Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE]] = (
        (170, 330),
        (162, 405),
        (160, 480),
    )
    joints[[Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE]] = (230, 330), (238, 405), (240, 480)
    return joints


def test_arms_and_legs_of_a_cup_begin_at_its_edge() -> None:
    placed = rooted_at_the_edge(_guessed(), _cup())
    thick = 20
    for shoulder, edge in ((Joint.RIGHT_SHOULDER, _LEFT), (Joint.LEFT_SHOULDER, _RIGHT)):
        assert abs(placed[shoulder, 0] - edge) < thick
        assert abs(placed[shoulder, 1] - 265) < thick
    for hip in (Joint.RIGHT_HIP, Joint.LEFT_HIP):
        assert abs(placed[hip, 1] - _BOTTOM) < thick
    # Each limb bends where it is seen, and ends where it ended.
    assert placed[Joint.RIGHT_ELBOW, 0] < _LEFT - thick
    assert placed[Joint.LEFT_KNEE, 1] > _BOTTOM + thick
    ends = [Joint.RIGHT_WRIST, Joint.LEFT_WRIST, Joint.RIGHT_ANKLE, Joint.LEFT_ANKLE]
    np.testing.assert_array_equal(placed[ends], _guessed()[ends])


def test_a_limb_that_was_guessed_half_in_a_very_wide_body_begins_at_its_edge() -> None:
    joints = _guessed()
    joints[Joint.RIGHT_ELBOW], joints[Joint.LEFT_ELBOW] = (70, 262), (330, 268)
    placed = rooted_at_the_edge(joints, _cup())
    assert abs(placed[Joint.RIGHT_SHOULDER, 0] - _LEFT) < 20
    assert abs(placed[Joint.LEFT_SHOULDER, 0] - _RIGHT) < 20


def test_a_persons_joints_stay() -> None:
    person = draw()
    joints = joints_of(person.landmarks)
    np.testing.assert_array_equal(rooted_at_the_edge(joints, person.alpha > 0.5), joints)


def test_one_arm_alone_does_not_move_the_shoulders() -> None:
    joints = _guessed()
    joints[Joint.LEFT_WRIST] = 250, 300  # before the body: nothing is seen of it
    joints[Joint.LEFT_ELBOW] = 270, 280
    arms = [Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW]
    np.testing.assert_array_equal(rooted_at_the_edge(joints, _cup())[arms], joints[arms])
