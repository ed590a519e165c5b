"""The driver's face, cut out of the clip frame by frame.

The box about the face's 68 points is made larger by three tenths of its area, three quarters of
what it gains in height above the brows, and filled into a square: the makers' preparation
(Wan-Video/Wan2.2, wan/modules/animate/preprocess/utils.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.tracking.formats.keypoints import FACE_68

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Margin:
    """area: of the box, over that of the face's points. above: of what is gained in height."""

    area: float = 1.3
    above: float = 0.75


MARGIN = _Margin()


def face_crop(rgb: Rgb, face: Float32, side: int) -> Rgb:
    """The face in a frame (H, W, 3), (side, side, 3); black where there is none.

    face: (468, 3) in the frame's pixels, NaN where it was not seen. Black is what the model is
    given for no face.
    """
    box = face_box(face, (rgb.shape[1], rgb.shape[0]))
    if box is None:
        return np.zeros((side, side, 3), np.uint8)
    left, top, right, bottom = box
    crop = np.ascontiguousarray(rgb[top:bottom, left:right])
    way = cv2.INTER_AREA if min(crop.shape[:2]) > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(crop, (side, side), interpolation=way), np.uint8)


def face_box(face: Float32, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom in a frame of (w, h) pixels; None without a face in it."""
    points = face[FACE_68, :2]
    if not np.isfinite(points).all():
        return None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    gain = np.sqrt(MARGIN.area) - 1
    wider, taller = gain * (right - left), gain * (bottom - top)
    box = (
        max(0, int(left - wider / 2)),
        max(0, int(top - MARGIN.above * taller)),
        min(size[0], int(right + wider / 2)),
        min(size[1], int(bottom + (1 - MARGIN.above) * taller)),
    )
    return box if box[2] > box[0] and box[3] > box[1] else None
