"""The matte: how much of each pixel belongs to the figure, and the figure's own colours there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import Anatomy, draw_disc
from understudy.character.image.masks import Box, box_of, shrink
from understudy.character.matte.drawn_ground import (
    with_things_that_hang_on,
    without_shape_behind,
)
from understudy.character.matte.foreground import foreground_colours
from understudy.character.matte.learned import ArmWitnesses, complete_matte
from understudy.character.matte.silhouette import find_silhouette
from understudy.character.matte.soft_edge import soft_edge
from understudy.geometry.landmarks import Float32

_HAIR = 1.6  # face widths: how far round the face's centre hair makes the edge wide
_MARGIN = 0.25  # T: round the figure's box
_SEEN = 0.5  # visibility above which a joint belongs to that box,
_POSSIBLE = 0.15  # and the tracker's mask above which a pixel does
_SURE = 0.9  # the tracker's mask from which on it is sure of a pixel,
_RIM = 0.04  # T: so far from its mask's edge, which is coarse;
_DROPPED = 0.5  # a learned matte below which the net does not see it,
_MOST_DROPPED = 0.25  # and of what the tracker is sure of the share that a net may miss
_COLOUR_MARGIN = 16  # px: how far past the matte the figure's colours are continued


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """alpha: (h, w) float32 in 0..1. colours: (h, w, 3) float32 sRGB in 0..1, the figure's own."""

    alpha: Float32
    colours: Float32


def find_matte(
    picture: Float32,
    mask: Float32,
    anatomy: Anatomy,
    salient: Float32 | None = None,
    arms: ArmWitnesses = (None, None),
) -> Matte:
    """The matte of the figure in an opaque picture.

    picture: (h, w, 3) float32 sRGB in 0..1. mask: (h, w) float32 in 0..1, the tracker's
    segmentation. salient: (h, w) float32 in 0..1, a learned matte of what stands out; without it
    colours and the tracker's mask decide, inside the figure's box. A net that keeps the head and
    drops the trunk is helped by them. arms: see `complete_matte`.
    """
    if salient is None:
        return with_colours(picture, _by_colours(picture, mask, anatomy))
    if _share_dropped(salient, mask, anatomy.torso) > _MOST_DROPPED:
        salient = np.maximum(salient, _by_colours(picture, mask, anatomy))
    unit = anatomy.torso
    alone = without_shape_behind(picture, salient, mask, unit)
    if alone is salient:
        alone = with_things_that_hang_on(picture, salient, mask, unit)
    alpha = complete_matte(picture, alone, mask, anatomy, arms)
    # A pale shape before a pale ground looks like white cloth that the net lost.
    bare = without_shape_behind(picture, alpha, mask, unit)
    return with_colours(picture, np.where(alone > _DROPPED, alpha, bare))


def _share_dropped(salient: Float32, mask: Float32, torso: float) -> float:
    """Of what the tracker surely sees of the figure, the share that the net does not see."""
    sure = shrink(mask > _SURE, _RIM * torso)
    return float((sure & (salient < _DROPPED)).sum() / max(1, sure.sum()))


def _by_colours(picture: Float32, mask: Float32, anatomy: Anatomy) -> Float32:
    """Alpha (h, w) float32 in 0..1 as the figure's and the background's colours tell it."""
    view = _figure_box(mask, anatomy)
    cut = np.ascontiguousarray(picture[view])
    origin = np.array([view[1].start, view[0].start], float)
    piece = anatomy.in_frame(origin, 1.0)
    silhouette = find_silhouette(cut, mask[view], piece)
    hair = draw_disc((cut.shape[0], cut.shape[1]), piece.face_centre, _HAIR * piece.face_width)
    alpha = np.zeros_like(mask)
    alpha[view] = soft_edge(cut, silhouette, hair, anatomy.torso)
    return alpha


def with_colours(picture: Float32, alpha: Float32) -> Matte:
    """A matte out of a picture and its alpha (both float32 in 0..1)."""
    view = box_of(alpha > 0, _COLOUR_MARGIN)
    if view is None:
        return Matte(alpha, picture)
    colours = picture.copy()
    colours[view] = foreground_colours(picture[view], alpha[view])
    return Matte(alpha, colours)


def _figure_box(mask: Float32, anatomy: Anatomy) -> Box:
    """The figure's box with its margin."""
    h, w = mask.shape
    box = box_of(mask > _POSSIBLE, 0) or (slice(0, 0), slice(0, 0))
    known = anatomy.joints[anatomy.visibility > _SEEN]
    corners = np.array([[box[1].start, box[0].start], [box[1].stop, box[0].stop]], float)
    points = np.concatenate([known, corners]) if box[0].stop else known
    margin = _MARGIN * anatomy.torso
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    return (
        slice(int(np.clip(low[1], 0, h - 2)), int(np.clip(high[1] + 1, 2, h))),
        slice(int(np.clip(low[0], 0, w - 2)), int(np.clip(high[0] + 1, 2, w))),
    )
