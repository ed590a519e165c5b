"""Signed distance fields to sculpt with.

A field maps points (3, N) float32, in metres, to (N,) distances: negative inside, positive outside.
Primitives and the smooth union follow Inigo Quilez, https://iquilezles.org/articles/distfunctions/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float32]
Distances = NDArray[np.float32]
Field = Callable[[Points], Distances]


def _column(v: ArrayLike) -> Points:
    return np.asarray(v, dtype=np.float32).reshape(3, 1)


def _length(p: Points) -> Distances:
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", p, p)), np.float32)


def sphere(center: ArrayLike, radius: float) -> Field:
    c = _column(center)
    return lambda p: _length(p - c) - np.float32(radius)


def ellipsoid(
    center: ArrayLike, radii: ArrayLike, turn: NDArray[np.float64] | None = None
) -> Field:
    """An ellipsoid; `turn` (3, 3) takes its own axes to the world's. Distances are approximate."""
    c = _column(center)
    r = _column(radii)
    m = None if turn is None else np.ascontiguousarray(turn.T, dtype=np.float32)

    def field(p: Points) -> Distances:
        q = p - c
        if m is not None:
            q = m @ q
        q = q / r
        k0 = _length(q)
        k1 = _length(q / r)
        return np.asarray(k0 * (k0 - 1) / np.maximum(k1, 1e-6), np.float32)

    return field


def round_cone(a: ArrayLike, b: ArrayLike, ra: float, rb: float) -> Field:
    """A capsule whose radius goes from `ra` at `a` to `rb` at `b`."""
    ca, cb = _column(a), _column(b)
    axis = cb - ca
    square = np.float32((axis * axis).sum())

    def field(p: Points) -> Distances:
        t = np.clip((axis * (p - ca)).sum(0) / square, 0, 1)
        return np.asarray(
            _length(p - ca - axis * t) - (np.float32(ra) + np.float32(rb - ra) * t), np.float32
        )

    return field


def curve(points: ArrayLike, radii: Sequence[float], blend: float = 0.0) -> Field:
    """A tube through `points` (K, 3) with a radius at each."""
    q = np.asarray(points, dtype=np.float64)
    parts = [round_cone(q[i], q[i + 1], radii[i], radii[i + 1]) for i in range(len(q) - 1)]
    return union(*parts, blend=blend)


def box(center: ArrayLike, half: ArrayLike, rounding: float = 0.0) -> Field:
    c, h = _column(center), _column(half) - np.float32(rounding)

    def field(p: Points) -> Distances:
        q = np.abs(p - c) - h
        return np.asarray(
            _length(np.maximum(q, 0)) + np.minimum(q.max(0), 0) - np.float32(rounding), np.float32
        )

    return field


def torus(center: ArrayLike, normal: ArrayLike, ring: float, thickness: float) -> Field:
    c, n = _column(center), _column(normal)
    n = n / np.float32(np.linalg.norm(n))

    def field(p: Points) -> Distances:
        q = p - c
        height = (q * n).sum(0)
        flat = _length(q - n * height)
        return np.asarray(
            np.hypot(flat - np.float32(ring), height) - np.float32(thickness), np.float32
        )

    return field


def half_space(point: ArrayLike, normal: ArrayLike) -> Field:
    """All that lies behind the plane through `point`, seen along `normal`."""
    c, n = _column(point), _column(normal)
    n = n / np.float32(np.linalg.norm(n))
    return lambda p: ((p - c) * n).sum(0)


def smooth_min(a: Distances, b: Distances, k: float) -> Distances:
    if k <= 0:
        return np.minimum(a, b)
    h = np.maximum(np.float32(k) - np.abs(a - b), 0) / np.float32(k)
    return np.asarray(np.minimum(a, b) - h * h * np.float32(k * 0.25), np.float32)


def union(*parts: Field, blend: float = 0.0) -> Field:
    def field(p: Points) -> Distances:
        d = parts[0](p)
        for part in parts[1:]:
            d = smooth_min(d, part(p), blend)
        return d

    return field


def subtract(whole: Field, *holes: Field, blend: float = 0.0) -> Field:
    def field(p: Points) -> Distances:
        d = whole(p)
        for hole in holes:
            d = -smooth_min(-d, hole(p), blend)
        return d

    return field


def intersect(*parts: Field, blend: float = 0.0) -> Field:
    def field(p: Points) -> Distances:
        d = -parts[0](p)
        for part in parts[1:]:
            d = smooth_min(d, -part(p), blend)
        return -d

    return field


def grow(part: Field, by: float) -> Field:
    return lambda p: part(p) - np.float32(by)


def shell(part: Field, thickness: float) -> Field:
    """A skin of `thickness` whose inner side is the surface of `part`."""
    half = np.float32(thickness / 2)
    return lambda p: np.abs(part(p) - half) - half


def both_sides(part: Field) -> Field:
    """The part and its mirror image in the plane x = 0; cheaper than two."""

    def field(p: Points) -> Distances:
        q = p.copy()
        q[0] = np.abs(q[0])
        return part(q)

    return field


def mirrored(part: Field) -> Field:
    def field(p: Points) -> Distances:
        q = p.copy()
        q[0] = -q[0]
        return part(q)

    return field


def moved(part: Field, turn: NDArray[np.float64], origin: ArrayLike, scale: float = 1.0) -> Field:
    """The part, sculpted about the origin, turned by `turn` (3, 3), scaled and set at `origin`."""
    m = np.ascontiguousarray(turn.T / scale, dtype=np.float32)
    c = _column(origin)
    return lambda p: part(m @ (p - c)) * np.float32(scale)


def displaced(part: Field, by: Callable[[Points], Distances], reach: float) -> Field:
    """The part pushed outwards by `by(points)`, asked only within `reach` of its surface."""

    def field(p: Points) -> Distances:
        d = part(p)
        near = np.abs(d) < reach
        if near.any():
            d = d.copy()
            d[near] -= by(p[:, near])
        return d

    return field
