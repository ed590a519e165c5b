"""Planar rotations and affine maps, angles and vectors.

An affine map is a (..., 2, 3) array: a linear part (..., 2, 2) and an offset. Angles are radians,
clockwise on the screen, because y points down.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def wrap_angle(angle: Float64) -> Float64:
    """The angle brought into -pi..pi."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def rotation(angle: Float64) -> Float64:
    """Rotation matrices (..., 2, 2) that turn x towards y (clockwise on the screen)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([c, -s], axis=-1), np.stack([s, c], axis=-1)], axis=-2)


def affine(linear: Float64, source: Float64, target: Float64) -> Float64:
    """Affine maps (T, 2, 3) with linear parts (T, 2, 2) that take `source` to `target`."""
    offset = target - np.einsum("tij,...j->ti", linear, source)
    return np.concatenate([linear, offset[..., None]], axis=-1)


def transform(maps: Float64, point: Float64) -> Float64:
    """The images (T, 2) of one point (2,) under affine maps (T, 2, 3)."""
    return np.asarray(maps[:, :, :2] @ point + maps[:, :, 2])


def norms(vectors: Float64) -> Float64:
    """The lengths (...,) of vectors (..., C)."""
    return np.asarray(np.sqrt((vectors**2).sum(axis=-1)))


def unit(vector: Float64) -> Float64:
    """The vector (2,) scaled to length 1."""
    return np.asarray(vector / (np.sqrt((vector**2).sum()) + 1e-9))


def segment_distance(points: Float64, start: Float64, end: Float64) -> Float64:
    """Distance (V,) of points (V, 2) from a segment, pixels."""
    along = end - start
    t = np.clip((points - start) @ along / (along @ along + 1e-9), 0.0, 1.0)
    return np.asarray(np.sqrt(((points - start - t[:, None] * along) ** 2).sum(axis=1)))
