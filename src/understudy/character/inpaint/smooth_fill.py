"""Filling a hole without texture: colours run across it, lines go on where both sides have them.

Where a background has little to copy, or where copies do not fit together, a soft surface with the
background's own grain is less noticed than repeated pieces: it looks out of focus.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.image.masks import Mask, grow, shrink, soften
from understudy.character.inpaint.poisson import fill_smoothly
from understudy.character.inpaint.row_fill import fill_rows
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class SmoothNumbers:
    """How the surface is spanned. T is the torso's length. Set by eye."""

    squeeze: int = 2
    """How many times nearer a place in the same row counts than one above or below."""
    grain: tuple[float, float] = (0.6 / 255, 6 / 255)
    """Of white: less shows bands, more is texture."""
    grain_blur: float = 0.06
    """T: deviation of the neighbourhood in which grain is measured."""
    grain_scale: float = 1.5
    """px: deviation of what is no grain any more."""


NUMBERS = SmoothNumbers()


def fill_softly(picture: Float32, hole: Mask, unit: float) -> Float32:
    """Span the hole, with grain.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool; unit: torso length in pixels.
    Returns (h, w, 3) float32, the picture outside the hole. Deterministic.
    """
    n = NUMBERS
    filled = fill_smoothly(picture, hole, squeeze=n.squeeze)
    rows, share = fill_rows(picture, hole, unit)
    filled = np.asarray(filled + share * (rows - filled), np.float32)
    return np.asarray(np.clip(filled + _grain(picture, hole, unit), 0, 1), np.float32)


def _grain(picture: Float32, hole: Mask, unit: float) -> Float32:
    """The background's grain, as strong as it is near by, inside the hole: (h, w, 1)."""
    n = NUMBERS
    detail = np.abs(picture - cv2.GaussianBlur(picture, (0, 0), n.grain_scale)).mean(axis=-1)
    clear = (~grow(hole, 2.0)).astype(np.float32)
    # Edges and things are no grain: what differs by more counts as little as that.
    detail = np.minimum(detail, n.grain[1]) * clear
    blur = max(2.0, n.grain_blur * unit)
    weight = cv2.GaussianBlur(clear, (0, 0), blur)
    usual = cv2.GaussianBlur(np.asarray(detail, np.float32), (0, 0), blur)
    usual = usual / np.maximum(weight, 1e-3)
    known = weight > 0.05
    strength = fill_smoothly(np.asarray(usual[..., None], np.float32), ~known | hole)
    # The mean of a normal distribution's absolute values is 0.8 of its deviation.
    strength = np.clip(strength.reshape(hole.shape) / 0.8, *n.grain)
    h, w = hole.shape
    tile = np.random.default_rng(7).normal(0, 1, (256, 256)).astype(np.float32)
    noise = np.tile(tile, (h // 256 + 1, w // 256 + 1))[:h, :w]
    inside = soften(shrink(hole, 2), 2)
    return np.asarray((noise * strength * inside)[..., None], np.float32)
