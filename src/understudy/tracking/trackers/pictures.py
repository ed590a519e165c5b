"""Tracking a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from understudy.processes.child import Child
from understudy.processes.messages import Array, Message
from understudy.tracking.trackers.picture_message import picture_of
from understudy.tracking.trackers.process import start_tracker
from understudy.tracking.trackers.tracker import PictureTrack, Region, Rgb


def track_picture(
    rgb: Rgb,
    region: Region | None = None,
    *,
    heavy: Path | None = None,
    process: Child | None = None,
) -> PictureTrack:
    """Find the landmarks and the mask of the largest person in a picture.

    rgb: (H, W, 3) uint8 sRGB. Landmarks are in its pixels, the mask has its size. With a region, of
    whoever fills it, whether a person is detected there or not. heavy: the file of BlazePose's
    heavy model, used in place of the wheel's full one. process: a tracker's process that already
    runs; without one, one is started for this call.

    Raises ChildFailed where the tracker's process fails.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"a picture of {rgb.dtype} {rgb.shape}, not of uint8 (H, W, 3)")
    if process is None:
        with start_tracker() as own:
            return track_picture(rgb, region, heavy=heavy, process=own)
    request: dict[str, Array] = {"rgb": rgb}
    if region is not None:
        request["region"] = np.array([region.x, region.y, region.side, region.angle])
    values = {} if heavy is None else {"heavy": str(heavy)}
    process.send(Message("picture", values, request))
    return picture_of(process.receive())
