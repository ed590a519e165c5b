"""What stands behind or beside a figure in a flat drawing, and a salient-object net gets wrong.

A drawn figure often stands before a shape in one colour: a disc, a blob, a card. The net takes it
for a part of the figure. A cape or a flag, on the other hand, it may leave behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import (
    Mask,
    box_of,
    grow,
    opened,
    pieces_of,
    shrink,
    touching,
)
from understudy.character.image.one_colour import before_one_colour
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class DrawnGroundNumbers:
    """T is the torso's length. Set by eye on drawn figures before shapes and with capes."""

    figure: float = 0.5
    """From this share of a matte or mask on a pixel counts."""
    near: float = 0.1
    """T: how far outside the tracker's mask, which is coarse, the figure reaches."""
    sure: float = 0.9
    """From this share on the tracker is sure of its mask,"""
    edge: float = 0.14
    """T: so far from its edge."""
    large: float = 0.75
    """Times the tracker's mask: less beside it is hair, wings or a skirt."""
    alike: float = 6.0
    """Lab: what differs less has one colour,"""
    flat: float = 0.6
    """as so much of a shape has; what is painted or photographed is shaded."""
    behind: float = 0.4
    """Share of the figure's outline from which on a shape lies behind it; a cape has less."""
    seam: float = 0.03
    """T: between the figure and what hangs together with it."""
    joins: float = 0.06
    """Share of the figure's outline along which a thing hangs together with it, at least."""
    thing: float = 0.02
    """Of the figure's area, at least,"""
    things: float = 2.5
    """and at most: what is larger is a scene."""
    lies: float = 0.35
    """Height over width: a flatter thing is its shadow, or the floor."""


NUMBERS = DrawnGroundNumbers()


def without_shape_behind(
    picture: Float32, learned: Float32, mask: Float32, torso: float
) -> Float32:
    """The net's matte (h, w) without a shape in one colour that lies behind the figure.

    picture: (h, w, 3) float32 sRGB in 0..1. learned, mask: (h, w) float32 in 0..1, the net's matte
    and the tracker's mask. torso: pixels.
    """
    n = NUMBERS
    core = grow(mask > n.figure, n.near * torso)
    rest = (learned > n.figure) & ~core
    if rest.sum() < n.large * max(1, int(core.sum())):
        return learned
    lab = to_lab(picture)
    alike = np.linalg.norm(lab - np.median(lab[rest], axis=0), axis=-1) < n.alike
    if alike[rest].mean() < n.flat or _share_beside(core, alike) < n.behind:
        return learned
    sure = shrink(mask > n.sure, n.edge * torso)
    shape = touching(alike & ~sure, rest & alike)
    # The pixels between the two colours belong to neither.
    return np.where(grow(shape, 1) & ~sure, np.float32(0), learned)


def with_things_that_hang_on(
    picture: Float32, learned: Float32, mask: Float32, torso: float
) -> Float32:
    """The net's matte (h, w) with what the figure wears or holds, before a ground of one colour.

    picture, learned, mask, torso: see `without_shape_behind`.
    """
    n = NUMBERS
    other = before_one_colour(to_lab(picture), filled=False)
    if other is None:
        return learned
    figure = touching((learned > n.figure) & other, mask > n.figure)
    joined = touching(other, figure)
    rest = opened(joined & ~grow(figure, n.seam * torso), n.seam * torso)
    if _share_beside(figure, grow(rest, 2 * n.seam * torso)) > n.behind:
        # A scene behind the figure, which parts it into a left and a right piece.
        return learned
    pieces, areas = pieces_of(rest)
    area = max(1, int(figure.sum()))
    out = learned
    for number in range(1, areas.size):
        piece = np.asarray(pieces == number)
        box = box_of(piece, 0)
        if box is None or not n.thing * area < areas[number] < n.things * area:
            continue
        tall, wide = box[0].stop - box[0].start, box[1].stop - box[1].start
        touched = _share_beside(figure, grow(piece, 2 * n.seam * torso))
        if tall > n.lies * wide and n.joins < touched < n.behind:
            out = np.where(grow(piece, 2 * n.seam * torso) & joined, np.float32(1), out)
    return out


def _share_beside(figure: Mask, thing: Mask) -> float:
    """Share of the figure's outline beside which the thing lies."""
    ring = grow(figure, 2) & ~figure
    return float((ring & thing).sum() / max(1, int(ring.sum())))
