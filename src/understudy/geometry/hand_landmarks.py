"""Named indices of MediaPipe's 21 hand landmarks.

https://ai.google.dev/edge/mediapipe/solutions/vision/hand_landmarker
"""

from __future__ import annotations

WRIST = 0
FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
"""The joints of each finger from its root to its tip, thumb first."""
KNUCKLES = (5, 9, 13, 17)
"""The roots of the four fingers, index finger first."""
MIDDLE_KNUCKLE = 9
FINGER_TIPS = (4, 8, 12, 16, 20)

HAND_BONES = (
    *((0, 1), (1, 2), (2, 3), (3, 4)),
    *((0, 5), (5, 6), (6, 7), (7, 8)),
    *((5, 9), (9, 10), (10, 11), (11, 12)),
    *((9, 13), (13, 14), (14, 15), (15, 16)),
    *((13, 17), (17, 18), (18, 19), (19, 20), (0, 17)),
)
"""Pairs of joints: the fingers, and the knuckles across the palm."""
