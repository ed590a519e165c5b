"""Masks of a figure's parts, drawn from its skeleton alone.

Thicknesses are given where they are drawn, in T (the torso's length): those of a slim bare figure,
set by eye.
"""

from __future__ import annotations

import cv2
import numpy as np

from understudy.character.figure.anatomy import (
    LEGS,
    Anatomy,
    Points,
    draw_bones,
    draw_disc,
    draw_polygon,
)
from understudy.character.image.masks import Mask
from understudy.geometry.hand_landmarks import HAND_BONES
from understudy.geometry.landmarks import Body

Shape = tuple[int, int]
_ARM_PAIRS = (
    (Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
    (Body.LEFT_ELBOW, Body.LEFT_WRIST),
    (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW),
    (Body.RIGHT_ELBOW, Body.RIGHT_WRIST),
)
_LEG_PAIRS = tuple(pair for leg in LEGS for pair in ((leg[0], leg[1]), (leg[1], leg[2])))
_FOOT_PAIRS = tuple(pair for leg in LEGS for pair in ((leg[2], leg[3]), (leg[4], leg[3])))


def bones(shape: Shape, anatomy: Anatomy) -> Mask:
    """Thin lines that surely run inside the figure."""
    unit = anatomy.torso
    pairs = (*_ARM_PAIRS, *_LEG_PAIRS, *_FOOT_PAIRS)
    lines = _seen(anatomy, pairs, 0.4)
    lines.append((anatomy.joints[Body.LEFT_SHOULDER], anatomy.joints[Body.RIGHT_SHOULDER]))
    lines += _trunk_lines(anatomy, 0.5)
    mask = draw_bones(shape, lines, 0.035 * unit)
    for arm in anatomy.arms:
        if arm.fingers is not None:
            fingers = [(arm.fingers[a], arm.fingers[b]) for a, b in HAND_BONES]
            mask |= draw_bones(shape, fingers, 1)
        elif arm.visibility > 0.4:
            mask |= draw_bones(shape, [(arm.wrist, arm.hand)], 0.03 * unit)
    return mask | draw_disc(shape, anatomy.joints[Body.NOSE], 0.05 * unit)


def bare_figure(shape: Shape, anatomy: Anatomy) -> Mask:
    """Trunk, head and limbs about as thick as they are on a bare figure."""
    unit = anatomy.torso
    joints = anatomy.joints
    corners = joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.RIGHT_HIP, Body.LEFT_HIP]]
    mask = draw_polygon(shape, corners)
    mask |= draw_disc(shape, anatomy.face_centre, 0.55 * anatomy.face_width)
    mask |= draw_bones(shape, [(anatomy.neck, anatomy.face_centre)], 0.26 * unit)
    mask |= draw_bones(shape, _seen(anatomy, _ARM_PAIRS, 0.4), 0.16 * unit)
    mask |= draw_bones(shape, _seen(anatomy, _LEG_PAIRS, 0.4), 0.22 * unit)
    return (
        mask
        | draw_bones(shape, _seen(anatomy, _FOOT_PAIRS, 0.4), 0.14 * unit)
        | hands(shape, anatomy, 0.2)
    )


def skull(shape: Shape, anatomy: Anatomy) -> Mask:
    """The head with short hair, a disc round the face and the crown."""
    up = anatomy.head - anatomy.neck
    crown = up / max(1.0, float(np.hypot(*up))) * 0.3 * anatomy.face_width
    return draw_disc(shape, anatomy.face_centre + crown, 0.85 * anatomy.face_width)


def hands(shape: Shape, anatomy: Anatomy, radius: float) -> Mask:
    """Discs of `radius` torso lengths round the hands that are seen."""
    mask = np.zeros(shape, bool)
    for arm in anatomy.arms:
        if arm.visibility > 0.4:
            mask |= draw_disc(shape, arm.hand, radius * anatomy.torso)
    return mask


def feet(shape: Shape, anatomy: Anatomy) -> Mask:
    """Shanks and feet that are seen."""
    shanks = tuple((leg[1], leg[2]) for leg in LEGS)
    return draw_bones(shape, _seen(anatomy, (*shanks, *_FOOT_PAIRS), 0.5), 0.2 * anatomy.torso)


def arms(shape: Shape, anatomy: Anatomy) -> Mask:
    """The inner two thirds of bare arms that are seen."""
    return draw_bones(shape, _seen(anatomy, _ARM_PAIRS, 0.5), 0.055 * anatomy.torso)


def between_limbs(shape: Shape, anatomy: Anatomy) -> Mask:
    """The places that arms and trunk, arms and head, or both legs enclose."""
    joints = anatomy.joints
    chain = [joints[list(leg[:3])] for leg in LEGS]
    mask = draw_polygon(shape, np.concatenate([chain[0], chain[1][::-1]]))
    for arm, leg, ear in (
        (anatomy.arms[0], LEGS[0], Body.LEFT_EAR),
        (anatomy.arms[1], LEGS[1], Body.RIGHT_EAR),
    ):
        bones = [arm.shoulder, arm.elbow, arm.wrist]
        hip, knee = joints[leg[0]], joints[leg[1]]
        for ends in ([arm.hand, hip, hip + 0.4 * (knee - hip)], [joints[ear]]):
            corners = np.stack(bones + ends)
            hull = cv2.convexHull(corners.astype(np.float32))[:, 0]
            mask |= draw_polygon(shape, np.asarray(hull, np.float64))
    return mask


def _seen(
    anatomy: Anatomy, pairs: tuple[tuple[int, int], ...], visibility: float
) -> list[tuple[Points, Points]]:
    joints = anatomy.joints
    return [
        (joints[a], joints[b]) for a, b in pairs if min(anatomy.visibility[[a, b]]) > visibility
    ]


def _trunk_lines(anatomy: Anatomy, share: float) -> list[tuple[Points, Points]]:
    """The trunk's sides, brought in: the straight line from shoulder to hip leaves a waist."""
    neck, pelvis, joints = anatomy.neck, anatomy.pelvis, anatomy.joints
    return [
        (neck + share * (joints[shoulder] - neck), pelvis + share * (joints[hip] - pelvis))
        for shoulder, hip in (
            (Body.LEFT_SHOULDER, Body.LEFT_HIP),
            (Body.RIGHT_SHOULDER, Body.RIGHT_HIP),
        )
    ]
