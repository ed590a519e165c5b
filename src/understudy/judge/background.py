"""How still a video's background stays around the figure."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.judge.pose_metrics import Joints

Rgb = NDArray[np.uint8]

# Beyond a figure's reach: room for its shadow and for what coding smears.
MARGIN = 1.25


def figure_reach(matte: NDArray[np.floating], joints: Joints) -> float:
    """How far a figure extends beyond the hull of its joints, in pixels.

    matte: (H, W) 0..1. joints: (J, 2) of the figure in the same picture.
    """
    height, width = matte.shape
    outside = background_mask(joints, 0.0, (width, height)).astype(np.uint8)
    distances = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    figure = distances[matte > 0.5]
    return float(figure.max()) if figure.size else 0.0


def background_mask(joints: Joints, reach: float, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where a figure cannot be: (H, W) true farther than `reach` pixels from its joints' hull.

    joints: (J, 2) pixels, NaN where unknown; without any nothing is background. size: (width,
    height).
    """
    width, height = size
    known = joints[np.isfinite(joints).all(-1)]
    if not len(known):
        return np.zeros((height, width), np.bool_)
    figure = np.zeros((height, width), np.uint8)
    hull = cv2.convexHull(np.round(known).astype(np.int32))
    cv2.fillConvexPoly(figure, hull, 1)
    if reach > 0:
        cv2.polylines(figure, [hull], isClosed=True, color=1, thickness=round(2 * reach))
    return np.asarray(figure == 0, np.bool_)


def background_flicker(frames: Iterable[Rgb], joints: Joints, reach: float) -> float:
    """Mean change, of 255, from frame to frame where neither of the two shows the figure.

    frames: as many as `joints` (T, J, 2) has rows, or fewer. reach: as `figure_reach` found it.
    NaN when no background is in view.
    """
    changes = []
    before: tuple[Rgb, NDArray[np.bool_]] | None = None
    for frame, pose in zip(frames, joints, strict=False):
        height, width = frame.shape[:2]
        mask = background_mask(pose, MARGIN * reach, (width, height))
        if before is not None:
            changes.append(flicker(frame, before[0], mask & before[1]))
        before = frame, mask
    seen = [change for change in changes if np.isfinite(change)]
    return float(np.mean(seen)) if seen else float("nan")


def flicker(frame: Rgb, before: Rgb, background: NDArray[np.bool_]) -> float:
    """Mean absolute change, in 0..255, of two consecutive frames where `background` (H, W) is true.

    NaN where nothing is background.
    """
    if not background.any():
        return float("nan")
    return float(np.mean(cv2.absdiff(frame, before)[background]))
