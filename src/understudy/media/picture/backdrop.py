"""A plain backdrop for a picture whose ground is transparent."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class BackdropNumbers:
    """The tones of a backdrop, and how one is chosen. Colours are compared in Lab (CIE76)."""

    tones: tuple[Colour, ...] = ((232, 229, 224), (158, 160, 163), (58, 60, 66))
    """Plain studio tones, sRGB, in the order of preference: light, then middle, then dark."""
    preference: float = 6.0
    """Lab: how much nearer to the figure's colours the tone before another may lie."""
    clear: float = 22.0
    """Lab: a tone that is this far from the figure's colours is far enough."""
    lost: float = 15
    """Percentile of the outline's distances that a tone is judged by: how much of it is lost."""
    opaque: int = 200
    """Of 255: from more on a pixel is the figure's."""
    outline: int = 150
    """The outline is as wide as the short side over this, in pixels,"""
    least_outline: int = 2
    """and at least so many."""
    samples: int = 20000
    """Pixels of the outline that are compared, about."""


NUMBERS = BackdropNumbers()


def choose_backdrop(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> Colour:
    """The tone that a figure stands out from best along its outline.

    rgb: (H, W, 3) uint8 sRGB, not premultiplied. alpha: (H, W) uint8. Returns an sRGB colour. The
    light tone is taken unless the outline's colours come too near to it, as a white dress does.
    """
    tones = NUMBERS.tones
    opaque = (alpha > NUMBERS.opaque).astype(np.uint8)
    reach = max(NUMBERS.least_outline, min(alpha.shape) // NUMBERS.outline)
    inner = cv2.erode(opaque, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8), borderValue=0)
    outline = rgb[(opaque == 1) & (inner == 0)]
    if len(outline) == 0:
        return tones[0]
    step = max(1, len(outline) // NUMBERS.samples)
    colours = _lab(outline[::step])
    best, best_score = tones[0], -np.inf
    for rank, tone in enumerate(tones):
        distance = np.linalg.norm(colours - _lab(np.array([tone], np.uint8)), axis=1)
        # The share of the outline that would be lost against the tone counts most.
        clear = min(float(np.percentile(distance, NUMBERS.lost)), NUMBERS.clear)
        score = clear - NUMBERS.preference * rank
        if score > best_score:
            best, best_score = tone, score
    return best


def lay_on(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8], colour: Colour) -> NDArray[np.uint8]:
    """`rgb` (H, W, 3) over a plain `colour`, blended by `alpha` (H, W); all uint8 sRGB."""
    a = alpha[:, :, None].astype(np.uint16)
    ground = np.array(colour, np.uint16)
    return ((rgb * a + ground * (255 - a) + 127) // 255).astype(np.uint8)


def _lab(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    image = colours.reshape(1, -1, 3).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), np.float32).reshape(-1, 3)
