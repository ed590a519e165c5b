"""Legs that are longer than a tracker knows legs to be, laid out down to where the figure ends.

A tracker draws every figure in a person's proportions. Drawn figures have legs twice as long: then
knees and ankles come to lie on the thighs, and the figure would step on its knees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import LEGS, Points
from understudy.character.image.masks import Mask, touching
from understudy.geometry.landmarks import Body, Float32, Landmarks


@dataclass(frozen=True, slots=True)
class LongLegNumbers:
    """When legs are laid out anew. T is the torso's length. All set by eye."""

    figure: float = 0.5
    """Alpha from which on a pixel is figure."""
    doubted: float = 0.9
    """Mean visibility of the ankles up to which the tracker may be wrong about them."""
    beyond: float = 0.45
    """T: the figure goes on at least this far below its feet,"""
    far_beyond: float = 0.7
    """T: or this far where it is sure: no shoe is so high,"""
    bottom: float = 0.985
    """of the picture's height: and ends above this,"""
    wide: float = 1.0
    """T: and hardly anywhere covers more of a row: a dress, a pedestal, a horse are no legs;"""
    hardly: float = 0.8
    """share of the rows in which it does not: feet that point aside may."""
    foot: float = 0.25
    """T: above where the figure ends both feet are in a row, although one stands farther back."""
    longest: float = 2.4
    """Times as long as the tracker has them, at most."""


NUMBERS = LongLegNumbers()


def with_long_legs(landmarks: Landmarks, alpha: Float32) -> Landmarks:
    """The landmarks with the legs as long as the matte shows them, where the tracker doubts its own
    ankles or the matte goes on far below them; else as they are.

    alpha: (h, w) float32 in 0..1, the figure's matte.
    """
    body = landmarks.body
    points = body[:, :2].astype(np.float64)
    sure = float(body[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE], 3].mean()) > NUMBERS.doubted
    hips = points[[Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=0)
    neck = points[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=0)
    unit = float(np.linalg.norm(neck - hips))
    sole = float(points[Body.LEFT_ANKLE : Body.RIGHT_FOOT_INDEX + 1, 1].max())
    beyond = (NUMBERS.far_beyond if sure else NUMBERS.beyond) * unit
    end = _end_of(alpha, hips, sole, beyond, NUMBERS.wide * unit)
    if end is None or sole <= hips[1]:
        return landmarks
    stretch = (end - hips[1]) / (sole - hips[1])
    if stretch > NUMBERS.longest:
        return landmarks
    moved, world = points.copy(), landmarks.world.copy()
    for side, leg in enumerate(LEGS):
        for joint in leg[1:]:
            moved[joint, 1] = hips[1] + stretch * (points[joint, 1] - hips[1])
            world[joint, 1] = stretch * world[joint, 1]
        facing = 1.0 if points[Body.LEFT_HIP, 0] >= points[Body.RIGHT_HIP, 0] else -1.0
        outwards = facing if side == 0 else -facing
        for joint in (leg[1], leg[2]):
            moved[joint, 0] = _leg_x(alpha, moved[joint], outwards)
        # The tracker's feet lie on the shanks: toes point to where the figure's own feet are.
        toes, heel = leg[3:]
        floor = end - NUMBERS.foot * unit
        moved[heel] = moved[leg[2], 0], floor
        moved[toes] = _leg_x(alpha, moved[heel], outwards), floor
    placed = body.copy()
    placed[:, :2] = moved
    return replace(landmarks, body=placed, world=world)


def _end_of(alpha: Float32, hips: Points, sole: float, beyond: float, wide: float) -> float | None:
    """The row in which the figure ends, `beyond` pixels below its soles at least; None where what
    is there covers more than `wide` pixels of its rows, or goes on below the picture."""
    figure = _connected(alpha, hips)
    rows = np.flatnonzero(figure.any(axis=1))
    if rows.size == 0:
        return None
    end = float(rows[-1])
    if end - sole < beyond or end > NUMBERS.bottom * len(alpha):
        return None
    legs = figure[max(0, int(sole)) : int(end) + 1]
    covered = np.quantile(legs.sum(axis=1), NUMBERS.hardly)
    return end if covered < wide else None


def _connected(alpha: Float32, hips: Points) -> Mask:
    """The piece of the matte that the hips lie on."""
    figure = np.asarray(alpha > NUMBERS.figure)
    seed = np.zeros(figure.shape, bool)
    x, y = np.round(hips).astype(int)
    seed[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] = True
    return touching(figure, seed & figure)


def _leg_x(alpha: Float32, place: Points, outwards: float) -> float:
    """The column of a leg's middle in the row of `place`: legs that lie one before the other get a
    half each. outwards: the sign of its side."""
    row = int(np.clip(round(float(place[1])), 0, len(alpha) - 1))
    columns: NDArray[np.intp] = np.flatnonzero(alpha[row] > NUMBERS.figure)
    if columns.size == 0:
        return float(place[0])
    middle = (float(columns[0]) + float(columns[-1])) / 2
    own = columns[(columns >= middle) if outwards > 0 else (columns <= middle)]
    return float(own.mean()) if own.size else middle
