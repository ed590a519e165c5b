"""A mesh that was squeezed onto a drawn face's jaw is laid onto the mouth that is drawn."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.character.drawn_figure import draw
from understudy.character.figure.drawn_mouth import with_drawn_mouth
from understudy.geometry.face_mesh import (
    CHIN,
    INNER_LIPS,
    LOWER_LID_EDGES,
    MOUTH_CORNERS,
    NOSE_TIP,
    UPPER_LID_EDGES,
)
from understudy.geometry.landmarks import FACE_LANDMARKS, Landmarks

_EYES = 100
"""px between the eyes, which lie at (150 and 250, 100)."""


def _drawn_face() -> NDArray[np.uint8]:
    """Eyes, a short mouth .65 below them, and the jaw at 1.1."""
    picture = np.full((400, 400, 3), 235, np.uint8)
    cv2.line(picture, (185, 165), (215, 165), (120, 70, 70), 3)
    cv2.line(picture, (165, 208), (235, 208), (90, 60, 60), 3)
    return picture


def _landmarks(nose: float, lips: float, chin: float) -> Landmarks:
    """Those of a mesh with these parts so far below the eyes, in distances between them."""
    face = np.zeros((FACE_LANDMARKS, 3), np.float32)
    face[:, :2] = 200, 100
    for side, x in ((0, 250), (1, 150)):
        face[[*UPPER_LID_EDGES[side], *LOWER_LID_EDGES[side]], 0] = x
    face[NOSE_TIP, 1] += _EYES * nose
    face[[*INNER_LIPS, *MOUTH_CORNERS], 1] += _EYES * lips
    face[MOUTH_CORNERS[0], 0] -= 30
    face[MOUTH_CORNERS[1], 0] += 30
    face[CHIN, 1] += _EYES * chin
    return replace(draw().landmarks, face=face)


def test_the_lips_come_to_the_stroke_and_the_chin_to_the_jaw() -> None:
    face = with_drawn_mouth(_landmarks(0.65, 1.05, 1.3), _drawn_face()).face
    assert face is not None
    assert abs(face[INNER_LIPS[0], 1] - 165) < 4
    assert abs(face[CHIN, 1] - 208) < 4
    assert face[NOSE_TIP, 1] < 155
    assert 25 < face[MOUTH_CORNERS[1], 0] - face[MOUTH_CORNERS[0], 0] < 45


def test_a_mesh_that_is_not_squeezed_stays() -> None:
    landmarks = _landmarks(0.6, 1.05, 1.75)
    assert with_drawn_mouth(landmarks, _drawn_face()) is landmarks


def test_a_mesh_stays_where_no_mouth_is_drawn() -> None:
    landmarks = _landmarks(0.65, 1.05, 1.3)
    blank = np.full((400, 400, 3), 235, np.uint8)
    assert with_drawn_mouth(landmarks, blank) is landmarks
