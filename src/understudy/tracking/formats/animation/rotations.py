"""Rotations in space: frames, shortest arcs, swing and twist. All work on arrays of vectors.

Swing and twist as in Baerlocher and Boulic, "Parametrization and range of motion of the
ball-and-socket joint" (2001): every rotation is a turn about an axis of the joint, the twist,
followed by one about an axis across it, the swing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Float64 = NDArray[np.float64]

_TINY = 1e-9
_PROPER = 1e-6
"""By which the determinant of a rotation may differ from 1."""


def unit(vectors: Float64) -> Float64:
    """Vectors (..., 3) of length 1."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, _TINY))


def across(vectors: Float64, axis: Float64) -> Float64:
    """The part of vectors (..., 3) across a unit axis (..., 3)."""
    return np.asarray(vectors - (vectors * axis).sum(axis=-1, keepdims=True) * axis)


def frame(x: Float64, y: Float64, z: Float64) -> Float64:
    """Rotations (T, 3, 3) with those unit axes (T, 3) in their columns.

    Where points coincide and axes are missing, any rotation that has the others.
    """
    axes = np.stack([x, y, z], axis=-1)
    odd = np.abs(np.linalg.det(axes) - 1) > _PROPER
    if odd.any():
        u, _, v = np.linalg.svd(axes[odd])
        u[..., 2] *= np.sign(np.linalg.det(u @ v))[:, None]
        axes[odd] = u @ v
    return np.asarray(axes)


def shortest_arc(start: Float64, end: Float64) -> Float64:
    """Rotations (..., 3, 3) that take the direction `start` to `end` without a twist.

    Rodrigues' formula; of opposite directions it takes any axis across.
    """
    a, b = np.broadcast_arrays(unit(start), unit(end))
    cosine = (a * b).sum(axis=-1)[..., None, None]
    axis = np.cross(a, b)
    skew = _skew(axis)
    turn = np.eye(3) + skew + skew @ skew / np.maximum(1 + cosine, _TINY)
    opposite = cosine < -1 + 1e-6
    if opposite.any():
        helper = np.where(np.abs(a[..., :1]) < 0.9, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
        half = unit(np.cross(a, helper))[..., None]
        turn = np.where(opposite, 2 * half @ half.swapaxes(-1, -2) - np.eye(3), turn)
    return np.asarray(turn)


def between(start: Float64, end: Float64, share: float | Float64) -> Float64:
    """Rotations (T, 3, 3) a share of the way from `start` to `end`, by the shorter way.

    share: one for all, or (T,).
    """
    turn = Rotation.from_matrix(start.swapaxes(-1, -2) @ end).as_rotvec()
    return np.asarray(start @ Rotation.from_rotvec(np.asarray(share)[..., None] * turn).as_matrix())


def twist_angle(rotations: Float64, axis: Float64) -> Float64:
    """The angle (T,) by which rotations (T, 3, 3) turn about a unit axis (3,), -pi to pi."""
    quaternions = Rotation.from_matrix(rotations).as_quat()
    angle = 2 * np.arctan2(quaternions[..., :3] @ axis, quaternions[..., 3])
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def about(axis: Float64, angle: Float64) -> Float64:
    """Rotations (T, 3, 3) by an angle (T,) about a unit axis (3,) or (T, 3)."""
    return np.asarray(Rotation.from_rotvec(angle[:, None] * axis).as_matrix())


def limited(rotations: Float64, axis: Float64, swing: float, twist: float) -> Float64:
    """Rotations (T, 3, 3) with swing and twist about `axis` (3,) of at most so many radians."""
    twisted = twist_angle(rotations, axis)
    swings = Rotation.from_matrix(rotations @ about(axis, -twisted)).as_rotvec()
    size = np.linalg.norm(swings, axis=-1, keepdims=True)
    swings *= np.minimum(1.0, swing / np.maximum(size, _TINY))
    turns = about(axis, np.clip(twisted, -twist, twist))
    return np.asarray(Rotation.from_rotvec(swings).as_matrix() @ turns)


def best_rotations(source: Float64, target: Float64) -> Float64:
    """Rotations (T, 3, 3) that take points (N, 3) nearest to points (T, N, 3), both centred.

    Kabsch, "A solution for the best rotation to relate two sets of vectors" (1976).
    """
    centred = target - target.mean(axis=1, keepdims=True)
    covariance = np.einsum("tni,nj->tij", centred, source - source.mean(axis=0))
    u, _, v = np.linalg.svd(covariance)
    u[..., 2] *= np.sign(np.linalg.det(u @ v))[:, None]
    return np.asarray(u @ v)


def _skew(axis: Float64) -> Float64:
    zero = np.zeros_like(axis[..., 0])
    x, y, z = axis[..., 0], axis[..., 1], axis[..., 2]
    rows = [
        np.stack([zero, -z, y], axis=-1),
        np.stack([z, zero, -x], axis=-1),
        np.stack([-y, x, zero], axis=-1),
    ]
    return np.stack(rows, axis=-2)
