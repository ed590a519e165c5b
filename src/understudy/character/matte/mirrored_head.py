"""Symmetric heads: ears, horns and bows found on one side are searched for on the other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import binary_fill_holes

from understudy.character.figure.anatomy import Anatomy, draw_disc
from understudy.character.image.masks import Mask, box_of, closed, depth, grow, opened, touching
from understudy.character.image.palette import Colours
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class MirrorNumbers:
    """When two places of a head are counterparts. T is the torso's length."""

    reach: float = 2.6
    """Face widths: radius of the place that is compared,"""
    above_face: float = 0.6
    """of the way from neck to head: how far above the face its centre lies."""
    alike: float = 14.0
    """Lab distance of a pixel from its counterpart, or from one close to that."""
    strange: float = 3.0
    """How much likelier the figure's palette explains a colour than the background's."""
    askew: float = 0.12
    """T: how far round the exact counterpart others are looked for,"""
    steps: int = 4
    """in so many steps each way."""
    figure: float = 0.5
    """Share of a counterpart that is figure."""
    above_neck: float = 0.6
    """Of the way from neck to head: lower pixels are no part of the head."""
    outline: float = 0.03
    """T: radius of the gaps in a drawn outline that are closed,"""
    enclosed: float = 0.12
    """T: and how far from it what it encloses is taken."""
    near: float = 0.03
    """T: the background's palette is taken from this far off the figure"""
    far: float = 0.8
    """T: to this far."""


NUMBERS = MirrorNumbers()


def mirrored_head(figure: Mask, lab: Float32, anatomy: Anatomy) -> Mask:
    """Pixels round the head whose counterparts on its other side are figure and look the same.

    figure: (h, w) bool. lab: (h, w, 3) float32 Lab of the picture, in the figure's frame. Returns
    (h, w) bool: only pieces that touch the figure, none of it, and what they enclose.
    """
    centre = anatomy.face_centre + NUMBERS.above_face * (anatomy.head - anatomy.neck)
    round_head = draw_disc(figure.shape, centre, NUMBERS.reach * anatomy.face_width)
    view = box_of(round_head, 0)
    found = np.zeros_like(figure)
    up = anatomy.head - anatomy.neck
    length = float(np.hypot(*up))
    if view is None or length < 1.0:
        return found
    across = np.array([-up[1], up[0]]) / length
    here = lab[view]
    rows, columns = np.mgrid[view].astype(np.float32)
    side = (columns - anatomy.face_centre[0]) * across[0] + (
        rows - anatomy.face_centre[1]
    ) * across[1]
    there = columns - 2 * side * across[0], rows - 2 * side * across[1]
    solid = figure.astype(np.float32)
    alike = np.zeros(here.shape[:2], bool)
    for dy in np.linspace(-NUMBERS.askew, NUMBERS.askew, 2 * NUMBERS.steps + 1) * anatomy.torso:
        for dx in np.linspace(-NUMBERS.askew, NUMBERS.askew, 2 * NUMBERS.steps + 1) * anatomy.torso:
            map_x, map_y = (
                (at + shift).astype(np.float32) for at, shift in zip(there, (dx, dy), strict=True)
            )
            other = cv2.remap(lab, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            inside = cv2.remap(solid, map_x, map_y, cv2.INTER_LINEAR)
            alike |= (inside > NUMBERS.figure) & (
                np.linalg.norm(here - other, axis=-1) < NUMBERS.alike
            )
    up_here = (columns - anatomy.neck[0]) * up[0] + (rows - anatomy.neck[1]) * up[1]
    alike &= (up_here > NUMBERS.above_neck * length**2) & ~figure[view]
    found[view] = opened(alike, 1) & _strange_to_the_ground(figure, lab, anatomy, round_head)[view]
    found &= touching(found | figure, figure)
    # A drawn outline is found whole before the paper-white that it encloses.
    filled = binary_fill_holes(closed(figure | found, NUMBERS.outline * anatomy.torso))
    return np.asarray(filled & grow(found, NUMBERS.enclosed * anatomy.torso) & ~figure)


def _strange_to_the_ground(figure: Mask, lab: Float32, anatomy: Anatomy, here: Mask) -> Mask:
    """Pixels with colours that the figure has and the background round it has not, both `here`."""
    away = depth(~figure)
    background = (away > NUMBERS.near * anatomy.torso) & (away < NUMBERS.far * anatomy.torso) & here
    own = figure & here
    if not background.any() or not own.any():
        return np.zeros_like(figure)
    colours = Colours(lab)
    likely, unlikely = (colours.look_up(colours.palette(part)) for part in (own, background))
    return np.asarray(likely > NUMBERS.strange * unlikely)
