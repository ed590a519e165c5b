"""Names of the body landmarks and the values that hold the landmarks of one image.

Left and right are the person's own. The numbering is MediaPipe's (BlazePose's 33 landmarks):
https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

BODY_LANDMARKS = 33
HAND_LANDMARKS = 21
FACE_LANDMARKS = 468


Aspect = Literal["front", "left", "back", "right"]
"""What a camera sees of a person: left and right are the person's own sides."""


class Body(IntEnum):
    """Index of a body landmark."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


# Eyes and ears have three and one landmarks a side; from the shoulders on the sides alternate.
_PAIRS = ((1, 4), (2, 5), (3, 6), (7, 8), (9, 10), *((i, i + 1) for i in range(11, 33, 2)))
SIDES_EXCHANGED = tuple(
    {left: right for pair in _PAIRS for left, right in (pair, pair[::-1])}.get(joint, joint)
    for joint in range(BODY_LANDMARKS)
)
"""The body landmarks in the order in which left and right are exchanged."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """The landmarks of one person in one image.

    body: (33, 4) float32: x, y in pixels of the image, z on the same scale (towards the camera is
        negative), visibility in 0..1.
    world: (33, 3) float32, metres, origin between the hips, y down, z towards the camera negative.
    left_hand, right_hand: (21, 3) float32 pixels, or None where not seen.
    face: (468, 3) float32 pixels, or None where not seen.
    """

    body: Float32
    world: Float32
    left_hand: Float32 | None = None
    right_hand: Float32 | None = None
    face: Float32 | None = None

    def scaled(self, factor: float) -> Landmarks:
        """The same landmarks in an image resized by `factor`."""
        s = np.float32(factor)
        body = self.body.copy()
        body[:, :3] *= s
        return Landmarks(
            body=body,
            world=self.world,
            left_hand=None if self.left_hand is None else self.left_hand * s,
            right_hand=None if self.right_hand is None else self.right_hand * s,
            face=None if self.face is None else self.face * s,
        )
