"""Whether a figure is an outline drawing: its contour is a line of one ink.

Where that is so, a part that is cut out shows where it was cut: the line ends there, and the ink of
an arm's outline is no different from the body's, so colours do not tell them apart either.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, depth
from understudy.geometry.landmarks import Float32

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OutlineNumbers:
    """What a drawn outline is. T is the torso's length; colours are CIELAB.

    figure: alpha from which on a pixel is the figure's.
    blur: px (sigma) of the picture's grain.
    line: T, from where to where inwards from the matte's edge the line is looked for.
    beyond: T, from where to where its two sides are.
    darker: how much darker than both its sides the line is.
    ink: how far its colour lies from the usual one of the contour.
    share: of the contour that is such a line.
    least: px of contour that tell anything.
    """

    figure: float = 0.5
    blur: float = 0.8
    line: tuple[float, float] = (-0.02, 0.05)
    beyond: tuple[float, float] = (-0.05, 0.12)
    darker: float = 20.0
    ink: float = 20.0
    share: float = 0.57
    least: int = 100


NUMBERS = OutlineNumbers()


def is_outlined(colours: Float32, alpha: Float32, torso: float) -> bool:
    """Whether most of a figure's contour is drawn.

    colours: (h, w, 3) float32 sRGB 0..1, the picture. alpha: (h, w) float32, the figure's matte.
    torso: pixels.
    """
    return outlined_share(colours, alpha, torso) > NUMBERS.share


def outlined_share(colours: Float32, alpha: Float32, torso: float) -> float:
    """The share of the figure's contour that is a line of one ink; see `is_outlined`."""
    figure = np.asarray(alpha > NUMBERS.figure)
    inwards = depth(figure) - depth(~figure)
    lab = np.asarray(cv2.GaussianBlur(to_lab(colours), (0, 0), NUMBERS.blur), np.float32)
    offsets = np.arange(NUMBERS.beyond[0] * torso, NUMBERS.beyond[1] * torso)
    across = _across_contour(figure, inwards, offsets)
    if len(across) < NUMBERS.least:
        return 0.0
    light = _sampled(np.ascontiguousarray(lab[..., 0]), across)
    low, high = (value * torso for value in NUMBERS.line)
    band = np.flatnonzero((offsets > low) & (offsets < high))
    if not len(band):
        return 0.0
    at = band[light[:, band].argmin(axis=1)]
    darkest = np.take_along_axis(light, at[:, None], axis=1)[:, 0]
    before = np.arange(len(offsets)) < at[:, None]
    # Past the far side of a thin limb lies its other line.
    inside = (np.arange(len(offsets)) > at[:, None]) & (_sampled(inwards, across) > 1)
    sides = [np.where(side, light, -np.inf).max(axis=1) for side in (before, inside)]
    is_line = np.minimum(*sides) - darkest > NUMBERS.darker
    if not is_line.any():
        return 0.0
    places = np.take_along_axis(across, at[:, None, None], axis=1)
    colour = np.stack(
        [_sampled(np.ascontiguousarray(lab[..., k]), places)[:, 0] for k in range(3)], axis=1
    )
    ink = np.median(colour[is_line], axis=0)
    return float((is_line & (np.linalg.norm(colour - ink, axis=1) < NUMBERS.ink)).mean())


def _across_contour(figure: Mask, inwards: Float32, offsets: Float64) -> Float32:
    """For each pixel of the contour inside the picture, places (n, m, 2) inwards from it."""
    smooth = cv2.GaussianBlur(inwards, (0, 0), 1.5)
    down, right = np.gradient(smooth)
    steep = np.hypot(down, right) + 1e-6
    edge = (inwards > 0) & (inwards <= 1)
    rim = int(np.ceil(-offsets[0])) + 1
    edge[:rim], edge[-rim:], edge[:, :rim], edge[:, -rim:] = False, False, False, False
    ys, xs = np.nonzero(edge)
    way = np.stack([right[ys, xs], down[ys, xs]], axis=1) / steep[ys, xs][:, None]
    start = np.stack([xs, ys], axis=1)
    return np.asarray(start[:, None] + offsets[:, None] * way[:, None], np.float32)


def _sampled(image: Float32, places: Float32) -> Float32:
    """The values (n, m) of (h, w) at places (n, m, 2)."""
    return np.asarray(
        cv2.remap(
            image, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        np.float32,
    )
