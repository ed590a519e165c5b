"""Tracking a picture."""

from __future__ import annotations

import numpy as np

from understudy.geometry.landmarks import Landmarks
from understudy.processes.messages import Array, Message
from understudy.tracking.trackers.processes import TrackerProcess
from understudy.tracking.trackers.tracker import PictureTrack, Region, Rgb


def track_picture(
    rgb: Rgb, region: Region | None = None, *, process: TrackerProcess | None = None
) -> PictureTrack:
    """Find the landmarks and the mask of the largest person in a picture.

    rgb: (H, W, 3) uint8 sRGB. Landmarks are in its pixels, the mask has its size. With a region, of
    whoever fills it, whether a person is detected there or not. `process` is a tracker's process
    that already runs; without one, one is started for this call.

    Raises TrackerError where the tracker's process fails.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"a picture of {rgb.dtype} {rgb.shape}, not of uint8 (H, W, 3)")
    if process is None:
        with TrackerProcess() as own:
            return track_picture(rgb, region, process=own)
    request: dict[str, Array] = {"rgb": rgb}
    if region is not None:
        request["region"] = np.array([region.x, region.y, region.side, region.angle])
    process.send(Message("picture", arrays=request))
    answer = process.receive()
    arrays = answer.arrays
    landmarks = None
    if "body" in arrays:
        landmarks = Landmarks(
            body=arrays["body"],
            world=arrays["world"],
            left_hand=arrays.get("left_hand"),
            right_hand=arrays.get("right_hand"),
            face=arrays.get("face"),
        )
    return PictureTrack(landmarks, arrays["mask"], float(answer.values.get("presence", 1.0)))
