"""A plain backdrop for a picture whose ground is transparent."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

# Plain studio tones, the most liked first: light, then middle, then dark.
_TONES: tuple[Colour, ...] = ((232, 229, 224), (158, 160, 163), (58, 60, 66))
# How much nearer to the figure's colours (CIE76, Lab units) a better liked tone may lie.
_LIKING = 6.0
_CLEAR = 22.0


def choose_backdrop(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> Colour:
    """The tone that a figure stands out from best along its outline.

    rgb: (H, W, 3) uint8 sRGB, not premultiplied. alpha: (H, W) uint8. Returns an sRGB colour. The
    light tone is taken unless the outline's colours come too near to it, as a white dress does.
    """
    opaque = (alpha > 200).astype(np.uint8)
    reach = max(2, min(alpha.shape) // 150)
    inner = cv2.erode(opaque, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8), borderValue=0)
    outline = rgb[(opaque == 1) & (inner == 0)]
    if len(outline) == 0:
        return _TONES[0]
    step = max(1, len(outline) // 20000)
    colours = _lab(outline[::step])
    best, best_score = _TONES[0], -np.inf
    for rank, tone in enumerate(_TONES):
        distance = np.linalg.norm(colours - _lab(np.array([tone], np.uint8)), axis=1)
        # The share of the outline that would be lost against the tone counts most.
        clear = min(float(np.percentile(distance, 15)), _CLEAR)
        score = clear - _LIKING * rank
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
