"""Children's drawings of figures, whose joints and outline are known."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.joints import Joint

# Joints in pixels of a picture 480 wide and 640 high.
JOINTS = np.zeros((13, 2))
JOINTS[Joint.HEAD] = (240, 140)
JOINTS[Joint.RIGHT_SHOULDER], JOINTS[Joint.LEFT_SHOULDER] = (190, 250), (290, 250)
JOINTS[Joint.RIGHT_ELBOW], JOINTS[Joint.LEFT_ELBOW] = (125, 275), (355, 275)
JOINTS[Joint.RIGHT_WRIST], JOINTS[Joint.LEFT_WRIST] = (70, 220), (410, 220)
JOINTS[Joint.RIGHT_HIP], JOINTS[Joint.LEFT_HIP] = (215, 400), (265, 400)
JOINTS[Joint.RIGHT_KNEE], JOINTS[Joint.LEFT_KNEE] = (205, 490), (275, 490)
JOINTS[Joint.RIGHT_ANKLE], JOINTS[Joint.LEFT_ANKLE] = (195, 575), (285, 575)


def outline_figure(
    joints: NDArray[np.float64] = JOINTS,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A figure drawn in outline with a blue pen on paper: rgb (640, 480, 3), and what it covers."""
    filled = np.zeros((640, 480), np.uint8)
    points = np.round(joints).astype(int)
    cv2.circle(filled, tuple(points[Joint.HEAD].tolist()), 65, 1, -1)
    trunk = points[[Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER, Joint.LEFT_HIP, Joint.RIGHT_HIP]]
    wide = trunk + np.array([[-15, -10], [15, -10], [22, 15], [-22, 15]])
    cv2.fillPoly(filled, [wide.astype(np.int32)], 1)
    neck = (points[Joint.RIGHT_SHOULDER] + points[Joint.LEFT_SHOULDER]) // 2
    cv2.line(filled, tuple(neck.tolist()), tuple(points[Joint.HEAD].tolist()), 1, 40)
    for first in (1, 4, 7, 10):
        for a, b in ((first, first + 1), (first + 1, first + 2)):
            cv2.line(filled, tuple(points[a].tolist()), tuple(points[b].tolist()), 1, 30)
    rng = np.random.default_rng(0)
    paper = 228 + 8 * np.linspace(-1, 1, 480)[None, :, None] + rng.normal(0, 2, (640, 480, 3))
    lines, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    strokes = np.zeros((640, 480), np.uint8)
    cv2.drawContours(strokes, lines, -1, 1, 5)
    rgb = np.where(strokes[..., None] > 0, np.array((40, 50, 140)), paper)
    return np.clip(rgb, 0, 255).astype(np.uint8), (filled | strokes) > 0
