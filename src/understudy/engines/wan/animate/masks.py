"""The driver's place in every frame of the clip, where the character is drawn instead.

The tracker's mask of the person is made wider, and then coarser: the grid cells over its bounding
box that it touches are covered whole, so that a character of another outline has room. The widening
and the grid of one cell, which is the bounding box, are the makers' defaults (Wan-Video/Wan2.2,
wan/modules/animate/preprocess).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import VISIBLE
from understudy.tracking.trackers import PictureTrack, Region

Rgb = NDArray[np.uint8]
Mask = NDArray[np.uint8]
FindPerson = Callable[[Rgb, Region | None], PictureTrack]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """likely: from this on a pixel belongs to the person. widening: pixels by which the mask grows
    on every side, at a frame of 1280 x 720. columns, rows: of the grid over the mask. region: side
    of the square that is searched for the person, over the extent of the landmarks. around: what is
    added on each side of the landmarks where no mask was found, as a share of their extent.
    """

    likely: float = 0.5
    widening: float = 9.0
    columns: int = 1
    rows: int = 1
    region: float = 1.25
    around: float = 0.12


NUMBERS = _Numbers()
_WIDENING_AREA = 1280 * 720


def driver_mask(rgb: Rgb, body: Float32, find: FindPerson) -> Mask:
    """(H, W) uint8, 1 where the driver is in a frame (H, W, 3), else 0.

    body: (33, 4) landmarks in the frame's pixels. find: the tracker.
    """
    points = body[np.isfinite(body[:, 0]) & (body[:, 3] > VISIBLE), :2]
    if len(points) < 2:
        return np.zeros(rgb.shape[:2], np.uint8)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    x, y = (low + high) / 2
    found = find(rgb, Region(float(x), float(y), NUMBERS.region * max(extent, 1.0)))
    mask = np.asarray(found.mask > NUMBERS.likely, np.uint8)
    # A mask that lies elsewhere is not the driver's.
    if not mask[_pixels(points, rgb.shape[:2])].any():
        mask = _box(low - NUMBERS.around * extent, high + NUMBERS.around * extent, rgb.shape[:2])
    return coarsened(widened(mask))


def widened(mask: Mask) -> Mask:
    """The mask grown on every side."""
    scale = np.sqrt(mask.shape[0] * mask.shape[1] / _WIDENING_AREA)
    reach = max(1, round(NUMBERS.widening * float(scale)))
    side = 2 * reach + 1
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), np.uint8)


def coarsened(mask: Mask, columns: int = NUMBERS.columns, rows: int = NUMBERS.rows) -> Mask:
    """The cells of a grid over the mask's bounding box that it touches."""
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return mask
    coarse = np.zeros_like(mask)
    lines = np.linspace(ys.min(), ys.max() + 1, rows + 1).round().astype(int)
    sides = np.linspace(xs.min(), xs.max() + 1, columns + 1).round().astype(int)
    for top, bottom in pairwise(lines):
        for left, right in pairwise(sides):
            coarse[top:bottom, left:right] = mask[top:bottom, left:right].any()
    return coarse


def _pixels(points: Float32, size: tuple[int, ...]) -> tuple[NDArray[np.int64], ...]:
    columns = np.clip(points[:, 0].round().astype(np.int64), 0, size[1] - 1)
    rows = np.clip(points[:, 1].round().astype(np.int64), 0, size[0] - 1)
    return rows, columns


def _box(low: Float32, high: Float32, size: tuple[int, ...]) -> Mask:
    mask = np.zeros(size, np.uint8)
    left, top = np.maximum(low.round().astype(int), 0)
    right, bottom = np.maximum(high.round().astype(int), 0)
    mask[top:bottom, left:right] = 1
    return mask
