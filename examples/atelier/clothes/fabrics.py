"""Cloth, leather and rubber; pattern coordinates are rest positions unless said otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..light.materials import Look, Material, linear, step
from ..solid.arrays import Float32, f32
from ..solid.noise import noise

Colour = tuple[int, int, int]

Limb = Callable[[Float32], tuple[Float32, Float32]]
"""From (N, 3) points to metres along the limb or trunk and turns round it."""


def upright(p: Float32) -> tuple[Float32, Float32]:
    return p[:, 1], np.arctan2(p[:, 0], p[:, 2]) * np.float32(0.5 / np.pi)


def knit(
    colour: Colour, around: Limb, rib: Callable[[Float32], Float32], gauge: float = 0.0085
) -> Material:
    """Chunky stocking stitch; `rib(points)` in 0..1 says where it is ribbed instead."""
    base = linear(*colour)

    def material(p: Float32) -> Look:
        along, turn = around(p)
        wide = np.maximum(np.round(2 * np.pi * 0.115 / gauge), 1)
        u = turn * wide
        column = u - np.floor(u) - 0.5
        row = along / (gauge * 0.82) + np.abs(column) * 0.9
        stitch = np.cos(2 * np.pi * row) * 0.5 + 0.5
        across = np.cos(np.pi * column)
        plain = across**0.7 * (0.55 + 0.45 * stitch)
        ribs = 0.5 + 0.5 * np.cos(2 * np.pi * u * 0.5)
        amount = rib(p)
        shape = plain * (1 - amount) + (0.15 + 0.95 * ribs) * amount
        fluff = noise(p, 700, 3)
        tone = 0.80 + 0.26 * shape + 0.05 * fluff + 0.05 * noise(p, 9, 5)
        height = 0.0013 * shape * (1 + 0.5 * amount) + 0.00010 * fluff
        return Look(
            (base * tone[:, None]).astype(np.float32),
            height=height.astype(np.float32),
            roughness=0.85,
            gloss=0.02,
            bleed=(0.10, 0.08, 0.06),
            sheen=0.55,
        )

    return material


def denim(
    colour: Colour, seams: Callable[[Float32], Float32], cuff: Callable[[Float32], Float32]
) -> Material:
    """Denim with stitched seams; `seams(p)`: metres to the nearest seam; `cuff(p)` 0..1:
    turned up."""
    base, pale, thread = linear(*colour), linear(*colour) * 2.4 + 0.05, linear(206, 140, 62)

    def material(p: Float32) -> Look:
        twill = np.sin(2 * np.pi * (p[:, 0] * 0.7 + p[:, 1] + p[:, 2] * 0.7) / 0.0034)
        grain = noise(p * f32(1, 0.25, 1), 600, 7)
        worn = noise(p, 7, 13, 3) + 0.9 * np.exp(-(((p[:, 1] - 0.70) / 0.14) ** 2)) * step(
            0.0, 0.07, p[:, 2]
        )
        worn = worn + 0.5 * np.exp(-(((p[:, 1] - 0.50) / 0.05) ** 2)) * step(0.0, 0.06, p[:, 2])
        tone = 1 + 0.07 * twill + 0.16 * grain + 0.22 * np.clip(worn, -0.6, 1.3)
        albedo = base * tone[:, None]
        amount = cuff(p)[:, None]
        albedo = albedo + (pale * (1 + 0.1 * grain[:, None]) - albedo) * amount
        d = seams(p)
        ridge = np.exp(-((d / 0.004) ** 2))
        dash = step(-0.2, 0.1, np.sin(2 * np.pi * (p[:, 1] + p[:, 0]) / 0.0075))
        line = np.exp(-(((d - 0.0045) / 0.0011) ** 2)) * dash
        albedo = albedo + (thread - albedo) * np.clip(0.85 * line, 0, 1)[:, None]
        albedo = albedo * (1 - 0.25 * np.exp(-((d / 0.0016) ** 2)))[:, None]
        return Look(
            np.maximum(albedo, 0.002).astype(np.float32),
            height=(0.0009 * ridge + 0.00006 * twill + 0.0001 * grain).astype(np.float32),
            roughness=0.82,
            gloss=0.025,
            sheen=0.22,
        )

    return material


def jersey(
    colour: Colour,
    print_: Callable[[Float32], tuple[Float32, Float32]] | None = None,
    sheen: float = 0.25,
) -> Material:
    """Smooth cotton; `print_(p)` gives (N, 3) linear colours and (N,) how much they cover."""
    base = linear(*colour)

    def material(p: Float32) -> Look:
        weave = noise(p * f32(1, 0.3, 1), 900, 17)
        tone = 1 + 0.045 * weave + 0.05 * noise(p, 14, 19)
        albedo = base * tone[:, None]
        if print_ is not None:
            ink, cover = print_(p)
            albedo = albedo + (ink * (1 + 0.04 * weave[:, None]) - albedo) * cover[:, None]
        return Look(
            albedo.astype(np.float32),
            height=(0.00007 * weave).astype(np.float32),
            roughness=0.8,
            gloss=0.025,
            bleed=(0.05, 0.05, 0.05),
            sheen=sheen,
        )

    return material


def painted(
    paint: Callable[[Float32], Float32],
    roughness: float = 0.5,
    gloss: float = 0.04,
    grain: float = 0.0,
    sheen: float = 0.0,
) -> Material:
    """Anything whose colour is a function of place: `paint(p)` gives (N, 3) linear colours."""

    def material(p: Float32) -> Look:
        fine = noise(p, 800, 23)
        return Look(
            (paint(p) * (1 + 0.04 * fine[:, None])).astype(np.float32),
            height=(grain * fine).astype(np.float32),
            roughness=roughness,
            gloss=gloss,
            sheen=sheen,
        )

    return material
