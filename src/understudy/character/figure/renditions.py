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
    soft = max(0.6, height / 700)
    alpha = soften(mask, soft)[..., None]
    lit = _inflated(mask, height)
    thick = grow(mask, n.thicker * height)
    thick_alpha = soften(thick, soft)[..., None]

    def over(content: Float32, cover: Float32, ground: float) -> Float32:
        return np.asarray(content * cover + ground * (1 - cover), np.float32)

    yield "picture", image
    yield "on grey", over(image, alpha, 128)
    yield "on white", over(image, alpha, 255)
    yield "skin", over(np.broadcast_to(np.array(n.skin, np.float32), image.shape), alpha, 200)
    yield "inflated", over(lit, alpha, 225)
    yield "thicker", over(_inflated(thick, height), thick_alpha, 225)
    yield "half", over(np.asarray(0.5 * image + 0.5 * lit, np.float32), alpha, 200)


def _inflated(mask: Mask, height: float) -> Float32:
    """The mask as a lit body in skin colour that is the thicker the wider it is: (h, w, 3)."""
    n = NUMBERS
    radius = n.thickness * height
    bulge = np.minimum(np.sqrt(depth(mask) / radius), 1.6).astype(np.float32)
    bulge = np.asarray(cv2.GaussianBlur(bulge, (0, 0), 0.1 * radius), np.float32)
    slope_y, slope_x = (radius * slope for slope in np.gradient(bulge))
    upright = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    shade = np.clip((n.light[0] * slope_x + n.light[1] * slope_y + 1) * upright, 0.15, 1.3) * 0.8
    return np.asarray(np.clip(shade[..., None] * np.array(n.skin), 0, 255), np.float32)
