from __future__ import annotations

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
