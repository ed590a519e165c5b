"""Rotations as 3 x 3 matrices, angles in degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]


def about(axis: ArrayLike, degrees: float) -> Matrix:
    """Turn about an axis, counter-clockwise when the axis points at the viewer (Rodrigues)."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(np.asarray(axis, float))
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    a = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * (k @ k))


def euler(pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0) -> Matrix:
    """Pitch about x (down is positive), then roll about z, then yaw about y (left is positive)."""
    return about((0, 1, 0), yaw) @ about((0, 0, 1), roll) @ about((1, 0, 0), pitch)


def between(a: ArrayLike, b: ArrayLike) -> Matrix:
    """The shortest turn that takes direction `a` to direction `b`."""
    u = np.asarray(a, float) / np.linalg.norm(np.asarray(a, float))
    v = np.asarray(b, float) / np.linalg.norm(np.asarray(b, float))
    axis = np.cross(u, v)
    sine, cosine = float(np.linalg.norm(axis)), float(u @ v)
    if sine < 1e-9:
        other = np.cross(u, (1, 0, 0) if abs(u[0]) < 0.9 else (0, 1, 0))
        return np.eye(3) if cosine > 0 else about(other, 180)
    return about(axis, np.degrees(np.arctan2(sine, cosine)))


def mirrored(turn: Matrix) -> Matrix:
    """The same turn seen in a mirror in the plane x = 0."""
    flip = np.diag([-1.0, 1.0, 1.0])
    return flip @ turn @ flip


def quaternion(turn: Matrix) -> NDArray[np.float64]:
    """w, x, y, z of a rotation matrix (Shepperd 1978: from the largest component)."""
    m = turn
    trace = float(np.trace(m))
    squares = np.array([trace, m[0, 0], m[1, 1], m[2, 2]])
    k = int(squares.argmax())
    q = np.empty(4)
    if k == 0:
        q[0] = 1 + trace
        q[1:] = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    else:
        i = k - 1
        j, n = (i + 1) % 3, (i + 2) % 3
        q[0] = m[n, j] - m[j, n]
        q[1 + i] = 1 + m[i, i] - m[j, j] - m[n, n]
        q[1 + j] = m[j, i] + m[i, j]
        q[1 + n] = m[n, i] + m[i, n]
    return q / np.linalg.norm(q)
