"""A face mesh for tests: random points with the landmarks that matter in place."""

from __future__ import annotations

import numpy as np

from understudy.geometry.face_mesh import (
    CHIN,
    FOREHEAD,
    LEFT_CHEEK,
    MIDDLE_OF_LIDS,
    RIGHT_CHEEK,
)
from understudy.geometry.landmarks import Float32


def face_turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Float32:
    """A face of random points with its rigid landmarks in place, turned by degrees."""
    rng = np.random.default_rng(2)
    face = rng.uniform(-20, 20, (468, 3))
    for index, place in {
        RIGHT_CHEEK: (-25, 0, 0),
        LEFT_CHEEK: (25, 0, 0),
        FOREHEAD: (0, -30, 0),
        CHIN: (0, 30, 0),
    }.items():
        face[index] = place
    for (upper, lower), sign in zip(MIDDLE_OF_LIDS, (1, -1), strict=True):
        for offset, (a, b) in enumerate(zip(upper, lower, strict=True)):
            face[a] = (sign * 12 + offset, -10, 0)
            face[b] = (sign * 12 + offset, -6, 0)
    a, b, c = np.radians([yaw, pitch, roll])
    turn_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    turn_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(face @ (turn_z @ turn_y @ turn_x).T, np.float32)
