"""Residue: where something that the picture shows ends abruptly at the hole in the background.

What the matte missed of a figure (an ear, a hem, whiskers) is whole in the picture and broken off
where the hole begins. So is a thing behind the figure that the fill does not continue. Both are
seen as soon as the figure has moved away.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, grow, opened, shrink
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class ResidueNumbers:
    """What counts as broken off, in pixels of a picture of 360 on the shorter side. Set by eye."""

    changed: float = 6.0
    """Of 255: pixels that differ by more from the picture are the hole."""
    crumb: float = 1.5
    """px: radius of what is too narrow to be a piece of the hole."""
    reach: float = 2.0
    """px: how far on both sides of the hole's edge colours are compared."""
    gap: float = 1.0
    """px: at the edge itself fill and picture are mixed."""
    breaks: float = 14.0
    """Lab: how much more the two sides differ in the background than in the picture."""
    hides: float = 1.0
    """And by so many times the detail round about: among pebbles nobody sees where one breaks."""
    detail: tuple[float, int] = (3.0, 21)
    """px: deviation of what is no detail, and the window in which it is averaged."""
    matte: float = 0.02
    """Alpha of what is figure in the picture: there nothing can be compared."""


NUMBERS = ResidueNumbers()


def residue_of(picture: NDArray[np.uint8], background: NDArray[np.uint8], alpha: Float32) -> Mask:
    """The hole's edge where something breaks off: (h, w) bool, one pixel for each of its length.

    picture, background: (h, w, 3) uint8 sRGB, some 360 pixels on the shorter side; alpha: (h, w)
    float32 in 0..1, the figure's matte.
    """
    n = NUMBERS
    off = np.abs(background.astype(np.float32) - picture).max(axis=-1)
    hole = opened(np.asarray(off > n.changed) | (alpha > n.matte), n.crumb)
    # The edge runs where the picture shows background on both sides.
    inside = shrink(hole, n.gap) & ~shrink(hole, n.gap + n.reach) & (alpha <= n.matte)
    outside = ~grow(hole, n.gap) & grow(hole, n.gap + n.reach)
    rim = hole & ~shrink(hole, 1.0)
    shown, whole = (to_lab(np.asarray(x / np.float32(255))) for x in (background, picture))
    in_background = _step(shown, inside, outside)
    in_picture = _step(whole, inside, outside)
    least = n.breaks + n.hides * _detail(whole, hole)
    return np.asarray(rim & (in_background - in_picture > least))


def _detail(lab: Float32, hole: Mask) -> Float32:
    """How much detail the picture has outside the hole, near each pixel: (h, w), Lab units."""
    blur, window = NUMBERS.detail
    clear = (~hole).astype(np.float32)
    share = np.maximum(cv2.GaussianBlur(clear, (0, 0), blur), 1e-3)
    mean = cv2.GaussianBlur(lab * clear[..., None], (0, 0), blur) / share[..., None]
    detail = np.linalg.norm(lab - mean, axis=-1) * clear
    known = np.maximum(cv2.blur(clear, (window, window)), 1e-3)
    return np.asarray(cv2.blur(np.asarray(detail, np.float32), (window, window)) / known)


def _step(lab: Float32, inside: Mask, outside: Mask) -> Float32:
    """The difference of the two sides round each pixel, 0 where one is missing: (h, w)."""
    window = 2 * round(NUMBERS.reach + NUMBERS.gap) + 1
    means = []
    known = np.ones(inside.shape, bool)
    for side in (inside, outside):
        share = cv2.blur(side.astype(np.float32), (window, window))
        total = cv2.blur(lab * side[..., None], (window, window))
        means.append(total / np.maximum(share, 1e-6)[..., None])
        known &= share > 0.5 / window**2
    return np.where(known, np.linalg.norm(means[0] - means[1], axis=-1), 0).astype(np.float32)
