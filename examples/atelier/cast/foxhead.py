"""The head of the drawing's fox, in its own frame: shape, coat and eyes."""

from __future__ import annotations

import numpy as np

from ..light.materials import linear, step
from ..solid import fields as f
from ..solid.arrays import Float32, f32
from ..solid.meshing import Mesh, join, polygonise
from ..solid.noise import noise
from ..solid.turns import euler

RUST, CREAM, DARK = linear(206, 104, 44), linear(250, 238, 216), linear(66, 44, 38)
EYE = np.array([0.0365, 0.103, 0.0655])


def head_field() -> f.Field:
    """Skull, snout, ruff and ears, with a neck to stand on."""
    skull = f.union(
        f.ellipsoid((0, 0.120, -0.010), (0.076, 0.076, 0.082)),
        f.ellipsoid((0, 0.085, 0.020), (0.066, 0.056, 0.062)),
        blend=0.03,
    )
    snout = f.union(
        f.round_cone((0, 0.082, 0.050), (0, 0.064, 0.142), 0.038, 0.0165),
        f.round_cone((0, 0.052, 0.040), (0, 0.045, 0.122), 0.030, 0.012),
        blend=0.014,
    )
    cheeks = f.both_sides(
        f.union(
            f.round_cone((0.046, 0.066, 0.016), (0.104, 0.040, -0.004), 0.034, 0.004),
            f.round_cone((0.044, 0.050, 0.012), (0.090, 0.010, -0.002), 0.030, 0.004),
            f.round_cone((0.034, 0.036, 0.010), (0.064, -0.012, 0.002), 0.028, 0.004),
            f.round_cone((0.050, 0.086, 0.010), (0.104, 0.072, -0.010), 0.028, 0.004),
            blend=0.006,
        )
    )
    brow = f.both_sides(f.round_cone((0.018, 0.126, 0.062), (0.052, 0.130, 0.040), 0.014, 0.012))
    head = f.union(f.union(skull, snout, cheeks, blend=0.022), brow, blend=0.02)
    head = f.subtract(
        head,
        f.both_sides(
            f.ellipsoid(
                EYE + np.array([0.002, 0, 0.014]), (0.0255, 0.0185, 0.014), euler(yaw=24, roll=12)
            )
        ),
        blend=0.012,
    )
    head = f.union(head, f.ellipsoid((0, 0.070, 0.157), (0.0145, 0.0115, 0.0105)), blend=0.003)
    mouth = f.both_sides(
        f.curve(
            [
                (0.0, 0.0545, 0.148),
                (0.012, 0.049, 0.140),
                (0.026, 0.050, 0.112),
                (0.038, 0.060, 0.082),
            ],
            [0.0022, 0.0024, 0.0022, 0.0014],
        )
    )
    head = f.subtract(head, mouth, blend=0.003)
    ear = f.round_cone((0.044, 0.165, -0.012), (0.082, 0.292, -0.026), 0.040, 0.005)
    ear = f.intersect(
        ear, f.ellipsoid((0.062, 0.215, -0.018), (0.07, 0.12, 0.022), euler(yaw=10)), blend=0.006
    )
    hollow = f.round_cone((0.047, 0.172, 0.012), (0.080, 0.278, -0.010), 0.029, 0.003)
    ears = f.both_sides(f.subtract(ear, hollow, blend=0.005))
    neck = f.round_cone((0, -0.09, -0.022), (0, 0.07, -0.022), 0.050, 0.055)
    return f.union(f.union(head, ears, blend=0.012), neck, blend=0.03)


def fur(p: Float32) -> Float32:
    """Coat of the head (head's frame): rust, cream below, dark ears."""
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    ragged = 0.006 * noise(p, 90, 3)
    out = np.repeat(RUST[None], len(p), 0)

    def cover(amount: Float32, colour: Float32) -> None:
        out[:] += (colour - out) * np.clip(amount, 0, 1)[:, None]

    line = 0.058 + 0.16 * np.clip(x - 0.020, 0, 0.05) + ragged
    bib = step(0.003, -0.003, y - line) * (z > -0.03)
    cover(bib, CREAM)
    cover(
        step(0.004, -0.004, np.hypot((x - 0.034) / 1.5, y - 0.138) - 0.008 + ragged * 0.4)
        * (z > 0.03),
        CREAM,
    )
    cover(step(0.232, 0.240, y + ragged), DARK)
    inner = np.hypot((x - 0.062 - 0.30 * (y - 0.215)) / 0.024, (y - 0.205) / 0.070) - 1
    cover(step(0.10, -0.10, inner) * (z > -0.022) * (y > 0.165), CREAM * 0.82)
    cover(
        step(0.0152, 0.0140, np.hypot(np.hypot(x, (y - 0.070) * 1.2), (z - 0.158) * 1.2)),
        linear(34, 26, 28),
    )
    return out


def eyes(material: int) -> Mesh:
    """Both eyes, in the head's frame."""
    ball = polygonise(f.sphere((0, 0, 0), 1.0), (-1.1,) * 3, (1.1,) * 3, 0.11, material)
    pair = []
    for x in (-1.0, 1.0):
        eye = join([ball])
        eye.coords = ball.vertices.copy()
        flat = ball.vertices * f32(0.0225, 0.0195, 0.0160)
        eye.vertices = (flat + EYE * [x, 1, 1]).astype(np.float32)
        eye.occlusion[:] = 1
        pair.append(eye)
    return join(pair)


def eye_paint(p: Float32) -> Float32:
    """Amber eyes under dark lids; pattern coordinates: the unit ball."""
    r = np.hypot(p[:, 0], p[:, 1] + 0.05)
    out = np.repeat(linear(250, 244, 226)[None], len(p), 0)

    def cover(amount: Float32, colour: Float32) -> None:
        out[:] += (colour - out) * np.clip(amount, 0, 1)[:, None]

    cover(step(0.70, 0.66, r), linear(226, 150, 36))
    cover(step(0.44, 0.40, r), linear(24, 16, 16))
    cover(step(0.20, 0.16, np.hypot(p[:, 0] + 0.18, p[:, 1] - 0.16)), f32(1.6, 1.6, 1.6))
    cover(step(0.52, 0.57, p[:, 1] + 0.12 * p[:, 0] ** 2), linear(30, 20, 20))
    return out
