"""What surfaces are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..solid.arrays import Float32


def linear(*srgb: int) -> Float32:
    """A colour as it looks on screen (0..255) as amounts of light."""
    s = np.array(srgb, np.float32) / 255
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4).astype(np.float32)


def step(low: float, high: float, x: Float32) -> Float32:
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


@dataclass(slots=True, eq=False)
class Look:
    """How N samples of a surface meet the light."""

    albedo: Float32
    """(N, 3) linear colour; multiplied with the mesh's tint."""
    height: Float32 | None = None
    """(N,) relief in metres."""
    strand: Float32 | None = None
    """(N,) grows along the hairs of hairy stuff."""
    roughness: Float32 | float = 0.6
    gloss: Float32 | float = 0.04
    """Share of light mirrored head-on."""
    bleed: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How far light wraps round the surface, per colour: skin glows red at its shadow's edge."""
    sheen: float = 0.0
    """Soft light at grazing angles, as on wool."""


Material = Callable[[Float32], Look]
"""From (N, 3) pattern coordinates to the look of N samples."""


def plain(
    colour: Float32, roughness: float = 0.6, gloss: float = 0.04, sheen: float = 0.0
) -> Material:
    def material(p: Float32) -> Look:
        albedo = np.repeat(colour[None], len(p), 0)
        return Look(albedo, roughness=roughness, gloss=gloss, sheen=sheen)

    return material
