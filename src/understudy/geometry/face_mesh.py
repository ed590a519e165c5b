"""The face mesh: named indices of MediaPipe's 468 landmarks, and what is read off them.

Indices: MediaPipe's canonical face model, `canonical_face_model_uv_visualization.png`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.transforms import norms

Float64 = NDArray[np.float64]

NOSE_TIP = 1
FOREHEAD, CHIN = 10, 152
"""The ends of the face's middle line."""
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
"""The outermost points of the face, on the figure's own right and left."""
CANTHI = ((362, 263), (133, 33))
"""The inner and the outer corner of the left and of the right eye."""

RIGID = (10, 151, 9, 8, 168, 6, 197, 195, 5, 33, 263, 133, 362, 234, 454)
"""Points that no expression moves: forehead, bridge of the nose, corners of the eyes, cheeks."""

FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288),
    *(397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136),
    *(172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The outline of the face, in order, from the forehead."""

UPPER_LIP_EDGE = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_LIP_EDGE = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""The inner edge of each lip, from the image's left to its right."""
INNER_LIPS = (13, 14)
"""The middle of the upper and of the lower lip, on the inside."""
MOUTH_CORNERS = (78, 308)
"""The inner corners of the mouth, from the image's left."""
MOUTH_AREA = (0, 17, 61, 291, 13, 14, 78, 308, 152)
"""Points around which expression moves lips and chin: both lips, the corners, the chin."""
LIP_RED = (0, 17, 61, 291, 37, 267)
"""Points on the red of the lips."""
BARE_SKIN = (50, 280, 4, 151)
"""Cheeks, nose and forehead."""

UPPER_LID_EDGES = ((398, 384, 385, 386, 387, 388, 466), (173, 157, 158, 159, 160, 161, 246))
LOWER_LID_EDGES = ((382, 381, 380, 374, 373, 390, 249), (155, 154, 153, 145, 144, 163, 7))
"""The edge of each lid between the corners of the eye, the figure's left eye first."""
LID_FOLDS = ((414, 286, 258, 257, 259, 260, 467), (190, 56, 28, 27, 29, 30, 247))
"""The fold above each upper lid, opposite its edge."""
MIDDLE_OF_LIDS = (((385, 386, 387), (380, 374, 373)), ((158, 159, 160), (153, 145, 144)))
"""The middle of the upper and of the lower lid, the figure's left eye first."""


def head_frame(face: NDArray[np.floating]) -> Float64:
    """The head's axes (..., 3, 3), one per column: to the image's right, down, away.

    face: (..., 468, 3) pixels.
    """
    left, right, chin, forehead = (
        np.asarray(face[..., point, :], np.float64)
        for point in (LEFT_CHEEK, RIGHT_CHEEK, CHIN, FOREHEAD)
    )
    right = _unit(left - right)
    down = chin - forehead
    down = _unit(down - (down * right).sum(axis=-1, keepdims=True) * right)
    return np.stack([right, down, np.cross(right, down)], axis=-1)


def head_angles(frame: Float64) -> Float64:
    """Yaw (to the figure's left), pitch (up) and roll (clockwise) of head frames: (..., 3)."""
    yaw = np.arctan2(frame[..., 2, 0], np.hypot(frame[..., 0, 0], frame[..., 1, 0]))
    pitch = np.arctan2(-frame[..., 2, 1], frame[..., 2, 2])
    roll = np.arctan2(frame[..., 1, 0], frame[..., 0, 0])
    return np.stack([yaw, pitch, roll], axis=-1)


def face_width(face: NDArray[np.floating]) -> Float64:
    """The distance between the cheeks, (...,) pixels."""
    across = np.asarray(face[..., LEFT_CHEEK, :], np.float64) - face[..., RIGHT_CHEEK, :]
    return norms(across)


def eye_opening(face: NDArray[np.floating]) -> Float64:
    """Opening of the left and the right eye in units of the eye's width: (..., 2)."""

    def place(points: int | tuple[int, ...]) -> Float64:
        return np.asarray(face[..., points, :], np.float64)

    openings = []
    for (upper, lower), (inner, outer) in zip(MIDDLE_OF_LIDS, CANTHI, strict=True):
        gap = place(upper).mean(axis=-2) - place(lower).mean(axis=-2)
        width = place(inner) - place(outer)
        openings.append(norms(gap) / (norms(width) + 1e-9))
    return np.stack(openings, axis=-1)


def _unit(vectors: Float64) -> Float64:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9))
