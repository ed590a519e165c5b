"""The figure's silhouette: a hard cut that the matte's soft edge is then laid along.

The tracker's segmentation is coarse but knows what a person is; colours know where the edge runs
but not what a person is. The segmentation and the skeleton fix what is surely figure and surely
background; GrabCut decides between them by the colours of the whole; then each place near the edge
is judged again by the colours of its own neighbourhood, which alone can tell a white sleeve from a
white wall next to it, or sky seen between hair and shoulder.
"""

from __future__ import annotations

import cv2
import numpy as np

from understudy.character.figure import body_map
from understudy.character.figure.anatomy import Anatomy
from understudy.character.image.colour import likeness, to_lab
from understudy.character.image.grab_cut import grab_cut
from understudy.character.image.masks import (
    Mask,
    depth,
    grow,
    opened,
    resize_mask,
    shrink,
    touching,
    without_small,
)
from understudy.character.image.palette import Colours
from understudy.character.matte.mirrored_head import mirrored_head
from understudy.geometry.landmarks import Float32

_WORK_AREA = 220_000  # pixels examined: the cost is linear in them
_CUT_SCALE = 0.65  # GrabCut only has to find the regions, the next step finds their edges
_HAIR = 0.6  # what the segmentation is this sure of on the head is the head
_COLOUR_WEIGHT, _PRIOR_WEIGHT, _CUT_WEIGHT = 1.0, 0.45, 1.2


def find_silhouette(cut: Float32, mask: Float32, anatomy: Anatomy) -> Float32:
    """The figure in a piece of the picture.

    cut: (h, w, 3) float32 sRGB in 0..1; mask: (h, w) float32, the tracker's segmentation; anatomy:
    in the piece's frame. Returns (h, w) float32 in 0..1, hard but for resizing.
    """
    h, w = mask.shape
    scale = min(1.0, float(np.sqrt(_WORK_AREA / (h * w))))
    size = (max(16, round(w * scale)), max(16, round(h * scale)))
    small = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.float32)
    prior = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
    figure = _Search(small, prior, anatomy.in_frame(np.zeros(2), scale)).run()
    return np.asarray(
        cv2.resize(figure.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR), np.float32
    )


class _Search:
    """One silhouette's search, at the small size."""

    def __init__(self, small: Float32, prior: Float32, anatomy: Anatomy) -> None:
        self._small = small
        self._lab = to_lab(small)
        self._prior = prior
        self._anatomy = anatomy
        self._unit = anatomy.torso
        self._shape = (prior.shape[0], prior.shape[1])
        self._bones = body_map.bones(self._shape, anatomy)
        # Colour cannot tell dark hair from a dark background: there the segmentation decides.
        self._skull = body_map.skull(self._shape, anatomy) & (prior > _HAIR)

    def run(self) -> Mask:
        figure = self._by_the_whole()
        figure |= mirrored_head(figure, self._lab, self._anatomy)
        for _ in range(2):
            figure &= ~self._strays(figure)
            figure = self._by_the_neighbourhood(figure)
        figure |= mirrored_head(figure, self._lab, self._anatomy)
        figure &= ~self._gaps(figure)
        # White shoes on a white floor, pale arms before a pale wall have no colour of their own:
        # there the segmentation decides.
        figure |= body_map.feet(self._shape, self._anatomy) & (self._prior > 0.75)
        figure |= body_map.arms(self._shape, self._anatomy) & (self._prior > 0.9)
        return self._tidy(figure)

    def _by_the_whole(self) -> Mask:
        prior, unit, bones = self._prior, self._unit, self._bones
        sure = shrink(prior > 0.9, 0.07 * unit) | (bones & (prior > 0.3))
        sure |= self._skull
        possible = grow((prior > 0.15) | bones, 0.12 * unit)
        h, w = self._shape
        size = (max(16, round(w * _CUT_SCALE)), max(16, round(h * _CUT_SCALE)))
        figure = grab_cut(
            np.asarray(cv2.resize(self._small, size, interpolation=cv2.INTER_AREA), np.float32),
            resize_mask(sure, size),
            resize_mask(prior > 0.5, size),
            resize_mask(possible, size),
            2,
        )
        return self._tidy(resize_mask(figure, (w, h)))

    def _by_the_neighbourhood(self, figure: Mask) -> Mask:
        """Judge the edge, and whatever the segmentation doubts, by the colours near by."""
        prior, unit, bones = self._prior, self._unit, self._bones
        inner, outer = depth(figure), depth(~figure)
        doubted = (prior > 0.04) & (prior < 0.97)
        where = (outer < 0.16 * unit) & ~bones
        where &= (np.maximum(inner, outer) < 0.05 * unit) | doubted
        # The segmentation often doubts hands, and seldom anything else deep in the figure.
        hands = body_map.hands(self._shape, self._anatomy, 0.4)
        first = (inner > 0.03 * unit) & (prior > np.where(hands, 0.2, 0.6)) | bones & (prior > 0.2)
        first |= self._skull
        second = (outer > 0.02 * unit) & (prior < 0.9)
        colour = likeness(self._lab, first, second, where, max(6, round(0.2 * unit)))
        votes = _COLOUR_WEIGHT * _logit(colour) + _PRIOR_WEIGHT * _logit(prior)
        votes += np.where(figure, _CUT_WEIGHT, -_CUT_WEIGHT)
        votes = np.where(where, votes, np.where(figure, 6, -6)).astype(np.float32)
        # Neighbours of one colour belong together.
        for _ in range(2):
            votes = np.asarray(cv2.bilateralFilter(votes, 5, 4.0, 1.5), np.float32)
        return self._tidy((votes > 0) | (bones & figure))

    def _strays(self, figure: Mask) -> Mask:
        """Parts of the cut away from the skeleton that look much more like the background."""
        unit = self._unit
        near = grow(body_map.bare_figure(self._shape, self._anatomy), 0.06 * unit)
        own, background = figure & near, depth(~figure) > 0.05 * unit
        if own.sum() < 100 or background.sum() < 100:
            return np.zeros(self._shape, bool)
        colours = Colours(self._lab)
        likely = colours.look_up(colours.palette(own))
        unlikely = colours.look_up(colours.palette(background))
        stray = figure & ~near & (likely < 0.2 * unlikely)
        return without_small(opened(stray, 0.015 * unit), 0.002 * unit**2)

    def _gaps(self, figure: Mask) -> Mask:
        """Background seen between limbs, or limbs and trunk, which the segmentation fills in."""
        unit, bones = self._unit, self._bones
        between = grow(body_map.between_limbs(self._shape, self._anatomy), 0.07 * unit)
        where = between & figure & ~grow(bones, 0.03 * unit)
        if not where.any():
            return where
        doubtful = between | body_map.hands(self._shape, self._anatomy, 0.3)
        own = figure & (~doubtful | bones) & (depth(figure) > 0.02 * unit)
        background = depth(~figure) > 0.02 * unit
        colour = likeness(self._lab, own, background, where, max(6, round(0.3 * unit)))
        gaps = opened(cv2.GaussianBlur(colour, (0, 0), 0.6) < 0.2, 0.006 * unit) & where
        # A white cord on a jacket is no hole in it: gaps open outwards, or are doubted somewhere.
        gaps = touching(gaps, (self._prior < 0.9) | grow(~figure, 2))
        return grow(without_small(gaps, 0.001 * unit**2), 1) & where

    def _tidy(self, figure: Mask) -> Mask:
        """Drop crumbs away from the figure, close pinholes inside it."""
        figure = opened(figure, 1) | (self._bones & figure)
        kept = touching(figure, self._bones)
        return ~without_small(~kept, 0.0002 * kept.size)


def _logit(probability: Float32) -> Float32:
    p = np.clip(probability, 0.02, 0.98)
    return np.asarray(np.log(p / (1 - p)), np.float32)
