"""The silhouette of the one thing that a picture shows, whatever it is.

A drawing on paper is found by its dark strokes and what they enclose, as AnimatedDrawings does it
(Smith, Zheng, Li, Jain and Hodgins, "A Method for Animating Children's Drawings of the Human
Figure", ACM Transactions on Graphics 42(3), 2023): a learned matte keeps the strokes and loses the
paper inside them. Before a ground of one colour the figure is what has another colour. Everything
else is what a learned matte says, or what differs from a plain rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import (
    Mask,
    box_of,
    closed,
    grow,
    opened,
    pieces_of,
    resize_mask,
    shrink,
    without_small,
)
from understudy.character.image.one_colour import before_one_colour, rim_of
from understudy.character.matte.drawn_ground import without_shape_behind
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class SilhouetteNumbers:
    """What counts as paper, as a stroke and as a figure.

    Stroke values are AnimatedDrawings'; the others were set by eye on drawings and photographs.
    """

    side: int = 600
    """Pixels: the longer side at which strokes are searched for; AnimatedDrawings' are near it."""
    window: int = 115
    """Pixels: the neighbourhood whose mean a stroke is darker than."""
    darker: float = 8.0
    """Grey levels that a stroke is darker than its neighbourhood."""
    thicken: int = 2
    """Times that a 3 x 3 square closes, and then widens, the strokes: gaps in outlines shut."""
    thin: float = 1.5
    """Pixels: how much of that is taken off again once the inside is filled."""
    paper_light: float = 45.0
    """Lab L: the median of a rim of paper is at least as light."""
    paper_chroma: float = 16.0
    """Lab: the median of a rim of paper has at most this much colour."""
    paper_spread: float = 7.0
    """Lab: the median distance of a rim of paper from its own median is at most this."""
    differs: float = 14.0
    """Lab: what differs this much from a plain rim is no background."""
    white: float = 97.0
    """Lab L: before a ground painted in a darker colour white is no paper, but the figure's."""
    torso: float = 0.3
    """Of a figure's height: about its torso's length, before its joints are known."""
    near: float = 0.1
    """Of the height of a figure's largest piece: how far below or above it another may lie, such as
    a drawn head that floats over its shoulders,"""
    piece: float = 0.03
    """and of its area what that has at least,"""
    beside: float = 0.5
    """and of its own width the share that lies over or under the rest."""
    flat: float = 0.2
    """Height over width of a piece: what is flatter is a shadow, or a line of writing."""
    least: float = 0.02
    """Share of the picture that a figure covers at least."""
    most: float = 0.9
    """And at most."""
    matte: float = 0.5
    """Alpha from which on a pixel of a matte is figure."""
    hole: float = 0.004
    """Share of the figure's area: smaller holes are filled."""
    edge: float = 0.8
    """Pixels: how soft the edge of a drawing's matte is."""
    same: float = 0.75
    """Intersection over union of what lines enclose and of a matte, from which on both are the
    same figure, and the lines the truth."""
    reach: float = 0.01
    """Of the longer side: how far outside the silhouette the learned matte's soft edge counts."""


NUMBERS = SilhouetteNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """mask: (h, w) bool, one piece. alpha: (h, w) float32 in 0..1, its soft matte."""

    mask: Mask
    alpha: Float32


def find_silhouette_of(
    rgb: NDArray[np.uint8], alpha: Float32 | None, salient: Float32 | None
) -> Silhouette | None:
    """What stands out in a picture, None where nothing of a figure's size does.

    rgb: (h, w, 3) uint8 sRGB. alpha: (h, w) float32, the matte that came with the picture, or None.
    salient: (h, w) float32, a learned matte of what stands out, or None without weights.
    """
    if alpha is not None:
        return _of_matte(alpha)
    lab, rim = _rim(rgb)
    usual, plain = _ground(rim)
    painted = _before_one_colour(rgb, lab, salient)
    if _is_paper(rim) and (painted is None or usual[0] > NUMBERS.white):
        drawn = _by_strokes(rgb)
        if painted is not None:
            drawn = _in_pieces(drawn | painted)
        if _has_size(drawn) and _agrees(drawn, salient):
            return Silhouette(drawn, _soft(drawn))
    if painted is not None and _has_size(painted):
        return _of_matte(_soft(painted))
    if salient is not None:
        return _of_matte(salient)
    if plain:
        out = np.linalg.norm(lab - usual, axis=-1) > NUMBERS.differs
        return _of_matte(opened(closed(out, 2), 1).astype(np.float32))
    return None


def enclosed_by_lines(rgb: NDArray[np.uint8], alpha: Float32) -> Float32 | None:
    """The matte (h, w) of a drawing on paper, by what its lines enclose; None where that
    is another figure than that of the matte `alpha` (h, w), or is cut by the picture."""
    _, rim = _rim(rgb)
    if not _is_paper(rim):
        return None
    found = alpha > NUMBERS.matte
    if np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]]).any():
        # What an edge of the picture cuts has no line there: paper is looked for in its colours.
        return None
    drawn = _by_strokes(rgb)
    same = (drawn & found).sum() / max(1, (drawn | found).sum())
    return _soft(drawn) if same > NUMBERS.same else None


def _ground(rim: Float32) -> tuple[Float32, bool]:
    """The usual colour (3,) of a picture's rim (n, 3), and whether all of it has about that."""
    usual = np.median(rim, axis=0)
    spread = float(np.median(np.linalg.norm(rim - usual, axis=-1)))
    return usual, spread < NUMBERS.paper_spread


def _is_paper(rim: Float32) -> bool:
    usual, plain = _ground(rim)
    light = usual[0] > NUMBERS.paper_light
    return bool(plain and light and np.hypot(usual[1], usual[2]) < NUMBERS.paper_chroma)


def _soft(mask: Mask) -> Float32:
    """The matte of a drawing's silhouette."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), NUMBERS.edge), np.float32)


def _of_matte(alpha: Float32) -> Silhouette | None:
    mask = _without_holes(_in_pieces(alpha > NUMBERS.matte))
    if not _has_size(mask):
        return None
    near = grow(mask, max(2.0, NUMBERS.reach * max(mask.shape)))
    # A neighbour that touches the soft edge does not belong to it.
    others = (alpha > NUMBERS.matte) & ~mask
    soft = np.where(near & ~others, alpha, 0)
    holes = mask & (alpha <= NUMBERS.matte)
    return Silhouette(mask, np.where(holes, 1, soft).astype(np.float32))


def _by_strokes(rgb: NDArray[np.uint8]) -> Mask:
    """The figure that dark or coloured strokes cover or enclose: (h, w) bool."""
    h, w = rgb.shape[:2]
    scale = NUMBERS.side / max(h, w)
    size = (max(8, round(w * scale)), max(8, round(h * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    # Coloured pencil is bright in some channel, and never in all.
    darkest = cv2.resize(rgb, size, interpolation=way).min(axis=2)
    strokes = cv2.adaptiveThreshold(
        darkest,
        255,
        cv2.ADAPTIVE_THRESH_GAUSSIAN_C,
        cv2.THRESH_BINARY_INV,
        NUMBERS.window,
        NUMBERS.darker,
    )
    square = np.ones((3, 3), np.uint8)
    strokes = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, square, iterations=NUMBERS.thicken)
    strokes = cv2.dilate(strokes, square, iterations=NUMBERS.thicken)
    pieces, _ = pieces_of(strokes == 0)
    border = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    outside = np.isin(pieces, np.unique(border[border > 0]))
    return resize_mask(_in_pieces(shrink(~outside, NUMBERS.thin)), (w, h))


def _in_pieces(mask: Mask) -> Mask:
    """The largest piece of a mask, and those that a narrow gap above or below parts from it."""
    n = NUMBERS
    pieces, areas = pieces_of(mask, connectivity=8)
    if areas.size < 2:
        return mask
    first = 1 + int(np.argmax(areas[1:]))
    figure = np.asarray(pieces == first)
    box = box_of(figure, 0)
    others = [k for k in range(1, areas.size) if k != first and areas[k] >= n.piece * areas[first]]
    if box is None or not others:
        return figure
    reach = n.near * (box[0].stop - box[0].start)
    added = True
    while added:
        added = False
        near, columns = grow(figure, reach), figure.any(axis=0)
        for number in others:
            piece = np.asarray(pieces == number)
            own = piece.any(axis=0)
            flat = piece.any(axis=1).sum() < n.flat * own.sum()
            if flat or (own & columns).sum() < n.beside * own.sum() or not (near & piece).any():
                continue
            figure |= piece
            others.remove(number)
            added = True
            break
    return figure


def _before_one_colour(
    rgb: NDArray[np.uint8], lab: Float32, salient: Float32 | None
) -> Mask | None:
    """The figure (h, w) bool before a ground that was painted in one colour; None before another.

    salient: what a learned matte sees of it tells it from a shape behind it.
    """
    other = before_one_colour(lab)
    if other is None:
        return None
    if salient is not None:
        values = np.asarray(rgb / np.float32(255), np.float32)
        box = box_of(salient > NUMBERS.matte, 0)
        torso = 0.0 if box is None else NUMBERS.torso * (box[0].stop - box[0].start)
        whole = other.astype(np.float32)
        other = without_shape_behind(values, whole, salient, torso) > NUMBERS.matte
    return _in_pieces(opened(other, 1))


def _rim(rgb: NDArray[np.uint8]) -> tuple[Float32, Float32]:
    """The picture in Lab (h, w, 3), and the pixels along its border (n, 3)."""
    lab = to_lab(np.asarray(rgb / np.float32(255), np.float32))
    return lab, rim_of(lab)


def _has_size(mask: Mask) -> bool:
    return bool(NUMBERS.least < mask.mean() < NUMBERS.most)


def _agrees(drawn: Mask, salient: Float32 | None) -> bool:
    """Whether a learned matte's figure lies in what the strokes enclose: a photograph before a
    white wall is no drawing where its parts are as light as the wall."""
    if salient is None:
        return True
    seen = salient > NUMBERS.matte
    return bool((seen & drawn).sum() >= 0.9 * seen.sum())


def _without_holes(mask: Mask) -> Mask:
    return ~without_small(~mask, NUMBERS.hole * max(1, int(mask.sum())))
