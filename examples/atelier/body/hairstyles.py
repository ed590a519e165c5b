"""Hair: locks combed over the skull, in the head's own frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..solid import fields as f
from ..solid.arrays import Float
from ..solid.meshing import Mesh, gradient, join, polygonise
from ..solid.noise import noise
from ..solid.sweep import comb, profile, resampled, tube
from .head import scalp

_SKULL = scalp()
_MIDDLE = np.array([0.0, 0.115, -0.012])


def _distance(p: Float) -> Float:
    return _SKULL(np.ascontiguousarray(p.T, np.float32)).astype(np.float64)


def _outward(p: Float) -> Float:
    g = gradient(_SKULL, p.astype(np.float32)).astype(np.float64)
    return np.asarray(g / np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-9))


def _roots(count: int, grows: Callable[[Float], NDArray[np.bool_]]) -> Float:
    """Evenly scattered points of the skull where hair grows (a Fibonacci spiral)."""
    k = np.arange(count) + 0.5
    y = 1 - 2 * k / count
    a = k * np.pi * (3 - np.sqrt(5))
    r = np.sqrt(1 - y * y)
    ray = np.stack([r * np.cos(a), y, r * np.sin(a)], axis=1)
    p = _MIDDLE + ray * 0.1
    for _ in range(5):
        p = p - _outward(p) * _distance(p)[:, None]
    return np.asarray(p[grows(p)])


def hairline(
    p: Float, forehead: float = 0.178, temple: float = 0.135, nape: float = 0.035
) -> Float:
    """(N,) how far inside the hair points of the skull lie, metres; negative on the face."""
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    bend = np.clip((x - 0.030) / 0.034, 0, 1)
    front = (
        forehead
        - 0.010 * (x / 0.04) ** 2
        - (forehead - temple - 0.014) * bend * bend * (3 - 2 * bend)
    )
    side = np.where(z > 0.0, np.clip((z - 0.0) / 0.045, 0, 1), 0)
    edge = nape + (0.088 - nape) * np.clip((z + 0.075) / 0.07, 0, 1)
    return np.asarray(y - np.maximum(edge, front * side + edge * (1 - side)))


def _cap(material: int, thickness: float, step: float, **line: float) -> Mesh:
    """A close skin of hair under the locks, so that no scalp shows between them."""

    def field(p: f.Points) -> f.Distances:
        inside = hairline(p.T.astype(np.float64), **line).astype(np.float32)
        skin = _SKULL(p) - np.float32(thickness) * np.clip(inside / 0.02 + 0.3, 0, 1)
        return np.asarray(np.maximum(skin, -inside * np.float32(0.7)), np.float32)

    mesh = polygonise(field, (-0.11, 0.0, -0.14), (0.11, 0.25, 0.12), step, material)
    p = mesh.vertices
    mesh.coords = np.stack([np.arctan2(p[:, 0], p[:, 2]) * 3, p[:, 1], p[:, 1] * 0], 1)
    mesh.occlusion[:] = 0.45
    return mesh


def _locks(
    lines: Float,
    widths: Float,
    thick: Float,
    material: int,
    outward: Callable[[Float], Float],
    taper: float = 0.15,
) -> Mesh:
    count = lines.shape[1]
    shape = profile([(0, 0.12), (0.14, 1), (0.6, 0.95), (0.85, 0.6), (1, taper)], count)
    out = []
    for k, line in enumerate(lines):
        smooth = resampled(line, count)
        out.append(
            tube(smooth, outward(smooth), widths[k] * shape, thick[k] * shape, material, 10, k)
        )
    return join(out)


def _shaded(mesh: Mesh, depth: float) -> Mesh:
    """Hair near the skull lies in the shade of what covers it."""
    d = _SKULL(np.ascontiguousarray(mesh.vertices.T))
    mesh.occlusion = np.clip(0.30 + 0.70 * d / depth, 0.30, 1).astype(np.float32)
    return mesh


def bob(material: int, step: float = 0.003, seed: int = 3) -> Mesh:
    """Chin-long hair, parted on its left, swept across the forehead to either side."""
    rng = np.random.default_rng(seed)
    line = {"forehead": 0.174, "temple": 0.136}
    roots = _roots(820, lambda p: (hairline(p, **line) > -0.003) & (p[:, 1] > 0.080))
    n = len(roots)
    part = (
        0.026
        + 0.05 * np.clip((0.02 - roots[:, 2]) / 0.10, -0.2, 0)
        - 0.026 * np.clip(-roots[:, 2] / 0.06, 0, 1)
    )
    side = np.where(roots[:, 0] > part, 1.0, -1.0)
    high = np.clip((roots[:, 1] - 0.09) / 0.12, 0, 1)
    front = np.clip((roots[:, 2] - 0.005) / 0.05, 0, 1) * high
    end = 0.002 + 0.010 * rng.standard_normal(n) + 0.030 * front
    length = np.clip(roots[:, 1] - end, 0.03, None) * 1.06 + 0.055 * high
    lift = 0.009 + 0.015 * high + 0.002 * rng.standard_normal(n)
    jitter = 0.07 * rng.standard_normal((n, 3))
    wave = rng.uniform(0, 2 * np.pi, n)
    down = np.array([0.0, -1.0, 0.0])

    def flow(p: Float, t: float) -> Float:
        out = _outward(p)
        x, z = np.abs(p[:, 0]), p[:, 2]
        # Over the forehead hair goes sideways, and only past the temple down.
        across = np.clip((0.070 - x) / 0.018, 0, 1) * np.clip((z - 0.0) / 0.04, 0, 1)
        start = max(0.0, 1 - t / 0.35) * (0.4 + high)
        away = np.stack([side, np.zeros(n), -0.12 - 0.3 * (1 - front)], 1)
        rise = 0.25 * max(0.0, 1 - t / 0.15) * front
        d = (
            away * np.maximum(start, 2.2 * across)[:, None]
            + down * (0.35 + t - 0.25 * across - rise)[:, None]
            + jitter
        )
        d = d + 0.16 * np.sin(wave + 7 * t)[:, None] * np.cross(out, down)
        curl = np.clip((t - 0.74) / 0.26, 0, 1)
        d = d + curl * np.stack(
            [-np.sign(p[:, 0]) * 0.8, np.full(n, 0.2), np.where(z > -0.02, -0.15, 0.4)], 1
        )
        close = np.clip((0.055 - _distance(p)) / 0.03, 0, 1)[:, None]
        return np.asarray(d - close * out * (d * out).sum(1, keepdims=True) * 0.9)

    def hold(p: Float, t: float) -> Float:
        d = _distance(p)
        want = lift * min(1.0, 0.15 + 3.4 * t)
        on_skull = p[:, 1] > 0.06
        push = np.where(d < want, want - d, np.clip(want - d, -0.004, 0) * on_skull)
        q = p + _outward(p) * push[:, None]
        # Beside the face hair hangs like a curtain; it stays off the cheeks.
        ahead = (q[:, 2] > 0.020) & (q[:, 1] < 0.135)
        q[:, 0] = np.where(ahead, np.sign(q[:, 0]) * np.maximum(np.abs(q[:, 0]), 0.071), q[:, 0])
        return np.asarray(q)

    lines = comb(roots, flow, hold, length, 20)
    size = rng.uniform(0.8, 1.25, n)
    mesh = _locks(lines, 0.0088 * size, 0.0040 * size, material, _outward)
    return join([_cap(material, 0.007, step, forehead=0.178, temple=0.142), _shaded(mesh, 0.020)])


def bun(material: int, step: float = 0.003, seed: int = 5) -> Mesh:
    """Hair drawn back smoothly to a knot at the crown, a few strands loose at the temples."""
    rng = np.random.default_rng(seed)
    knot = np.array([0.0, 0.205, -0.098])
    roots = _roots(620, lambda p: hairline(p, temple=0.128, nape=0.030) > 0.0)
    n = len(roots)
    length = np.linalg.norm(roots - knot, axis=1) * 1.16
    lift = 0.0065 + 0.004 * rng.random(n)

    def flow(p: Float, t: float) -> Float:
        d = knot - p
        d = d / np.linalg.norm(d, axis=1, keepdims=True)
        out = _outward(p)
        arch = np.array([0.0, 0.35, 0.0]) * max(0.0, 1 - 2 * t)
        d = d + arch + 0.05 * rng.standard_normal((n, 3)) * (1 - t)
        return np.asarray(d - out * (d * out).sum(1, keepdims=True) * 0.9)

    def hold(p: Float, t: float) -> Float:
        return np.asarray(p + _outward(p) * (lift * min(1.0, 0.3 + 3 * t) - _distance(p))[:, None])

    lines = comb(roots, flow, hold, length, 16)
    size = rng.uniform(0.8, 1.2, n)
    mesh = _locks(lines, 0.0085 * size, 0.0035 * size, material, _outward, 0.6)
    coils = []
    for k in range(46):
        turn = rng.uniform(0, 2 * np.pi)
        tilt = rng.uniform(-0.9, 0.9)
        a = np.linspace(0, 3.4, 18) + turn
        r = 0.034 * np.cos(tilt) + 0.004
        ring = np.stack(
            [r * np.cos(a), 0.030 * np.sin(tilt) + 0.006 * np.sin(2 * a + turn), r * np.sin(a)], 1
        )
        lean = np.array([[1, 0, 0], [0, np.cos(0.8), -np.sin(0.8)], [0, np.sin(0.8), np.cos(0.8)]])
        line = ring @ lean.T + knot + np.array([0, 0.012, -0.016])
        coils.append(
            tube(
                line,
                line - knot - np.array([0, 0.012, -0.016]),
                0.0085 * profile([(0, 0.4), (0.3, 1), (0.8, 1), (1, 0.3)], 18),
                0.005,
                material,
                10,
                900 + k,
            )
        )
    wisps = []
    for x in (-1.0, 1.0):
        for k in range(4):
            root = np.array([(0.064 + 0.002 * k) * x, 0.150 - 0.006 * k, 0.054 - 0.009 * k])
            line = resampled(
                [
                    root,
                    root + [0.010 * x, -0.022, 0.008],
                    root + [0.013 * x, -0.062 - 0.006 * k, 0.003],
                    root + [0.006 * x, -0.098 - 0.010 * k, 0.010 - 0.004 * k],
                ],
                18,
            )
            wisps.append(
                tube(
                    line,
                    (x, 0, 0.4),
                    profile([(0, 0.0012), (0.5, 0.0016), (1, 0.0002)], 18),
                    0.0009,
                    material,
                    8,
                    980 + k,
                )
            )
    knotty = join(coils)
    knotty.occlusion[:] = 0.85
    return join(
        [
            _cap(material, 0.006, step, temple=0.128, nape=0.030),
            _shaded(mesh, 0.010),
            knotty,
            *wisps,
        ]
    )


def afro(material: int, step: float = 0.0026) -> Mesh:
    """Tight curls, high on top and faded at the sides."""

    def field(p: f.Points) -> f.Distances:
        q = p.T.astype(np.float32)
        inside = hairline(q.astype(np.float64), forehead=0.172, temple=0.150, nape=0.040).astype(
            np.float32
        )
        top = np.clip((q[:, 1] - 0.105) / 0.10, 0, 1)
        thick = 0.0035 + 0.036 * top * top * (3 - 2 * top)
        thick = thick * np.clip(inside / 0.016 + 0.25, 0, 1)
        d = _SKULL(p) - thick
        near = np.abs(d) < 0.03
        if near.any():
            curls = 1 - np.abs(noise(q[near], 78, 41)) * 1.5
            curls += 0.45 * (1 - np.abs(noise(q[near], 150, 43)) * 1.5)
            d[near] -= curls.astype(np.float32) * (0.0012 + 0.0062 * top[near])
        return np.asarray(np.maximum(d * np.float32(0.8), -inside * np.float32(0.7)), np.float32)

    mesh = polygonise(field, (-0.14, 0.0, -0.17), (0.14, 0.30, 0.15), step, material)
    p = mesh.vertices
    curl = noise(p, 78, 41)
    mesh.coords = p.copy()
    mesh.occlusion = (mesh.occlusion * np.clip(1.05 - 0.9 * np.abs(curl), 0.25, 1)).astype(
        np.float32
    )
    return mesh
