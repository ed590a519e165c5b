"""Stick figures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.character.figure.drawn_on_paper import outline_figure
from understudy.character.figure.joints import Joint, joints_of
from understudy.character.figure.unrecognized.find import find_unrecognized
from understudy.character.figure.unrecognized.strokes import is_of_strokes, joints_of_strokes
from understudy.tracking.trackers import PictureTrack

ENDS = {
    Joint.HEAD: (200, 90),
    Joint.RIGHT_WRIST: (80, 330),
    Joint.LEFT_WRIST: (320, 200),
    Joint.RIGHT_ANKLE: (140, 540),
    Joint.LEFT_ANKLE: (270, 540),
}
LINES = (
    ((200, 140), (200, 340)),
    ((200, 180), (130, 250)),
    ((130, 250), (80, 330)),
    ((200, 180), (270, 240)),
    ((270, 240), (320, 200)),
    ((200, 340), (160, 440)),
    ((160, 440), (140, 540)),
    ((200, 340), (245, 440)),
    ((245, 440), (270, 540)),
)


def stick_figure() -> NDArray[np.uint8]:
    rgb = np.full((600, 400, 3), 240, np.uint8)
    cv2.circle(rgb, ENDS[Joint.HEAD], 50, (20, 20, 20), 6)
    for start, end in LINES:
        cv2.line(rgb, start, end, (20, 20, 20), 6)
    return rgb


def nobody_is_asked(rgb: object, region: object = None, /) -> PictureTrack:
    raise AssertionError


def test_the_ends_of_a_stick_figure_are_its_hands_and_feet() -> None:
    figure = find_unrecognized(stick_figure(), None, None, nobody_is_asked)
    assert figure.by_bones
    assert "may be in the wrong place" in figure.warnings[0]
    joints = joints_of(figure.landmarks)
    assert figure.alpha is not None
    x, y = np.rint(joints).astype(int).T
    assert (figure.alpha[y, x] > 0.4).all()
    for joint, place in ENDS.items():
        assert np.linalg.norm(joints[joint] - place) < 0.08 * 500, joint.name


def test_scribbles_are_no_stick_figure() -> None:
    strokes = np.zeros((600, 400), np.uint8)
    for y in range(60, 560, 40):
        cv2.line(strokes, (40, y), (360, y), 1, 5)
    cv2.line(strokes, (200, 60), (200, 540), 1, 5)
    assert is_of_strokes(strokes > 0)
    assert joints_of_strokes(strokes > 0) is None


def test_an_outline_drawing_is_not_of_strokes() -> None:
    assert not is_of_strokes(outline_figure()[1])
    assert not is_of_strokes(np.zeros((40, 40), bool))
