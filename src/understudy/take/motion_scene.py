"""What there is to see of motion from a file: the counterpart of analysing a clip's scene."""

from __future__ import annotations

import numpy as np

from understudy.geometry.landmarks import Body
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.scene.analysis import SceneAnalysis, frame_driver
from understudy.tracking.scene.camera_motion import CameraMotion
from understudy.tracking.scene.people import NUMBERS as LINKING
from understudy.tracking.scene.people import PersonTrack
from understudy.tracking.scene.runs import Run

NO_FACE = "The motion file holds no face: the face keeps its expression."
NO_HANDS = "The motion file holds no fingers: the hands keep their shape."


def scene_of_motion(motion: MotionFile) -> SceneAnalysis:
    """One person from beginning to end, before a camera that stands still."""
    performance = motion.performance
    seen = np.isfinite(performance.body).all(axis=(1, 2))
    body = performance.body[seen].astype(np.float64)
    hips = body[:, [Body.LEFT_HIP, Body.RIGHT_HIP], :2].mean(axis=1)
    reach = np.abs(body[..., 1] - hips[:, None, 1]).max(axis=1) / LINKING.half_height
    regions = np.column_stack([hips, reach, np.zeros(len(body))])
    run = Run(0.0, motion.duration, 0)
    warnings = []
    if not motion.expressive:
        warnings.append(NO_FACE)
    if not (np.isfinite(performance.left_hand).any() or np.isfinite(performance.right_hand).any()):
        warnings.append(NO_HANDS)
    return SceneAnalysis(
        run=run,
        runs=(run,),
        dropped=(),
        cuts=(),
        movements=(),
        camera=CameraMotion(np.zeros(1), np.zeros((1, 3))),
        driver=PersonTrack(performance.times[seen], regions),
        others=(),
        people=1,
        framing=frame_driver(performance.body[seen], motion.size),
        warnings=tuple(warnings),
    )
