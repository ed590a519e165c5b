"""Finding the hair: it belongs to the head even where it lies over shoulders and arms."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.figure.anatomy import Anatomy, draw_bones, draw_disc, draw_polygon
from understudy.character.image.masks import Mask, closed, grow, opened, pieces_of
from understudy.character.image.palette import Colours, overlap
from understudy.geometry.landmarks import Body, Float32


@dataclass(frozen=True, slots=True)
class HairNumbers:
    """How hair is recognized by its colours. T is the torso's length, F the face's width."""

    too_alike: float = 0.35
    """Overlap of the palettes of hair and arms above which colour cannot tell them apart."""
    solid: float = 0.95
    """Alpha of the pixels whose colours are taken."""
    ring: float = 1.15
    """F: radius of the ring round the face where hair is expected,"""
    ring_flat: float = 0.64
    """squared: how much less its height counts than its width."""
    chin: float = 0.6
    """F: the ring ends this far below the face's centre,"""
    above_neck: float = 0.08
    """T: or this far above the neck."""
    face_margin: float = 0.06
    """F: between the face and the ring."""
    least_ring: int = 80
    """px: fewer of the ring tell no colour."""
    inner_face: float = 0.1
    """F: the face's colours are taken this far inside of its outline."""
    torso_weight: float = 0.7
    """Of the torso's palette beside the face's and the arms'."""
    least_arms: int = 50
    """px: fewer of the arms tell no colour."""
    unknown: float = 2e-5
    """Likelihood of a colour that neither palette has."""
    ratio_blur: float = 1.5
    """px: deviation with which neighbours are made to agree."""
    likely: float = 0.5
    """From this share of the likelihood on a pixel is hair."""
    figure: float = 0.5
    """Alpha from which on a pixel is figure."""
    reach: float = 2.6
    """F, and"""
    reach_torso: float = 0.15
    """T: how far from the face's centre hair hangs at most,"""
    apart: float = 0.1
    """unless less than this of its palette is also the arms' or the torso's: then colour tells."""
    crumb: int = 2
    """px: radius of the gaps that are closed and the crumbs that are dropped."""
    share: float = 0.05
    """Of the ring: a piece that holds less of it is not hair."""
    torso_side: float = 0.45
    """Of the way from the neck to a shoulder: where the torso's colours are taken,"""
    torso_top: float = 0.12
    """of the trunk's length: this far below the shoulders,"""
    torso_hip: float = 0.8
    """of the way from the pelvis to a hip joint."""
    upper_arm: float = 0.7
    """Share of the upper arm, from the shoulder, at which the arm's colours begin;"""
    above_begin: float = 0.3
    """the rest of the upper arm,"""
    arm_width: float = 0.05
    """T: and the width along the bones in which they are taken."""


NUMBERS = HairNumbers()


def hair_mask(colours: Colours, alpha: Float32, anatomy: Anatomy) -> Mask:
    """The hair as (h, w) bool; empty if its colours cannot be distinguished from the arms'.

    alpha: (h, w) float32. Compares the palette of the ring around the face with those of the face,
    the arms and the torso; keeps what is connected to the ring, near the head.
    """
    shape, unit = alpha.shape, anatomy.torso
    solid = alpha > NUMBERS.solid
    centre, width = anatomy.face_centre, anatomy.face_width
    face = _face(shape, anatomy)
    yy, xx = np.ogrid[0 : shape[0], 0 : shape[1]]
    around = (xx - centre[0]) ** 2 + NUMBERS.ring_flat * (yy - centre[1]) ** 2 < (
        NUMBERS.ring * width
    ) ** 2
    above_chin = yy < min(
        centre[1] + NUMBERS.chin * width, anatomy.neck[1] - NUMBERS.above_neck * unit
    )
    ring = around & ~grow(face, NUMBERS.face_margin * width) & above_chin & solid
    none = np.zeros(shape, bool)
    if ring.sum() < NUMBERS.least_ring:
        return none
    hair = colours.palette(ring)
    others = colours.palette(~grow(~face, NUMBERS.inner_face * width) & solid)
    torso = colours.palette(_torso(shape, anatomy) & solid)
    others = others + NUMBERS.torso_weight * torso
    shared = overlap(hair, torso)
    arms = _arm_cores(shape, anatomy) & solid
    if arms.sum() > NUMBERS.least_arms:
        arm_palette = colours.palette(arms)
        of_arms = overlap(hair, arm_palette)
        if of_arms > NUMBERS.too_alike:
            return none
        shared = max(shared, of_arms)
        others = others + arm_palette
    likely, unlikely = colours.look_up(hair), colours.look_up(others)
    ratio = likely / (likely + unlikely + NUMBERS.unknown)
    found = (cv2.GaussianBlur(ratio, (0, 0), NUMBERS.ratio_blur) > NUMBERS.likely) & (
        alpha > NUMBERS.figure
    )
    if shared > NUMBERS.apart:
        reach = NUMBERS.reach * width + NUMBERS.reach_torso * unit
        found &= (xx - centre[0]) ** 2 + (yy - centre[1]) ** 2 < reach**2
    found = opened(closed(found, NUMBERS.crumb), NUMBERS.crumb)
    pieces, areas = pieces_of(found, connectivity=8)
    in_ring = np.bincount(pieces[ring], minlength=areas.size)
    keep = in_ring > NUMBERS.share * ring.sum()
    keep[0] = False
    return np.asarray(keep[pieces], dtype=bool)


def _face(shape: tuple[int, int], anatomy: Anatomy) -> Mask:
    if anatomy.face is not None:
        return draw_polygon(shape, anatomy.face)
    return draw_disc(shape, anatomy.face_centre, 0.5 * anatomy.face_width)


def _torso(shape: tuple[int, int], anatomy: Anatomy) -> Mask:
    neck, pelvis, joints = anatomy.neck, anatomy.pelvis, anatomy.joints
    down = NUMBERS.torso_top * (pelvis - neck)
    corners = [
        neck + NUMBERS.torso_side * (joints[Body.LEFT_SHOULDER] - neck) + down,
        neck + NUMBERS.torso_side * (joints[Body.RIGHT_SHOULDER] - neck) + down,
        pelvis + NUMBERS.torso_hip * (joints[Body.RIGHT_HIP] - pelvis),
        pelvis + NUMBERS.torso_hip * (joints[Body.LEFT_HIP] - pelvis),
    ]
    return draw_polygon(shape, np.array(corners))


def _arm_cores(shape: tuple[int, int], anatomy: Anatomy) -> Mask:
    bones = []
    for arm in anatomy.arms:
        begin = NUMBERS.above_begin * arm.shoulder + NUMBERS.upper_arm * arm.elbow
        bones.append((begin, arm.elbow))
        bones.append((arm.elbow, arm.wrist))
    return draw_bones(shape, bones, NUMBERS.arm_width * anatomy.torso)
