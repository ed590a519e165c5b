from __future__ import annotations

import cv2
import numpy as np

from tests.character.figure.drawn_on_paper import JOINTS, outline_figure
from understudy.character.figure.anatomy import measure
from understudy.character.figure.joints import Joint, landmarks_of
from understudy.character.layers.parts import ARMS, BODY, NOTHING
from understudy.character.layers.parts_by_bones import parts_by_bones

MASK = outline_figure()[1]
ANATOMY = measure(landmarks_of(JOINTS, frozenset()))


def test_the_arms_of_an_outline_drawing_are_cut_where_they_leave_the_body() -> None:
    parts = parts_by_bones(MASK.astype(np.float32), ANATOMY, (True, True))
    for label, elbow, wrist in (
        (ARMS[0], Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
        (ARMS[1], Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST),
    ):
        for joint in (elbow, wrist):
            x, y = JOINTS[joint].astype(int)
            assert parts.labels[y, x] == label
    x, y = JOINTS[[Joint.HEAD, Joint.LEFT_HIP, Joint.RIGHT_KNEE, Joint.LEFT_ANKLE]].astype(int).T
    assert (parts.labels[y, x] == BODY).all()
    assert (parts.labels[~MASK] == NOTHING).all()
    assert parts.labels[320, 240] == BODY


def test_an_arm_that_is_not_wanted_stays_with_the_body() -> None:
    parts = parts_by_bones(MASK.astype(np.float32), ANATOMY, (True, False))
    assert parts.arms[1] is None
    assert not (parts.labels == ARMS[1]).any()


def test_a_mascots_thin_arms_are_no_thicker_where_they_lie_within_its_body() -> None:
    """A box with arms as thin as sticks, whose shoulders and elbows lie inside of it."""
    mask = np.zeros((400, 400), np.uint8)
    mask[80:300, 100:300] = 1
    joints = np.zeros((len(Joint), 2))
    joints[Joint.HEAD] = 200, 110
    for side, x in (("LEFT", 1), ("RIGHT", -1)):
        arm = [(200 + x * 10, 190), (200 + x * 95, 190), (200 + x * 125, 190)]
        leg = [(200 + x * 25, 270), (200 + x * 25, 320), (200 + x * 25, 370)]
        cv2.polylines(mask, [np.array(arm)], False, 1, 14)
        cv2.polylines(mask, [np.array(leg)], False, 1, 18)
        for name, place in zip(("SHOULDER", "ELBOW", "WRIST"), arm, strict=True):
            joints[Joint[f"{side}_{name}"]] = place
        for name, place in zip(("HIP", "KNEE", "ANKLE"), leg, strict=True):
            joints[Joint[f"{side}_{name}"]] = place
    anatomy = measure(landmarks_of(joints, frozenset()))
    parts = parts_by_bones(mask.astype(np.float32), anatomy, (True, True))
    for label, x in ((ARMS[0], 315), (ARMS[1], 85)):
        assert parts.labels[190, x] == label
        assert float((parts.labels[80:300, 102:298] == label).mean()) < 0.045
