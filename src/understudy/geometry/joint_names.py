"""The 17 joints that people and other programs name a figure's pose by.

The names and their order are those of the COCO keypoint challenge
(https://cocodataset.org/#keypoints-2020). Left and right are the figure's own.
"""

from __future__ import annotations

from typing import Literal, get_args

JointName = Literal[
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
JOINTS: tuple[JointName, ...] = get_args(JointName)
