"""Filling a hole in a flat drawing: areas of one colour, carried on from both sides row by row.

Patches copied from elsewhere show in flat colours, and a smooth fill blurs their edges. What a
viewer expects behind the figure is that the areas go on: a hill to the hill on the other side, a
slope in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, grow
from understudy.character.inpaint.row_sides import Rows, sides_of
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class FlatNumbers:
    """What counts as a flat drawing, and as one of its areas. Set by eye.

    T is the torso's length."""

    even: float = 1.5  # Lab: the most that neighbours within one area differ
    flat: float = 0.82  # share of the background that lies within such areas
    grain: float = 0.25  # of `even`: where the median neighbour differs by more, paper has grain
    ring: float = 0.6  # T: how far round the hole the background is judged
    rim: int = 3  # px: what is this near to the hole is not judged
    judged_blur: float = 0.7  # px: deviation with which the picture is judged
    row_blur: float = 0.8  # px: deviation that evens out rows that were filled one by one,
    edge_blur: float = 1.0  # px: and that of its coming in from the hole's edge
    same: float = 7.0  # Lab: sides that differ by less belong to one area
    apart: float = 0.35  # share of the rows whose sides differ: in a room full of things most do


NUMBERS = FlatNumbers()


def is_flat(picture: Float32, hole: Mask, unit: float) -> bool:
    """Whether the background round the hole is drawn in areas of one colour.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool; unit: the torso in pixels.
    """
    ring = grow(hole, NUMBERS.ring * unit) & ~grow(hole, NUMBERS.rim)
    if not ring.any():
        return False
    lab = to_lab(np.asarray(cv2.GaussianBlur(picture, (0, 0), NUMBERS.judged_blur), np.float32))
    steps = np.zeros(hole.shape, np.float32)
    for axis in (0, 1):
        step = np.linalg.norm(np.diff(lab, axis=axis), axis=-1)
        part = np.s_[: step.shape[0], : step.shape[1]]
        steps[part] = np.maximum(steps[part], step)
    # Grain makes every pixel differ a little; gradients and areas do not.
    even, ring_steps = NUMBERS.even, steps[ring]
    flat = (ring_steps < even).mean() > NUMBERS.flat
    return bool(flat and np.median(ring_steps) < NUMBERS.grain * even)


def areas_go_on(picture: Float32, hole: Mask) -> bool:
    """Whether both sides of the hole show the same areas, so that one goes on to the other."""
    sides = sides_of(picture, hole)
    if sides is None or not sides.both.any():
        return True
    labels = to_lab(np.stack([sides.left, sides.right]).astype(np.float32))
    apart = np.linalg.norm(labels[0] - labels[1], axis=-1)
    return bool((apart > NUMBERS.same)[sides.both].mean() < NUMBERS.apart)


def fill_flat(picture: Float32, hole: Mask) -> Float32:
    """Carry the areas on through the hole.

    picture: (h, w, 3) float32 sRGB in 0..1; hole: (h, w) bool. Returns (h, w, 3) float32, the
    picture outside the hole.
    """
    sides = sides_of(picture, hole)
    if sides is None:
        return picture
    rows, first, last, left, right = sides.rows, sides.first, sides.last, sides.left, sides.right
    labels = to_lab(np.stack([left, right]).astype(np.float32))
    apart = np.linalg.norm(labels[0] - labels[1], axis=-1)
    border = _borders(
        labels, apart > NUMBERS.same, first.astype(np.float64), (last + 1).astype(np.float64)
    )
    filled = picture.copy()
    columns = np.arange(hole.shape[1])
    for number, y in enumerate(rows):
        a, b = first[number], last[number] + 1
        if apart[number] > NUMBERS.same:
            share = np.clip(columns[a:b] - border[number] + 0.5, 0, 1)
        else:
            share = (columns[a:b] - a + 0.5) / (b - a)
        line = left[number] + share[:, None] * (right[number] - left[number])
        filled[y, a:b] = np.where(hole[y, a:b, None], line, picture[y, a:b])
    # Rows are judged one by one: their borders' steps are a pixel or two.
    soft = cv2.GaussianBlur(filled, (0, 0), NUMBERS.row_blur)
    edge = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), NUMBERS.edge_blur)[..., None]
    return np.where(hole[..., None], filled + edge * (soft - filled), picture).astype(np.float32)


def _borders(labels: Float32, differ: NDArray[np.bool_], first: Rows, end: Rows) -> Rows:
    """Where in each row (n,) the left side's colour gives way to the right side's.

    Through the rows in which the sides differ the border runs straight from one side to the other,
    to the side whose colour is new there; through the middle where neither is.
    """
    n = len(differ)
    border = (first + end) / 2
    start = 0
    while start < n:
        if not differ[start]:
            start += 1
            continue
        stop = start
        while stop < n and differ[stop]:
            stop += 1
        ends = [0.5, 0.5]
        for number, (row, outside) in enumerate(((start, start - 1), (stop - 1, stop))):
            if 0 <= outside < n:
                away = np.linalg.norm(labels[:, row] - labels[:, outside].mean(axis=0), axis=-1)
                if away.min() < NUMBERS.same:
                    ends[number] = 1.0 if away[0] < away[1] else 0.0
        way = np.linspace(ends[0], ends[1], stop - start)
        border[start:stop] = first[start:stop] + way * (end - first)[start:stop]
        start = stop
    return border
