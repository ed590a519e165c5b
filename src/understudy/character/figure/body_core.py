"""Where a figure's body is, by its skeleton alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import (
    LEGS,
    Anatomy,
    draw_bones,
    draw_disc,
    draw_polygon,
)
from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Body


@dataclass(frozen=True, slots=True)
class BodyCoreNumbers:
    """How far the body reaches at least. T is the torso's length."""

    shoulder: float = 0.6
    """Share of the way from the neck to a shoulder that is surely body;"""
    head: float = 0.25
    """T: radius of the head, at least,"""
    face: float = 0.5
    """face widths: at least;"""
    thigh: float = 0.24
    """T: width of a thigh,"""
    shank: float = 0.16
    """T: and of a shank."""


NUMBERS = BodyCoreNumbers()


def body_core(anatomy: Anatomy, shape: tuple[int, int]) -> Mask:
    """Where the body is for sure when no arm lies over it."""
    neck, pelvis, joints, unit = anatomy.neck, anatomy.pelvis, anatomy.joints, anatomy.torso
    corners = [
        neck + NUMBERS.shoulder * (joints[Body.LEFT_SHOULDER] - neck),
        neck + NUMBERS.shoulder * (joints[Body.RIGHT_SHOULDER] - neck),
        pelvis + joints[Body.RIGHT_HIP] - pelvis,
        pelvis + joints[Body.LEFT_HIP] - pelvis,
    ]
    core = draw_polygon(shape, np.array(corners))
    core |= draw_disc(
        shape, anatomy.head, max(NUMBERS.head * unit, NUMBERS.face * anatomy.face_width)
    )
    core |= draw_bones(
        shape, [(joints[leg[0]], joints[leg[1]]) for leg in LEGS], NUMBERS.thigh * unit
    )
    shanks = [(joints[leg[1]], joints[leg[2]]) for leg in LEGS]
    return core | draw_bones(shape, shanks, NUMBERS.shank * unit)
