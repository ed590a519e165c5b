"""Renditions of what stands out in a picture: squares that a landmark net is shown.

A net that was trained on photographs of people finds the joints of a drawing or a mascot in some
renditions and not in others, and its own score does not tell in which. So it is shown many: the
picture, the figure cut out on grey and on white, in plain skin colour, and as if it were inflated
and lit; from near and from farther away; and each also as its mirror image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.character.image.masks import Mask, box_of, depth, grow, resize_mask, soften
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class RenditionNumbers:
    """How the renditions look. Those of the study; none was searched for more closely."""

    side: int = 256
    """Pixels of the square: what BlazePose is given."""
    finer: int = 2
    """Times that size is drawn first, so that thin limbs stay smooth."""
    height: float = 600.0
    """Pixels: a taller figure is made smaller before it is rendered."""
    boxes: tuple[float, float] = (1.1, 1.6)
    """The square's side over the longer side of the figure's box."""
    skin: tuple[float, float, float] = (205.0, 160.0, 130.0)
    """sRGB of plain skin."""
    thickness: float = 0.06
    """Of the height: the half width at which an inflated part is as round as it gets."""
    thicker: float = 0.02
    """Of the height: how much wider the figure is made for thin limbs to be seen."""
    light: tuple[float, float] = (-0.35, -0.5)
    """Share of the light that comes from the image's left and from above."""
    soft: tuple[float, float] = (0.6, 700.0)
    """Softness of the edge: pixels at least, and the height at which it is one pixel."""
    grounds: tuple[int, int, int] = (128, 200, 225)
    """Grey behind the picture, behind skin and behind inflated bodies."""
    half: float = 0.5
    """Share of the picture in the rendition that is half picture, half inflated."""
    roundest: float = 1.6
    """Height of an inflated part, in `thickness`, at which it grows no more."""
    rounding: float = 0.1
    """Of `thickness` (sigma): how much the inflated body is smoothed."""
    shades: tuple[float, float] = (0.15, 1.3)
    """The darkest and the brightest light on it,"""
    exposure: float = 0.8
    """and what all of it is multiplied by."""


NUMBERS = RenditionNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Rendition:
    """rgb: (side, side, 3) uint8. A point of the picture is `origin` + its point / `scale`, after
    the square was mirrored where `mirrored` says so."""

    rgb: NDArray[np.uint8]
    scale: float
    origin: Points
    mirrored: bool

    def in_picture(self, points: Points) -> Points:
        """Points (..., 2) of the square, already mirrored back, in the picture's pixels."""
        return np.asarray(points / self.scale + self.origin)


def renditions_of(rgb: NDArray[np.uint8], mask: Mask) -> Iterator[Rendition]:
    """The renditions of the figure that the mask (h, w) covers in the picture (h, w, 3) uint8."""
    n = NUMBERS
    box = box_of(mask, 0)
    if box is None:
        return
    rows = box[0]
    shrink = min(1.0, n.height / (rows.stop - rows.start))
    size = (max(2, round(mask.shape[1] * shrink)), max(2, round(mask.shape[0] * shrink)))
    image = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    small = resize_mask(mask, size)
    small_box = box_of(small, 0) or (slice(0, size[1]), slice(0, size[0]))
    top, left = small_box[0].start, small_box[1].start
    tall, wide = small_box[0].stop - top, small_box[1].stop - left
    centre = np.array([left + wide / 2, top + tall / 2])
    for name, content in _contents(image, small, float(tall)):
        outside = np.median(np.concatenate([content[0], content[-1]]), axis=0)
        for room in n.boxes:
            side = room * max(tall, wide)
            scale = n.side / side
            fine = n.finer * scale
            origin = centre - side / 2
            shift = np.array([[fine, 0, -origin[0] * fine], [0, fine, -origin[1] * fine]])
            square = cv2.warpAffine(
                content,
                shift,
                (n.finer * n.side, n.finer * n.side),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE if name == "picture" else cv2.BORDER_CONSTANT,
                borderValue=[float(value) for value in outside],
            )
            square = cv2.resize(square, (n.side, n.side), interpolation=cv2.INTER_AREA)
            shown = np.clip(np.round(square), 0, 255).astype(np.uint8)
            for flip in (False, True):
                yield Rendition(
                    np.ascontiguousarray(shown[:, ::-1] if flip else shown),
                    scale * shrink,
                    origin / shrink,
                    flip,
                )


def _contents(image: Float32, mask: Mask, height: float) -> Iterator[tuple[str, Float32]]:
    """What the squares show, each (h, w, 3) float32 in 0..255 with its name."""
    n = NUMBERS
    soft = max(n.soft[0], height / n.soft[1])
    alpha = soften(mask, soft)[..., None]
    lit = _inflated(mask, height)
    thick = grow(mask, n.thicker * height)
    thick_alpha = soften(thick, soft)[..., None]

    def over(content: Float32, cover: Float32, ground: float) -> Float32:
        return np.asarray(content * cover + ground * (1 - cover), np.float32)

    yield "picture", image
    grey, skin, lightest = n.grounds
    yield "on grey", over(image, alpha, grey)
    yield "on white", over(image, alpha, 255)
    yield "skin", over(np.broadcast_to(np.array(n.skin, np.float32), image.shape), alpha, skin)
    yield "inflated", over(lit, alpha, lightest)
    yield "thicker", over(_inflated(thick, height), thick_alpha, lightest)
    half = n.half * image + (1 - n.half) * lit
    yield "half", over(np.asarray(half, np.float32), alpha, skin)


def _inflated(mask: Mask, height: float) -> Float32:
    """The mask as a lit body in skin colour that is the thicker the wider it is: (h, w, 3)."""
    n = NUMBERS
    radius = n.thickness * height
    bulge = np.minimum(np.sqrt(depth(mask) / radius), n.roundest).astype(np.float32)
    bulge = np.asarray(cv2.GaussianBlur(bulge, (0, 0), n.rounding * radius), np.float32)
    slope_y, slope_x = (radius * slope for slope in np.gradient(bulge))
    upright = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    light = (n.light[0] * slope_x + n.light[1] * slope_y + 1) * upright
    shade = np.clip(light, *n.shades) * n.exposure
    return np.asarray(np.clip(shade[..., None] * np.array(n.skin), 0, 255), np.float32)
