"""The face mesh: named indices of MediaPipe's 468 landmarks, and what is read off them.

Indices: MediaPipe's canonical face model, `canonical_face_model_uv_visualization.png`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

# The outermost points of the face, the figure's right first.
FACE_SIDES = (234, 454)
# Top of the forehead, tip of the chin.
MIDDLE_LINE = (10, 152)
# Points that no expression moves: forehead, bridge of the nose, corners of the eyes, sides.
RIGID = (10, 151, 9, 8, 168, 6, 197, 195, 5, 33, 263, 133, 362, 234, 454)
# The middle of the upper and of the lower lip, on the inside.
INNER_LIPS = (13, 14)
# Upper and lower lid, the figure's left eye first.
LIDS = (((385, 386, 387), (380, 374, 373)), ((158, 159, 160), (153, 145, 144)))
EYE_CORNERS = ((362, 263), (133, 33))


def head_frame(face: NDArray[np.floating]) -> Float64:
    """The head's axes (..., 3, 3), one per column: to the image's right, down, away.

    face: (..., 468, 3) pixels.
    """
    face = np.asarray(face, np.float64)
    right = _unit(face[..., FACE_SIDES[1], :] - face[..., FACE_SIDES[0], :])
    down = face[..., MIDDLE_LINE[1], :] - face[..., MIDDLE_LINE[0], :]
    down = _unit(down - (down * right).sum(axis=-1, keepdims=True) * right)
    return np.stack([right, down, np.cross(right, down)], axis=-1)


def head_angles(frame: Float64) -> Float64:
    """Yaw (to the figure's left), pitch (up) and roll (clockwise) of head frames: (..., 3)."""
    yaw = np.arctan2(frame[..., 2, 0], np.hypot(frame[..., 0, 0], frame[..., 1, 0]))
    pitch = np.arctan2(-frame[..., 2, 1], frame[..., 2, 2])
    roll = np.arctan2(frame[..., 1, 0], frame[..., 0, 0])
    return np.stack([yaw, pitch, roll], axis=-1)


def face_width(face: NDArray[np.floating]) -> Float64:
    """The distance between the sides of the face, (...,) pixels."""
    across = np.asarray(face, np.float64)[..., FACE_SIDES[1], :] - face[..., FACE_SIDES[0], :]
    return np.asarray(np.sqrt((across**2).sum(axis=-1)))


def eye_opening(face: NDArray[np.floating]) -> Float64:
    """Opening of the left and the right eye in units of the eye's width: (..., 2)."""
    face = np.asarray(face, np.float64)
    openings = []
    for (upper, lower), (inner, outer) in zip(LIDS, EYE_CORNERS, strict=True):
        gap = face[..., upper, :].mean(axis=-2) - face[..., lower, :].mean(axis=-2)
        width = face[..., inner, :] - face[..., outer, :]
        openings.append(_length(gap) / (_length(width) + 1e-9))
    return np.stack(openings, axis=-1)


def _unit(vectors: Float64) -> Float64:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9))


def _length(vectors: Float64) -> Float64:
    return np.asarray(np.sqrt((vectors**2).sum(axis=-1)))
