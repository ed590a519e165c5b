"""The figure's silhouette: a hard mask. The matte's soft edge follows its outline.

The tracker's segmentation is coarse but finds persons; colours show where the edge runs but not
what a person is. Segmentation and skeleton determine what is certainly figure and certainly
background. GrabCut decides about the rest by the colours of the whole picture. Then each place near
the edge is classified again by the colours of its neighbourhood: only they separate a white sleeve
from a white wall next to it, or hair and shoulder from the sky between them.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class SilhouetteNumbers:
    """What decides the silhouette. T is the torso's length; `mask` is the tracker's segmentation,
    0..1; pixels are those of the piece examined.
    """

    work_area: int = 220_000
    """px examined: the cost is linear in them."""
    least_side: int = 16
    """px: sides are not made smaller."""
    cut_scale: float = 0.65
    """GrabCut's sides: it only has to find the regions, the next step finds their edges."""
    cut_rounds: int = 2
    """GrabCut's iterations."""
    sure: float = 0.9
    """Mask of what is surely figure,"""
    sure_depth: float = 0.07
    """T: this far inside."""
    sure_bone: float = 0.3
    """Mask from which on a bone is surely figure."""
    hair: float = 0.6
    """Mask from which on the skull is surely figure."""
    likely: float = 0.5
    """Mask of what is at first taken for figure,"""
    possible: float = 0.15
    """and of what may be figure,"""
    possible_margin: float = 0.12
    """T: with this round it."""
    rounds: int = 2
    """How often strays are dropped and the edge is judged again."""
    feet: float = 0.75
    """Mask from which on feet are figure whatever their colour,"""
    arms: float = 0.9
    """and arms."""
    doubted: tuple[float, float] = (0.04, 0.97)
    """Between these the mask doubts."""
    doubt_margin: float = 0.16
    """T: how far outside of the figure a doubted pixel is judged,"""
    edge: float = 0.05
    """T: how far from the edge any pixel is."""
    hand: float = 0.4
    """T: radius of a hand, which the mask often doubts: there"""
    hand_mask: float = 0.2
    """is the mask from which on what lies deep is figure,"""
    deep_mask: float = 0.6
    """and here elsewhere,"""
    deep: float = 0.03
    """T: as far inside as this;"""
    bone_mask: float = 0.2
    """the mask from which on a bone shows the figure's colours."""
    away: float = 0.02
    """T: from here out lie the background's colours,"""
    away_mask: float = 0.9
    """where the mask is less than this."""
    reach: float = 0.2
    """T: how far colours are taken from,"""
    gap_reach: float = 0.3
    """T: for gaps between limbs,"""
    least_reach: int = 6
    """px: at least."""
    colour_weight: float = 1.0
    """Weight of the colours' log odds,"""
    prior_weight: float = 0.45
    """of the mask's,"""
    cut_weight: float = 1.2
    """and the vote of what was found before."""
    certain: int = 6
    """Votes of what is not judged."""
    odds: tuple[float, float] = (0.02, 0.98)
    """Bounds of a probability that votes."""
    neighbours: tuple[int, float, float] = (5, 4.0, 1.5)
    """Bilateral filter that makes neighbours agree: px, votes, px,"""
    neighbour_rounds: int = 2
    """this many times."""
    stray_margin: float = 0.06
    """T: parts of the cut further from the bare figure may be strays,"""
    stray_background: float = 0.05
    """T: the background's palette beginning this far out,"""
    least_pixels: int = 100
    """px: no palette is made of fewer;"""
    stray: float = 0.2
    """Of the background's likelihood: a stray's colours have less of the figure's."""
    stray_width: float = 0.015
    """T: radius of the narrowest stray,"""
    stray_area: float = 0.002
    """T^2: and area of the smallest."""
    between_margin: float = 0.07
    """T: gaps lie this near to the places that limbs enclose,"""
    bone_margin: float = 0.03
    """T: and this far from a bone."""
    doubtful_hand: float = 0.3
    """T: radius of a hand, whose colours are not the figure's for sure."""
    gap_depth: float = 0.02
    """T: how far off the edge colours are taken for gaps."""
    gap_blur: float = 0.6
    """px: deviation with which neighbours are made to agree."""
    gap: float = 0.2
    """Likeness below which a pixel is a gap,"""
    gap_width: float = 0.006
    """T: radius of the narrowest,"""
    gap_mask: float = 0.9
    """mask that a gap has less of somewhere, unless it opens outwards,"""
    gap_area: float = 0.001
    """T^2: and area of the smallest."""
    crumb: float = 0.0002
    """Of the piece: smaller holes are closed."""


NUMBERS = SilhouetteNumbers()


def find_silhouette(cut: Float32, mask: Float32, anatomy: Anatomy) -> Float32:
    """The figure in a piece of the picture.

    cut: (h, w, 3) float32 sRGB in 0..1; mask: (h, w) float32, the tracker's segmentation; anatomy:
    in the piece's frame. Returns (h, w) float32 in 0..1, hard but for resizing.
    """
    h, w = mask.shape
    scale = min(1.0, float(np.sqrt(NUMBERS.work_area / (h * w))))
    size = (max(NUMBERS.least_side, round(w * scale)), max(NUMBERS.least_side, round(h * scale)))
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
        self._skull = body_map.skull(self._shape, anatomy) & (prior > NUMBERS.hair)

    def run(self) -> Mask:
        figure = self._by_the_whole()
        figure |= mirrored_head(figure, self._lab, self._anatomy)
        for _ in range(NUMBERS.rounds):
            figure &= ~self._strays(figure)
            figure = self._by_the_neighbourhood(figure)
        figure |= mirrored_head(figure, self._lab, self._anatomy)
        figure &= ~self._gaps(figure)
        # White shoes on a white floor, pale arms before a pale wall have no colour of their own:
        # there the segmentation decides.
        figure |= body_map.feet(self._shape, self._anatomy) & (self._prior > NUMBERS.feet)
        figure |= body_map.arms(self._shape, self._anatomy) & (self._prior > NUMBERS.arms)
        return self._tidy(figure)

    def _by_the_whole(self) -> Mask:
        prior, unit, bones = self._prior, self._unit, self._bones
        sure = shrink(prior > NUMBERS.sure, NUMBERS.sure_depth * unit)
        sure |= bones & (prior > NUMBERS.sure_bone)
        sure |= self._skull
        possible = grow((prior > NUMBERS.possible) | bones, NUMBERS.possible_margin * unit)
        h, w = self._shape
        least, scale = NUMBERS.least_side, NUMBERS.cut_scale
        size = (max(least, round(w * scale)), max(least, round(h * scale)))
        figure = grab_cut(
            np.asarray(cv2.resize(self._small, size, interpolation=cv2.INTER_AREA), np.float32),
            resize_mask(sure, size),
            resize_mask(prior > NUMBERS.likely, size),
            resize_mask(possible, size),
            NUMBERS.cut_rounds,
        )
        return self._tidy(resize_mask(figure, (w, h)))

    def _by_the_neighbourhood(self, figure: Mask) -> Mask:
        """Classify the edge, and where the segmentation is uncertain, by nearby colours."""
        prior, unit, bones = self._prior, self._unit, self._bones
        inner, outer = depth(figure), depth(~figure)
        doubted = (prior > NUMBERS.doubted[0]) & (prior < NUMBERS.doubted[1])
        where = (outer < NUMBERS.doubt_margin * unit) & ~bones
        where &= (np.maximum(inner, outer) < NUMBERS.edge * unit) | doubted
        # The segmentation often doubts hands, and seldom anything else deep in the figure.
        hands = body_map.hands(self._shape, self._anatomy, NUMBERS.hand)
        deep_mask = np.where(hands, NUMBERS.hand_mask, NUMBERS.deep_mask)
        first = (inner > NUMBERS.deep * unit) & (prior > deep_mask)
        first |= bones & (prior > NUMBERS.bone_mask)
        first |= self._skull
        second = (outer > NUMBERS.away * unit) & (prior < NUMBERS.away_mask)
        colour = likeness(
            self._lab, first, second, where, max(NUMBERS.least_reach, round(NUMBERS.reach * unit))
        )
        votes = NUMBERS.colour_weight * _logit(colour) + NUMBERS.prior_weight * _logit(prior)
        votes += np.where(figure, NUMBERS.cut_weight, -NUMBERS.cut_weight)
        votes = np.where(where, votes, np.where(figure, NUMBERS.certain, -NUMBERS.certain)).astype(
            np.float32
        )
        # Neighbours of one colour belong together.
        for _ in range(NUMBERS.neighbour_rounds):
            votes = np.asarray(cv2.bilateralFilter(votes, *NUMBERS.neighbours), np.float32)
        return self._tidy((votes > 0) | (bones & figure))

    def _strays(self, figure: Mask) -> Mask:
        """Parts of the cut away from the skeleton that look much more like the background."""
        unit = self._unit
        near = grow(body_map.bare_figure(self._shape, self._anatomy), NUMBERS.stray_margin * unit)
        own, background = figure & near, depth(~figure) > NUMBERS.stray_background * unit
        if min(own.sum(), background.sum()) < NUMBERS.least_pixels:
            return np.zeros(self._shape, bool)
        colours = Colours(self._lab)
        likely = colours.look_up(colours.palette(own))
        unlikely = colours.look_up(colours.palette(background))
        stray = figure & ~near & (likely < NUMBERS.stray * unlikely)
        return without_small(
            opened(stray, NUMBERS.stray_width * unit), NUMBERS.stray_area * unit**2
        )

    def _gaps(self, figure: Mask) -> Mask:
        """Background seen between limbs, or limbs and trunk, which the segmentation fills in."""
        unit, bones = self._unit, self._bones
        between = grow(
            body_map.between_limbs(self._shape, self._anatomy), NUMBERS.between_margin * unit
        )
        where = between & figure & ~grow(bones, NUMBERS.bone_margin * unit)
        if not where.any():
            return where
        doubtful = between | body_map.hands(self._shape, self._anatomy, NUMBERS.doubtful_hand)
        own = figure & (~doubtful | bones) & (depth(figure) > NUMBERS.gap_depth * unit)
        background = depth(~figure) > NUMBERS.gap_depth * unit
        colour = likeness(
            self._lab,
            own,
            background,
            where,
            max(NUMBERS.least_reach, round(NUMBERS.gap_reach * unit)),
        )
        even = cv2.GaussianBlur(colour, (0, 0), NUMBERS.gap_blur)
        gaps = opened(np.asarray(even < NUMBERS.gap), NUMBERS.gap_width * unit) & where
        # A white cord on a jacket is no hole in it: gaps open outwards, or are doubted somewhere.
        gaps = touching(gaps, (self._prior < NUMBERS.gap_mask) | grow(~figure, 2))
        return grow(without_small(gaps, NUMBERS.gap_area * unit**2), 1) & where

    def _tidy(self, figure: Mask) -> Mask:
        """Drop crumbs away from the figure, close pinholes inside it."""
        figure = opened(figure, 1) | (self._bones & figure)
        kept = touching(figure, self._bones)
        return ~without_small(~kept, NUMBERS.crumb * kept.size)


def _logit(probability: Float32) -> Float32:
    p = np.clip(probability, *NUMBERS.odds)
    return np.asarray(np.log(p / (1 - p)), np.float32)
