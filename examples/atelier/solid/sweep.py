"""Tubes swept along curves: locks of hair, lashes, brows, cords."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Float
from .meshing import Mesh


def resampled(points: ArrayLike, count: int) -> Float:
    """(count, 3) points evenly along a smooth curve through (K, 3) points (Catmull-Rom)."""
    p = np.asarray(points, float)
    q = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    pieces = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(q[:-3], q[1:-2], q[2:-1], q[3:], strict=True)
    ]
    dense = np.concatenate([*pieces, p[-1:]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, dense[:, k]) for k in range(3)], axis=1)


def tube(
    points: Float,
    outward: ArrayLike,
    widths: ArrayLike,
    thicknesses: ArrayLike,
    material: int,
    sides: int = 10,
    number: float = 0.0,
) -> Mesh:
    """An elliptical tube along (K, 3) points.

    outward: (K, 3) or (3,) direction that the flat side faces; widths and thicknesses: half axes
    (K,) across and along `outward`. Pattern coordinates: turns round the tube, metres along it,
    `number` (which tells one lock from another).
    """
    k = len(points)
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    out = np.broadcast_to(np.asarray(outward, float), (k, 3))
    across = np.cross(tangent, out)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    normal = np.cross(across, tangent)
    a = np.linspace(0, 2 * np.pi, sides + 1)
    w = np.broadcast_to(np.asarray(widths, float), (k,))[:, None, None]
    h = np.broadcast_to(np.asarray(thicknesses, float), (k,))[:, None, None]
    ring = across[:, None] * (w * np.cos(a)[None, :, None]) + normal[:, None] * (
        h * np.sin(a)[None, :, None]
    )
    vertices = (points[:, None] + ring).reshape(-1, 3)
    metres = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    coords = np.stack(
        np.broadcast_arrays(a[None] / (2 * np.pi), metres[:, None], np.float64(number)), axis=-1
    ).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(k - 1), np.arange(sides), indexing="ij")
    first = (i * (sides + 1) + j).ravel()
    second, third, fourth = first + 1, first + sides + 2, first + sides + 1
    faces = np.concatenate(
        [np.stack([first, second, third], 1), np.stack([first, third, fourth], 1)]
    )
    return Mesh(
        vertices.astype(np.float32),
        faces.astype(np.int32),
        np.full(len(vertices), material, np.int32),
        coords.astype(np.float32),
    )


def comb(
    roots: Float,
    flow: Callable[[Float, float], Float],
    hold: Callable[[Float, float], Float],
    length: ArrayLike,
    points: int = 14,
) -> Float:
    """(N, points, 3) hair lines from (N, 3) roots: `flow(p, t)` gives where they head (not unit),
    `hold(p, t)` sets them back on the head; t goes from 0 at the root to 1."""
    n = len(roots)
    reach = np.broadcast_to(np.asarray(length, float), (n,))[:, None] / (points - 1)
    p = roots.copy()
    line = [p]
    for k in range(1, points):
        t = k / (points - 1)
        d = flow(p, t)
        d = d / np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-9)
        p = hold(p + d * reach, t)
        line.append(p)
    return np.stack(line, axis=1)


def profile(values: Sequence[tuple[float, float]], count: int) -> Float:
    """(count,) values along a lock, from (share of its length, value) pairs."""
    t, v = np.array(values, float).T
    return np.asarray(np.interp(np.linspace(0, 1, count), t, v))
