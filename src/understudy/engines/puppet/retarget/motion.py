"""The motion: what a performance makes of one skeleton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """A skeleton's movement, frame by frame, in canvas pixels.

    times: (T,) float64, seconds in the clip.
    bones: (T, 31, 2, 3) float32, per `Bone` the affine map from the rest pose to the frame.
    joints: (T, 35, 2) float32, where the joints of the skeleton are meant to be.
    size: (T,) float32, the figure's size against the rest pose (nearer to the camera is larger).
    root: (T, 2) float32, how far the figure as a whole has travelled from where it stands at rest.
    head: (T, 3) float32, yaw (to the figure's left), pitch (up) and roll (clockwise) of the head
        against the rest pose, radians. The roll is in `bones` already.
    face_confidence: (T,) float32 in 0..1, how far `head` and `expression` rest on a face that was
        seen.
    expression: (T, 468, 3) float32, displacement of the face landmarks from the driver's neutral
        face in the head's own frame (x to the image's right, y down, z away), in face widths.
    eyes_closed: (T, 2) float32 in 0..1, left and right.
    fingers: (T, 2, 5, 3, 2) float32, per hand, finger (thumb first) and phalanx the vector in the
        hand's own frame (x from the wrist to the knuckles, y to the thumb's side), in units of the
        length from the wrist to the knuckles; NaN where the hand was not seen.
    arms_behind: (T, 2) bool, whether the left and the right arm pass behind the body.
    left_leg_behind: (T,) bool, whether the left leg is the farther one.
    planted: (T, 2) float32 in 0..1, how firmly the left and the right foot stand.
    ground: (2,) float32, the point between the feet at rest, about which framing zooms.
    legs_move: whether the legs follow the driver's.
    """

    times: NDArray[np.float64]
    bones: Float32
    joints: Float32
    size: Float32
    root: Float32
    head: Float32
    face_confidence: Float32
    expression: Float32
    eyes_closed: Float32
    fingers: Float32
    arms_behind: NDArray[np.bool_]
    left_leg_behind: NDArray[np.bool_]
    planted: Float32
    ground: Float32
    legs_move: bool

    def __len__(self) -> int:
        return len(self.times)
