"""Filling a hole without texture: colours run across it, lines go on where both sides have them.

Where a background has little to copy, or where copies do not fit together, a soft surface with the
background's own grain is less noticed than repeated pieces: it looks out of focus.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter, minimum_filter1d

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, grow, shrink, soften
from understudy.character.inpaint.poisson import fill_smoothly
from understudy.character.inpaint.row_sides import RowSides, sides_of
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class SmoothNumbers:
    """How the surface is spanned. T is the torso's length. Set by eye."""

    squeeze: int = 2
    """How many times nearer a place in the same row counts than one above or below."""
    row_blur: float = 0.8
    """px: deviation that evens out rows which are filled one by one."""
    agreeing: float = 9.0
    """Lab: sides differing by so much agree by a third."""
    agreeing_rows: float = 0.03
    """T: within so many rows single ones do not count, and near others agreement ends gradually."""
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
    sides = sides_of(picture, hole)
    if sides is not None:
        agree = _agreement(sides, unit)
        rows = np.where(hole[..., None], _along_rows(picture.shape, sides), picture)
        rows = cv2.GaussianBlur(rows, (1, 0), sigmaX=1e-3, sigmaY=n.row_blur)
        share = np.zeros((len(hole), 1, 1), np.float32)
        share[sides.rows, 0, 0] = agree
        share = share * hole[..., None]
        filled = np.asarray(filled + share * (rows - filled), np.float32)
    return np.asarray(np.clip(filled + _grain(picture, hole, unit), 0, 1), np.float32)


def _agreement(sides: RowSides, unit: float) -> Float32:
    """How far both sides of the hole have the same colours: (n,) in 0..1, even from row to row."""
    n = NUMBERS
    labs = to_lab(np.stack([sides.left, sides.right]).astype(np.float32))
    apart = np.linalg.norm(labs[0] - labs[1], axis=-1)
    agree = np.where(sides.both, np.exp(-((apart / n.agreeing) ** 2)), 0)
    window = 2 * max(1, round(n.agreeing_rows * unit / 2)) + 1
    agree = minimum_filter1d(median_filter(agree, window, mode="nearest"), window, mode="nearest")
    smooth = gaussian_filter1d(agree, window / 2, mode="nearest")
    return np.asarray(smooth, np.float32)


def _along_rows(shape: tuple[int, ...], sides: RowSides) -> Float32:
    """From the colour at a hole's left to that at its right, row by row: `shape` float32."""
    image = np.zeros(shape, np.float32)
    way = np.arange(shape[1])[None] - sides.first[:, None]
    share = np.clip((way + 0.5) / (sides.last - sides.first + 1)[:, None], 0, 1)[..., None]
    image[sides.rows] = sides.left[:, None] + share * (sides.right - sides.left)[:, None]
    return image


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
