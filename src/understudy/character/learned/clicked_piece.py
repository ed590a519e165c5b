"""The piece of a picture that somebody clicked, as a matte."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.figure.anatomy import Points
from understudy.character.image.masks import Mask, grow, opened, touching, without_small
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class PieceNumbers:
    """Set by eye on pictures of 720 px. Lengths are shares of the picture's longer side."""

    even: float = 0.004
    """Over which likelihoods are averaged: where the segmenter is in doubt it gives a pattern."""
    thin: float = 0.003
    """Half the width up to which a bridge does not join two pieces."""
    reach: float = 0.01
    """How far from a click the piece may begin."""
    steep: float = 4.0
    """How steeply a likelihood becomes a matte about one half."""
    hole: float = 0.01
    """Holes of a smaller share of the picture are filled."""


NUMBERS = PieceNumbers()


def clicked_piece(likely: Float32, on: Points) -> Float32:
    """The matte (h, w) float32 in 0..1 of what hangs together with the points (n, 2) that were
    clicked.

    likely: (h, w) float32 in 0..1, how likely each pixel is the piece's. Empty where no point lies
    on anything likely.
    """
    n, side = NUMBERS, max(likely.shape)
    even = cv2.GaussianBlur(likely, (0, 0), n.even * side)
    solid = np.asarray(even > 0.5)
    core = opened(solid, n.thin * side)
    seeds = grow(_marked(on, (likely.shape[0], likely.shape[1])), n.reach * side)
    own = touching(core, seeds)
    own = grow(own, 2 * n.thin * side) & solid
    holes = ~own & ~without_small(~own, n.hole * likely.size)
    own |= holes
    matte = np.clip((even - 0.5) * n.steep + 0.5, 0, 1)
    # With its rim, where likelihoods were averaged with the hole's.
    matte = np.where(grow(holes, 3 * n.even * side) & own, 1, matte)
    return np.where(grow(own, n.thin * side), matte, 0).astype(np.float32)


def _marked(points: Points, shape: tuple[int, int]) -> Mask:
    """The pixels that points lie on."""
    mask = np.zeros(shape, bool)
    places = np.clip(np.round(points).astype(int), 0, np.array(shape)[::-1] - 1)
    mask[places[:, 1], places[:, 0]] = True
    return mask
