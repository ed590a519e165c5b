"""Grounds that were painted in one colour, as behind drawn figures."""

from __future__ import annotations

import numpy as np

from understudy.character.image.masks import Mask, pieces_of
from understudy.geometry.landmarks import Float32

_RIM = 0.02  # of the shorter side: the rim in which the ground is seen
_ALIKE = 2.0  # Lab: the noise of a coder; pixels of one colour differ by less
_SHARE = 0.7  # of the rim that has one colour; the figure may cut the rest
_LEAST = 0.2  # of the picture that the ground covers; a frame round a scene covers less
_DIFFERS = 10.0  # Lab: what differs this much is no ground; a soft shadow on it differs less


def rim_of(lab: Float32) -> Float32:
    """The pixels (n, 3) along the border of a picture (h, w, 3)."""
    m = max(2, round(_RIM * min(lab.shape[:2])))
    sides = (lab[:m], lab[-m:], lab[:, :m], lab[:, -m:])
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def before_one_colour(lab: Float32, *, filled: bool = True) -> Mask | None:
    """What stands before a ground of one colour, (h, w) bool; None before any other ground.

    lab: (h, w, 3) float32 CIELAB. filled: with what it encloses, which has the ground's colour.
    """
    rim = rim_of(lab)
    usual = np.median(rim, axis=0)
    if (np.linalg.norm(rim - usual, axis=-1) < _ALIKE).mean() < _SHARE:
        return None
    alike = np.linalg.norm(lab - usual, axis=-1) <= _DIFFERS
    if alike.mean() < _LEAST:
        return None
    if not filled:
        return np.asarray(~alike)
    pieces, _ = pieces_of(np.asarray(alike))
    border = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    return ~np.isin(pieces, np.unique(border[border > 0]))
