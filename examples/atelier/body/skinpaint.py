"""Skin, eyes and hair: materials, and the make-up painted onto a face's vertices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..light.materials import Look, Material, linear, step
from ..solid.arrays import Float32, f32
from ..solid.fields import Field
from ..solid.noise import noise
from .head import Face, lower_lip, mouth_hole, upper_lip


@dataclass(frozen=True, slots=True, kw_only=True)
class Complexion:
    """Screen colours 0..255."""

    skin: tuple[int, int, int]
    lips: tuple[int, int, int]
    iris: tuple[int, int, int]
    hair: tuple[int, int, int]
    blush: float = 1.0
    freckles: float = 0.0
    shadow: float = 0.0
    """Colour on the lids, 0..1."""
    stubble: float = 0.0


def skin(c: Complexion) -> Material:
    """Skin; pattern coordinates in metres, for a head in the head's own frame."""
    base, dark = linear(*c.skin), linear(*c.skin) * f32(0.62, 0.45, 0.36)

    def material(p: Float32) -> Look:
        mottle = 1 + 0.035 * noise(p, 55, 3, 2)
        albedo = base * mottle[:, None]
        if c.freckles:
            spots = step(0.52, 0.72, noise(p, 330, 5) * 0.75 + noise(p, 120, 9) * 0.35)
            cheeks = np.exp(
                -(((np.abs(p[:, 0]) - 0.025) / 0.026) ** 2) - ((p[:, 1] - 0.070) / 0.017) ** 2
            )
            amount = c.freckles * spots * cheeks * (p[:, 2] > 0.05)
            albedo = albedo + (dark - albedo) * amount[:, None]
        pores = 0.00006 * noise(p, 900, 11)
        lip_light = 0.44 - 0.05 * noise(p, 40, 17)
        return Look(
            albedo.astype(np.float32),
            height=pores,
            roughness=lip_light,
            gloss=0.032,
            bleed=(0.36, 0.15, 0.08),
        )

    return material


def make_up(p: Float32, face: Face, c: Complexion) -> Float32:
    """(V, 3) tint of the head's vertices (head's frame): lips, cheeks, lids, mouth, stubble."""
    base = linear(*c.skin)
    tint = np.ones((len(p), 3), np.float32)

    def mix(amount: Float32, colour: Float32) -> None:
        tint[:] += (colour / base - tint) * np.clip(amount, 0, 1)[:, None]

    def near(at: tuple[float, float, float], reach: tuple[float, float, float]) -> Float32:
        q = (np.stack([np.abs(p[:, 0]), p[:, 1], p[:, 2]], 1) - f32(*at)) / f32(*reach)
        return np.asarray(np.exp(-(q * q).sum(1)), np.float32)

    def touches(part: Field, low: float, high: float) -> Float32:
        return 1 - step(low, high, part(np.ascontiguousarray(p.T)))

    rosy = base * f32(1.0, 0.66, 0.62)
    mix(0.50 * c.blush * near((0.038, 0.058, 0.074), (0.026, 0.020, 0.05)), rosy)
    mix(0.50 * c.blush * near((0.0, 0.062, 0.112), (0.014, 0.012, 0.02)), rosy)
    mix(0.40 * c.blush * near((0.080, 0.075, -0.012), (0.012, 0.03, 0.03)), rosy)
    mix(0.25 * c.blush * near((0.0, -0.002, 0.085), (0.018, 0.012, 0.02)), rosy)
    e = face.eye
    mix(
        0.10 * near((e[0], e[1] - 0.004, 0.088), (0.026, 0.018, 0.02)),
        base * f32(0.86, 0.66, 0.62),
    )
    if c.shadow:
        mix(c.shadow * near((e[0], e[1] + 0.012, 0.088), (0.022, 0.009, 0.02)), linear(96, 58, 62))
    if c.stubble:
        low = p[:, 1] + np.float32(0.25) * np.abs(p[:, 0])
        beard = step(0.046, 0.034, low.astype(np.float32)) * step(-0.01, 0.02, p[:, 2])
        beard = np.maximum(beard, near((0.0, 0.041, 0.10), (0.022, 0.006, 0.02)))
        mix(c.stubble * beard, base * 0.45 + linear(*c.hair) * 0.3)
    lips = np.maximum(
        touches(upper_lip(face), 0.0009, 0.0026), touches(lower_lip(face), 0.0009, 0.0026)
    )
    mix(np.float32(0.9) * lips, linear(*c.lips))
    inside = touches(mouth_hole(face), -0.0002, 0.0016)
    mix(inside, linear(128, 52, 50))
    depth = p[:, 2] + np.float32(0.6) * np.maximum(np.abs(p[:, 0]) - np.float32(0.010), 0)
    mix(inside * step(0.090, 0.084, depth.astype(np.float32)), linear(92, 28, 30) * 0.6)
    return tint


def eye(c: Complexion) -> Material:
    """An eyeball; pattern coordinates: the unit ball, z out of the pupil."""
    white, iris = linear(246, 241, 236), linear(*c.iris)
    ring, pupil = iris * 0.16, linear(10, 8, 10)

    def material(p: Float32) -> Look:
        r = np.hypot(p[:, 0], p[:, 1])
        front = p[:, 2] > 0
        r = np.where(front, r, 2.0).astype(np.float32)
        angle = np.arctan2(p[:, 1], p[:, 0])
        rays = np.stack([np.cos(angle) * 3, np.sin(angle) * 3, r * 0.8], 1).astype(np.float32)
        streaks = noise(rays, 2.3, 21, 2)
        vein = 1 - 0.10 * step(0.55, 1.0, r)
        albedo = np.repeat(white[None], len(p), 0) * vein[:, None] ** f32(0.4, 1.0, 1.0)
        lower = step(0.35, -0.45, p[:, 1])
        tone = (0.55 + 0.85 * lower + 0.30 * streaks)[:, None]
        inner = iris * tone + linear(225, 170, 80) * (0.10 * step(0.34, 0.20, r))[:, None]
        inner = inner + (ring - inner) * step(0.43, 0.54, r)[:, None]
        inner = inner + (pupil - inner) * step(0.245, 0.220, r)[:, None]
        albedo = albedo + (inner - albedo) * step(0.560, 0.530, r)[:, None]
        # The upper lid shades the ball; the ball keeps still enough for this to be painted on.
        albedo = albedo * (1 - 0.62 * step(0.05, 0.52, p[:, 1]))[:, None]
        spark = step(0.125, 0.095, np.hypot(p[:, 0] + 0.20, p[:, 1] - 0.215)) * front
        small = 0.35 * step(0.085, 0.060, np.hypot(p[:, 0] - 0.22, p[:, 1] + 0.22)) * front
        albedo = albedo + (spark + small)[:, None] * f32(3.2, 3.2, 3.3)
        return Look(albedo.astype(np.float32), roughness=0.16, gloss=0.04, bleed=(0.15, 0.1, 0.1))

    return material


def hair(colour: tuple[int, int, int], shine: float = 0.05) -> Material:
    """Hair of swept locks; pattern coordinates as `sweep.tube` makes them."""
    base = linear(*colour)

    def material(p: Float32) -> Look:
        q = np.stack([np.cos(2 * np.pi * p[:, 0]), np.sin(2 * np.pi * p[:, 0]), p[:, 2] * 7.3], 1)
        q = np.concatenate([q[:, :2] * 1.0, q[:, 2:] + p[:, 1:2] * 3.0], 1).astype(np.float32)
        fine = noise(q, 5.5, 31, 2)
        lock = noise(np.repeat(p[:, 2:] * 13.7, 3, 1).astype(np.float32), 1.0, 35)
        tone = 1 + 0.22 * fine + 0.20 * lock
        warm = f32(1.0, 1.0, 1.0) + f32(0.10, 0.02, -0.06) * lock[:, None]
        return Look(
            (base * tone[:, None] * warm).astype(np.float32),
            height=0.0007 * fine,
            strand=p[:, 1].copy(),
            roughness=0.4,
            gloss=shine,
        )

    return material
