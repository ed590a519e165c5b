"""Masks of a figure's parts, drawn from its skeleton alone."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class BodyMapNumbers:
    """How thick a figure's parts are drawn: those of a slim bare figure, set by eye. T is the
    torso's length.
    """

    seen: float = 0.4
    """Visibility above which a joint is drawn,"""
    surely_seen: float = 0.5
    """and above which its colour may be any."""
    bone: float = 0.035
    """T: width of a line that surely runs inside,"""
    trunk: float = 0.5
    """of the way from the middle to shoulder and hip: where the trunk's two lines run,"""
    hand_bone: float = 0.03
    """T: width of a hand's line where its fingers were not found,"""
    nose: float = 0.05
    """T: and radius at the nose."""
    face: float = 0.55
    """Face widths: radius of a bare head;"""
    neck: float = 0.26
    """T: width of a bare neck,"""
    arm: float = 0.16
    """T: arm,"""
    leg: float = 0.22
    """T: leg"""
    foot: float = 0.14
    """T: and foot,"""
    hand: float = 0.2
    """T: radius of a hand."""
    crown: float = 0.3
    """Face widths: how far above the face's centre the skull's is,"""
    skull: float = 0.85
    """face widths: and its radius."""
    shank: float = 0.2
    """T: width of shanks and feet that may be of any colour,"""
    inner_arm: float = 0.055
    """T: and of arms."""
    thigh: float = 0.4
    """Of the thigh from the hip: how far down an arm and the trunk enclose a gap."""


NUMBERS = BodyMapNumbers()

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
    lines = _seen(anatomy, pairs, NUMBERS.seen)
    lines.append((anatomy.joints[Body.LEFT_SHOULDER], anatomy.joints[Body.RIGHT_SHOULDER]))
    lines += _trunk_lines(anatomy, NUMBERS.trunk)
    mask = draw_bones(shape, lines, NUMBERS.bone * unit)
    for arm in anatomy.arms:
        if arm.fingers is not None:
            fingers = [(arm.fingers[a], arm.fingers[b]) for a, b in HAND_BONES]
            mask |= draw_bones(shape, fingers, 1)
        elif arm.visibility > NUMBERS.seen:
            mask |= draw_bones(shape, [(arm.wrist, arm.hand)], NUMBERS.hand_bone * unit)
    return mask | draw_disc(shape, anatomy.joints[Body.NOSE], NUMBERS.nose * unit)


def bare_figure(shape: Shape, anatomy: Anatomy) -> Mask:
    """Trunk, head and limbs about as thick as they are on a bare figure."""
    unit = anatomy.torso
    joints = anatomy.joints
    corners = joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.RIGHT_HIP, Body.LEFT_HIP]]
    mask = draw_polygon(shape, corners)
    mask |= draw_disc(shape, anatomy.face_centre, NUMBERS.face * anatomy.face_width)
    mask |= draw_bones(shape, [(anatomy.neck, anatomy.face_centre)], NUMBERS.neck * unit)
    mask |= draw_bones(shape, _seen(anatomy, _ARM_PAIRS, NUMBERS.seen), NUMBERS.arm * unit)
    mask |= draw_bones(shape, _seen(anatomy, _LEG_PAIRS, NUMBERS.seen), NUMBERS.leg * unit)
    return (
        mask
        | draw_bones(shape, _seen(anatomy, _FOOT_PAIRS, NUMBERS.seen), NUMBERS.foot * unit)
        | hands(shape, anatomy, NUMBERS.hand)
    )


def skull(shape: Shape, anatomy: Anatomy) -> Mask:
    """The head with short hair, a disc round the face and the crown."""
    up = anatomy.head - anatomy.neck
    crown = up / max(1.0, float(np.hypot(*up))) * NUMBERS.crown * anatomy.face_width
    return draw_disc(shape, anatomy.face_centre + crown, NUMBERS.skull * anatomy.face_width)


def hands(shape: Shape, anatomy: Anatomy, radius: float) -> Mask:
    """Discs of `radius` torso lengths round the hands that are seen."""
    mask = np.zeros(shape, bool)
    for arm in anatomy.arms:
        if arm.visibility > NUMBERS.seen:
            mask |= draw_disc(shape, arm.hand, radius * anatomy.torso)
    return mask


def feet(shape: Shape, anatomy: Anatomy) -> Mask:
    """Shanks and feet that are seen."""
    shanks = tuple((leg[1], leg[2]) for leg in LEGS)
    lines = _seen(anatomy, (*shanks, *_FOOT_PAIRS), NUMBERS.surely_seen)
    return draw_bones(shape, lines, NUMBERS.shank * anatomy.torso)


def arms(shape: Shape, anatomy: Anatomy) -> Mask:
    """The middle of arms that are seen."""
    lines = _seen(anatomy, _ARM_PAIRS, NUMBERS.surely_seen)
    return draw_bones(shape, lines, NUMBERS.inner_arm * anatomy.torso)


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
        for ends in ([arm.hand, hip, hip + NUMBERS.thigh * (knee - hip)], [joints[ear]]):
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
