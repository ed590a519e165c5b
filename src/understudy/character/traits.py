"""Traits of the figure that decide how far it may be moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import LEGS, Anatomy, Points
from understudy.character.image.masks import Mask
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Body, Float32


@dataclass(frozen=True, slots=True)
class TraitNumbers:
    """What decides a figure's traits. T is the torso's length; visibility is the tracker's, 0..1.

    All set by eye.
    """

    seen_joint: tuple[float, float] = (0.25, 0.6)  # visibility: on the matte, and off it
    near_matte: float = 0.12  # T: a joint farther than this from the matte is a guess
    foot_room: float = 0.2  # T: an ankle nearer than this to a cut has no foot below it
    knee_room: float = 0.1  # T: likewise a knee has no shank
    below: float = 0.25  # T to each side: where below a joint the edge may cut its leg
    feet: tuple[float, float] = (
        -0.15,
        0.5,
    )  # T, from above the ankles to below: a figure's end
    bottom: float = 0.985  # of the picture's height: what reaches below is cut by its edge
    skirt: float = 0.60  # T: how much wider than the legs a skirt is, both sides together
    apart: float = 0.30  # T: legs farther apart than this are closed by a skirt alone
    closed_from: float = 0.45  # T below the hips: above, trousers are closed as well
    hem_from: float = 0.25  # T below the hips: where a skirt may end
    least_skirt: float = 0.12  # T: a shorter one is a pocket or a hand
    below_hem: float = 0.04  # T below a hem that closes legs
    opens: float = 0.05  # T: they are so much farther apart at once; trousers open bit by bit


NUMBERS = TraitNumbers()


def framing_of(anatomy: Anatomy, alpha: Float32) -> Framing:
    """How much of the figure the canvas shows. alpha: (h, w) float32, its matte.

    A landmark outside the picture, or off the matte, is a guess. A leg that the lower edge cuts
    right below its ankle has no foot, whatever the tracker says.
    """
    h, w = alpha.shape

    def shown(joint: int, room: float) -> bool:
        x, y = anatomy.joints[joint]
        if not (0 <= x < w and 0 <= y < h and is_on_matte(anatomy, alpha, anatomy.joints[joint])):
            return False
        if h - y < room * anatomy.torso and _is_cut_below(float(x), alpha, anatomy):
            return False
        # The tracker doubts what it hardly sees, as legs before a dark street; the matte knows.
        on_matte, off_matte = NUMBERS.seen_joint
        trusted = alpha[int(y), int(x)] > 0.5
        return bool(anatomy.visibility[joint] > (on_matte if trusted else off_matte))

    ankles = [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
    if all(shown(j, NUMBERS.foot_room) for j in ankles) or _ends_at(
        float(anatomy.joints[ankles, 1].max()), alpha, anatomy
    ):
        return "whole_body"
    if all(shown(j, NUMBERS.knee_room) for j in (Body.LEFT_KNEE, Body.RIGHT_KNEE)):
        return "knees"
    shoulders = anatomy.joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], 1]
    if shoulders.max() < h:
        return "upper_body"
    return "head"


def is_on_matte(anatomy: Anatomy, alpha: Float32, place: Points) -> bool:
    """Whether a place (2,) of the canvas lies on the matte or close to it."""
    reach = max(1.0, NUMBERS.near_matte * anatomy.torso)
    left, top = (int(max(0, value - reach)) for value in place)
    right, bottom = (int(max(0, value + reach + 1)) for value in place)
    return bool((alpha[top:bottom, left:right] > 0.5).any())


def _is_cut_below(x: float, alpha: Float32, anatomy: Anatomy) -> bool:
    """Whether the picture's lower edge cuts the figure below a joint at canvas column x."""
    reach = NUMBERS.below * anatomy.torso
    left, right = int(max(0, x - reach)), int(max(1, x + reach + 1))
    return bool((alpha[-4:, left:right] > 0.5).any())


def _ends_at(ankle: float, alpha: Float32, anatomy: Anatomy) -> bool:
    """Whether the figure ends inside the canvas and about where its feet must be."""
    h = len(alpha)
    rows = np.flatnonzero((alpha > 0.5).any(axis=1))
    if rows.size == 0 or rows[-1] > NUMBERS.bottom * h or ankle > h:
        return False
    least, most = NUMBERS.feet
    return bool(least * anatomy.torso < rows[-1] - ankle < most * anatomy.torso)


def hem_of(alpha: Float32, anatomy: Anatomy, arms: Mask) -> float | None:
    """Canvas y of a skirt's hem, or None.

    alpha: (h, w) float32; arms: (h, w) bool, pixels of the arms. A skirt is where the silhouette
    is much wider than the legs, or closes the space between legs that stand apart and ends at once.
    """
    h = alpha.shape[0]
    unit, joints = anatomy.torso, anatomy.joints
    hips = float(anatomy.pelvis[1])
    ankles = max(float(joints[leg[2], 1]) for leg in LEGS)
    rows = np.arange(int(max(0, hips + NUMBERS.hem_from * unit)), int(min(h, ankles)))
    if rows.size < 8:
        return None
    wide, closed = np.zeros(rows.size, bool), np.zeros(rows.size, bool)
    for j, y in enumerate(rows):
        line = np.flatnonzero((alpha[y] > 0.5) & ~arms[y])
        xs = [_leg_x(joints, leg, float(y)) for leg in LEGS]
        if line.size == 0 or not _is_filled(alpha[y], xs):
            continue
        apart = abs(xs[0] - xs[1])
        wide[j] = line[-1] - line[0] > apart + NUMBERS.skirt * unit
        # Trousers are closed as well where the legs meet.
        closed[j] = apart > NUMBERS.apart * unit and y > hips + NUMBERS.closed_from * unit
    cloth = wide | closed
    if cloth.any() and not wide[np.flatnonzero(cloth)[-1]]:
        end = float(rows[np.flatnonzero(cloth)[-1]])
        gaps = [_gap_between_legs(alpha, joints, y) for y in (end, end + NUMBERS.below_hem * unit)]
        if gaps[1] - gaps[0] < NUMBERS.opens * unit:
            cloth = wide
    if cloth.sum() < NUMBERS.least_skirt * unit:
        return None
    return float(rows[np.flatnonzero(cloth)[-1]])


def _leg_x(joints: NDArray[np.float64], leg: tuple[Body, ...], y: float) -> float:
    ys = [joints[leg[0], 1], joints[leg[1], 1], joints[leg[2], 1]]
    xs = [joints[leg[0], 0], joints[leg[1], 0], joints[leg[2], 0]]
    order = np.argsort(ys)
    return float(np.interp(y, np.array(ys)[order], np.array(xs)[order]))


def _gap_between_legs(alpha: Float32, joints: NDArray[np.float64], y: float) -> int:
    """How many pixels of a row between the legs' middles are empty; 0 below the canvas."""
    if y >= len(alpha):
        return 0
    low, high = sorted(int(max(0.0, _leg_x(joints, leg, y))) for leg in LEGS)
    return int((alpha[int(y), low : high + 1] <= 0.5).sum())


def _is_filled(line: Float32, xs: list[float]) -> bool:
    a, b = sorted(int(np.clip(x, 0, line.size - 1)) for x in xs)
    return b <= a + 2 or float((line[a : b + 1] > 0.5).mean()) > 0.9


def head_is_cut(alpha: Float32, anatomy: Anatomy) -> bool:
    """Whether the picture's upper edge cuts the head. alpha: (h, w) float32."""
    reach = 1.2 * anatomy.face_width
    left = int(max(0, anatomy.face_centre[0] - reach))
    right = int(max(left + 1, min(alpha.shape[1], anatomy.face_centre[0] + reach)))
    return bool((alpha[:2, left:right] > 0.5).mean() > 0.1)
