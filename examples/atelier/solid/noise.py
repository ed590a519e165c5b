"""Smooth noise in space, the same on every machine."""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import Float32


@njit(cache=True, nogil=True)
def _hash(x: int, y: int, z: int, seed: int) -> float:
    h = np.uint32(
        np.uint32(x) * np.uint32(0x8DA6B343)
        ^ np.uint32(y) * np.uint32(0xD8163841)
        ^ np.uint32(z) * np.uint32(0xCB1AB31F)
        ^ np.uint32(seed) * np.uint32(0x9E3779B1)
    )
    h = np.uint32(h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h = np.uint32(h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
    h = np.uint32(h ^ (h >> np.uint32(15)))
    return float(h) / 2147483648.0 - 1.0


@njit(cache=True, nogil=True)
def value_noise(points: Float32, frequency: float, seed: int) -> Float32:
    """(N,) smooth noise in -1..1 at (N, 3) points, `frequency` bumps a metre."""
    n = points.shape[0]
    out = np.empty(n, np.float32)
    for i in range(n):
        fx = points[i, 0] * frequency
        fy = points[i, 1] * frequency
        fz = points[i, 2] * frequency
        ix, iy, iz = int(np.floor(fx)), int(np.floor(fy)), int(np.floor(fz))
        tx, ty, tz = fx - ix, fy - iy, fz - iz
        tx = tx * tx * tx * (tx * (tx * 6 - 15) + 10)
        ty = ty * ty * ty * (ty * (ty * 6 - 15) + 10)
        tz = tz * tz * tz * (tz * (tz * 6 - 15) + 10)
        s = 0.0
        for dx in range(2):
            wx = tx if dx else 1 - tx
            for dy in range(2):
                wy = ty if dy else 1 - ty
                for dz in range(2):
                    wz = tz if dz else 1 - tz
                    s += wx * wy * wz * _hash(ix + dx, iy + dy, iz + dz, seed)
        out[i] = s
    return out


def noise(coords: Float32, frequency: float, seed: int, octaves: int = 1) -> Float32:
    """(N,) fractal noise, about -1..1, `frequency` bumps a metre in the lowest octave."""
    p = np.ascontiguousarray(coords, np.float32)
    total = value_noise(p, frequency, seed)
    share = 1.0
    for k in range(1, octaves):
        share *= 0.5
        total = total + np.float32(share) * value_noise(p, frequency * 2**k, seed + k)
    return np.asarray(total, np.float32)
