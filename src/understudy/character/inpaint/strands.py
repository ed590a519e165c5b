"""Strands: what of the figure is too thin for its matte, such as whiskers and single hairs.

A strand is a line that differs from what lies on both sides of it, hangs on the figure, and ends
near it. The background has lines as well: a strand stands out from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, grow, opened, pieces_of, touching
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class StrandNumbers:
    """What counts as a strand. T is the torso's length. Set by eye."""

    side: int = 720
    """px of the shorter side at which strands are looked for: finer ones nobody sees."""
    window: float = 0.03
    """T: of the neighbourhood that a strand differs from,"""
    least_window: int = 5
    """px: and at least this."""
    width: float = 0.012
    """T: half that of the widest strand,"""
    least_width: float = 2.0
    """px: and at least this."""
    reach: float = 0.5
    """T: how far from the hole strands are looked for, and at most go."""
    goes_on: float = 2.0
    """px: a line that comes so near to the end of that reach goes on behind it."""
    usual: float = 95.0
    """Percentile of the lines of the background, farther off,"""
    stands_out: float = 1.5
    """times which a strand differs from its sides,"""
    least: float = 6.0
    """Lab: and at least by this."""
    faint: float = 0.4
    """Share of that with which a strand goes on."""
    length: float = 0.06
    """T: of the shortest; the hole's margin takes shorter ones."""
    slender: float = 4.0
    """How many times longer than wide,"""
    most_area: float = 0.02
    """T²: and no larger, as clouds and rays of light are."""
    margin: float = 0.012
    """T: round it."""


NUMBERS = StrandNumbers()


def strands(picture: Float32, hole: Mask, unit: float) -> Mask:
    """The strands that hang on the figure, with a margin: (h, w) bool.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool, the figure without them; unit: torso
    length in pixels.
    """
    n = NUMBERS
    window = max(n.least_window, round(n.window * unit)) | 1
    light = np.asarray(to_lab(picture))
    near = grow(hole, n.reach * unit)
    beyond = ~near
    line = _lines(light, window)
    line[hole] = 0
    if not beyond.any():
        beyond = ~grow(hole, 0.3 * n.reach * unit)
    if not beyond.any():
        return np.zeros(hole.shape, bool)
    strong = max(n.least, n.stands_out * float(np.percentile(line[beyond], n.usual)))
    rim = grow(hole, 2.0)
    faint = near & ~hole & (line > n.faint * strong)
    found = touching(faint, (line > strong) & near)
    thick = opened(found, max(n.least_width, n.width * unit))
    found &= ~grow(thick, 2 * max(n.least_width, n.width * unit))
    found = touching(found | hole, hole) & ~hole
    if not found.any():
        return found
    # What goes on out of reach, such as the frame of a picture on the wall, is the background's.
    kept = _slender(found, rim, grow(~near, n.goes_on), unit)
    return grow(kept, max(2.0, n.margin * unit))


def _lines(lab: Float32, window: int) -> Float32:
    """How much each pixel differs from the median round it: (h, w) float32, Lab units."""
    total = np.zeros(lab.shape[:2], np.float32)
    for channel, offset in ((0, 0.0), (1, 128.0), (2, 128.0)):
        plane = np.clip(lab[..., channel] * (2.55 if channel == 0 else 1.0) + offset, 0, 255)
        plane = np.asarray(plane, np.uint8)
        off = plane.astype(np.float32) - cv2.medianBlur(plane, window)
        total += (off / (2.55 if channel == 0 else 1.0)) ** 2
    return np.asarray(np.sqrt(total), np.float32)


def _slender(found: Mask, rim: Mask, beyond: Mask, unit: float) -> Mask:
    """The pieces that are long, narrow, begin at the figure (`rim`) and end before `beyond`."""
    n = NUMBERS
    pieces, areas = pieces_of(found, connectivity=8)
    begins = np.zeros(areas.size, bool)
    begins[np.unique(pieces[rim & found])] = True
    begins[np.unique(pieces[beyond & found])] = False
    kept = np.zeros(areas.size, bool)
    for number in np.flatnonzero(begins):
        if number == 0 or areas[number] > n.most_area * unit**2:
            continue
        ys, xs = np.nonzero(pieces == number)
        length = float(np.hypot(np.ptp(ys) + 1, np.ptp(xs) + 1))
        kept[number] = length > n.length * unit and length > n.slender * areas[number] / length
    return np.asarray(kept[pieces])
