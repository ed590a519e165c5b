"""Hair, which may lie over shoulders and arms and belongs to the head wherever it hangs."""

from __future__ import annotations

import cv2
import numpy as np

from understudy.character.figure.anatomy import Anatomy, draw_bones, draw_disc, draw_polygon
from understudy.character.image.masks import Mask, closed, grow, opened, pieces_of
from understudy.character.image.palette import Colours, overlap
from understudy.geometry.landmarks import Body, Float32

_TOO_ALIKE = 0.35  # overlap of the colours of hair and arms above which colour cannot tell them


def hair_mask(colours: Colours, alpha: Float32, anatomy: Anatomy) -> Mask:
    """The hair as (h, w) bool, empty where its colours cannot be told from the arms'.

    alpha: (h, w) float32. Compares the palette of the ring round the face with those of the face,
    the arms and the torso; keeps what hangs together with the ring, near the head.
    """
    shape, unit = alpha.shape, anatomy.torso
    solid = alpha > 0.95
    centre, width = anatomy.face_centre, anatomy.face_width
    face = _face(shape, anatomy)
    yy, xx = np.ogrid[0 : shape[0], 0 : shape[1]]
    around = (xx - centre[0]) ** 2 + 0.64 * (yy - centre[1]) ** 2 < (1.15 * width) ** 2
    above_chin = yy < min(centre[1] + 0.6 * width, anatomy.neck[1] - 0.08 * unit)
    ring = around & ~grow(face, 0.06 * width) & above_chin & solid
    none = np.zeros(shape, bool)
    if ring.sum() < 80:
        return none
    hair = colours.palette(ring)
    others = colours.palette(~grow(~face, 0.1 * width) & solid)
    others = others + 0.7 * colours.palette(_torso(shape, anatomy) & solid)
    arms = _arm_cores(shape, anatomy) & solid
    if arms.sum() > 50:
        arm_palette = colours.palette(arms)
        if overlap(hair, arm_palette) > _TOO_ALIKE:
            return none
        others = others + arm_palette
    likely, unlikely = colours.look_up(hair), colours.look_up(others)
    ratio = likely / (likely + unlikely + 2e-5)
    found = (cv2.GaussianBlur(ratio, (0, 0), 1.5) > 0.5) & (alpha > 0.5)
    reach = 2.6 * width + 0.15 * unit
    found &= (xx - centre[0]) ** 2 + (yy - centre[1]) ** 2 < reach**2
    found = opened(closed(found, 2), 2)
    pieces, areas = pieces_of(found, connectivity=8)
    in_ring = np.bincount(pieces[ring], minlength=areas.size)
    keep = in_ring > 0.05 * ring.sum()
    keep[0] = False
    return np.asarray(keep[pieces], dtype=bool)


def _face(shape: tuple[int, int], anatomy: Anatomy) -> Mask:
    if anatomy.face is not None:
        return draw_polygon(shape, anatomy.face)
    return draw_disc(shape, anatomy.face_centre, 0.5 * anatomy.face_width)


def _torso(shape: tuple[int, int], anatomy: Anatomy) -> Mask:
    neck, pelvis, joints = anatomy.neck, anatomy.pelvis, anatomy.joints
    down = 0.12 * (pelvis - neck)
    corners = [
        neck + 0.45 * (joints[Body.LEFT_SHOULDER] - neck) + down,
        neck + 0.45 * (joints[Body.RIGHT_SHOULDER] - neck) + down,
        pelvis + 0.8 * (joints[Body.RIGHT_HIP] - pelvis),
        pelvis + 0.8 * (joints[Body.LEFT_HIP] - pelvis),
    ]
    return draw_polygon(shape, np.array(corners))


def _arm_cores(shape: tuple[int, int], anatomy: Anatomy) -> Mask:
    bones = []
    for arm in anatomy.arms:
        bones.append((0.3 * arm.shoulder + 0.7 * arm.elbow, arm.elbow))
        bones.append((arm.elbow, arm.wrist))
    return draw_bones(shape, bones, 0.05 * anatomy.torso)
