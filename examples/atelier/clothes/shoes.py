"""Sneakers, sculpted about the point of the ground below the ankle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..light.materials import Material, linear, step
from ..solid import fields as f
from ..solid.arrays import Float32
from ..solid.meshing import Mesh, join, polygonise
from ..solid.sweep import profile, resampled, tube
from .fabrics import Colour, painted

UPPER, LACES = 0, 1
"""Materials of a shoe, in this order; the sole is part of the upper's paint."""

_SOLE = 0.027


@dataclass(frozen=True, slots=True, kw_only=True)
class Sneaker:
    upper: Colour
    sole: Colour = (244, 241, 234)
    accent: Colour = (214, 92, 62)
    toe: Colour = (244, 241, 234)
    laces: Colour = (248, 246, 240)
    high: float = 0.0
    """How far the collar reaches above a low shoe, metres."""


def _footprint(margin: float) -> Callable[[f.Points], f.Distances]:
    """Distance in the ground plane to the outline of the left foot."""
    discs = (
        (0.000, -0.038, 0.033),
        (0.004, 0.010, 0.033),
        (0.012, 0.078, 0.0445),
        (0.004, 0.112, 0.037),
    )

    def field(p: f.Points) -> f.Distances:
        d = None
        for (x0, z0, r0), (x1, z1, r1) in pairwise(discs):
            ax, az = np.float32(x1 - x0), np.float32(z1 - z0)
            t = np.clip(((p[0] - x0) * ax + (p[2] - z0) * az) / (ax * ax + az * az), 0, 1)
            e = np.hypot(p[0] - x0 - ax * t, p[2] - z0 - az * t) - (r0 + (r1 - r0) * t)
            d = e if d is None else f.smooth_min(d, e, 0.02)
        assert d is not None
        return np.asarray(d - np.float32(margin), np.float32)

    return field


def shoe_meshes(style: Sneaker, step_size: float) -> Mesh:
    """The left shoe; the ground is y = 0."""
    outline = _footprint(0.004)

    def slab(p: f.Points) -> f.Distances:
        spring = 0.010 * np.clip((p[2] - 0.085) / 0.06, 0, 1) ** 2
        height = np.abs(p[1] - spring - np.float32(_SOLE / 2)) - np.float32(_SOLE / 2)
        d = np.stack([outline(p), height])
        r = np.float32(0.006)
        return np.asarray(
            np.minimum(d.max(0) + r, 0) + np.hypot(*np.maximum(d + r, 0)) - r, np.float32
        )

    top = 0.098 + style.high
    leg = f.round_cone((0, 0.06, -0.022), (0, top + 0.02, -0.026), 0.043, 0.041)
    vamp = f.union(
        f.ellipsoid((0.007, 0.030, 0.080), (0.046, 0.034, 0.066)),
        f.ellipsoid((0.002, 0.036, -0.024), (0.037, 0.050, 0.042)),
        f.round_cone((0.001, 0.078, -0.004), (0.006, 0.045, 0.078), 0.036, 0.026),
        leg,
        blend=0.022,
    )
    vamp = f.intersect(vamp, f.half_space((0, 0.012, 0), (0, -1, 0)))
    mouth = f.round_cone((0, top - 0.006, -0.024), (0, top + 0.08, -0.020), 0.0375, 0.041)
    tilt = f.half_space((0, top, -0.02), (0.0, 1.0, -0.30))
    vamp = f.subtract(f.intersect(vamp, tilt, blend=0.006), mouth, blend=0.004)
    body = f.union(vamp, slab, blend=0.003)
    tongue = f.intersect(
        f.round_cone((0.001, top + 0.002, 0.012), (0.004, 0.062, 0.052), 0.022, 0.018),
        f.half_space((0, top + 0.014, 0), (0, 1, 0.3)),
        blend=0.008,
    )
    body = f.union(body, f.subtract(tongue, mouth), blend=0.003)
    mesh = polygonise(body, (-0.07, -0.01, -0.09), (0.075, top + 0.04, 0.17), step_size, UPPER)
    return join([mesh, _laces(body)])


def _laces(body: f.Field) -> Mesh:
    bars = []
    for k, z in enumerate((0.068, 0.054, 0.040, 0.026)):
        across = np.linspace(-1, 1, 14)
        line = np.stack(
            [0.005 + across * (0.019 - 0.001 * k), np.full(14, 0.13), z + 0.004 * np.abs(across)], 1
        )
        for _ in range(6):
            d = body(np.ascontiguousarray(line.T, np.float32))
            line[:, 1] -= 0.7 * d
        line[:, 1] += 0.0012
        bars.append(tube(line, (0, 1, 0.3), 0.0038, 0.0020, LACES, 8, k))
    top = np.array([0.003, 0.098, 0.030])
    for side in (-1.0, 1.0):
        loop = resampled(
            [
                top,
                top + [0.018 * side, 0.012, 0.010],
                top + [0.036 * side, 0.000, 0.018],
                top + [0.026 * side, -0.012, 0.018],
                top + [0.004 * side, -0.004, 0.006],
            ],
            24,
        )
        bars.append(tube(loop, (0, 0.5, 1), 0.0022, 0.0018, LACES, 8, 7))
        end = resampled(
            [top, top + [0.014 * side, -0.012, 0.016], top + [0.026 * side, -0.034, 0.022]], 14
        )
        bars.append(tube(end, (0, 0.5, 1), 0.0020, 0.0017, LACES, 8, 8))
    bars.append(
        tube(
            resampled(
                [top + [-0.006, 0, 0.004], top + [0, 0.003, 0.005], top + [0.006, 0, 0.004]], 8
            ),
            (0, 0.5, 1),
            profile([(0, 0.003), (0.5, 0.0055), (1, 0.003)], 8),
            0.004,
            LACES,
            8,
            9,
        )
    )
    return join(bars)


def shoe_materials(style: Sneaker) -> list[Material]:
    upper, sole, accent, toe = (
        linear(*c) for c in (style.upper, style.sole, style.accent, style.toe)
    )

    def paint(p: Float32) -> Float32:
        out = np.repeat(upper[None], len(p), 0)

        def cover(amount: Float32, colour: Float32) -> None:
            out[:] += (colour - out) * np.clip(amount, 0, 1)[:, None]

        spring = 0.010 * np.clip((p[:, 2] - 0.085) / 0.06, 0, 1) ** 2
        y = p[:, 1] - spring
        # A swoosh of two bars on the side, a heel tab and a toe cap.
        bars = step(
            0.006, 0.0045, np.abs(np.mod(p[:, 2] * 0.85 - p[:, 1] * 0.55 + 0.002, 0.022) - 0.011)
        )
        where = (
            step(0.020, 0.026, np.abs(p[:, 0] - 0.004))
            * step(0.028, 0.030, y)
            * step(0.072, 0.068, y)
        )
        cover(bars * where * (np.abs(p[:, 2] - 0.018) < 0.024), accent)
        cover(step(-0.050, -0.053, p[:, 2]) * step(0.060, 0.062, y), accent)
        cover(step(0.104, 0.107, p[:, 2] + 0.25 * np.abs(p[:, 0] - 0.006)), toe)
        cover(
            0.5 * np.exp(-(((p[:, 2] + 0.25 * np.abs(p[:, 0] - 0.006) - 0.105) / 0.0012) ** 2)),
            upper * 0.3,
        )
        cover(step(_SOLE + 0.0015, _SOLE + 0.0005, y), sole)
        cover(step(0.0012, 0.0006, np.abs(y - 0.0185)), accent)
        cover(step(0.0055, 0.0045, y), sole * 0.55)
        return out

    lace = linear(*style.laces)
    return [
        painted(paint, 0.55, 0.035, 0.00012, 0.1),
        painted(lambda p: np.repeat(lace[None], len(p), 0), 0.8, 0.02),
    ]
