"""Traits of the figure that decide how far it may be moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import LEGS, Anatomy, ArmBones, Points
from understudy.character.image.masks import Mask
from understudy.geometry.arm_states import ArmState
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.transforms import segment_distance


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
    covers: float = 0.08  # of the trunk's middle: an arm that covers more lies across it
    covers_sure: float = 0.25  # likewise for an arm whose learned mask is sure
    middle: float = 0.55  # of half the shoulders' width: the trunk's middle
    seen_arm: float = 0.35  # visibility
    seen_arm_turned: float = 0.6  # visibility: a turned trunk hides the farther upper arm
    turned: float = 0.5  # T: shoulders nearer than this belong to a figure turned sideways
    wrist_margin: float = 0.02  # T: how far inside the picture a wrist must be
    tip_margin: float = -0.06  # T: fingertips may be cut off
    guessed_margin: float = 0.08  # T: but not of a hand whose fingers nobody found,
    cut_near: float = 0.2  # T: where the edge cuts the figure so near to it
    beside_edge: float = 0.2  # T: where an arm lies so near to the picture's left or right edge,
    cut_along: float = 0.3  # T: and that cuts the figure over this length, half of the arm is seen
    stub: float = 0.3  # of the upper arm: shorter, a forearm without such fingers is a guess
    on_face: float = 0.8  # of the ears' distance, from the face's middle: such a hand is a guess
    arms_touch: float = 0.1  # T: arms nearer than this cannot be separated
    folded: float = 20.0  # degrees between upper arm and forearm: less, and one hides the other
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


def arm_is_seen(
    anatomy: Anatomy, side: int, size: tuple[int, int], alpha: Float32 | None = None
) -> bool:
    """Whether the picture shows enough of an arm (0 left, 1 right) to move it.

    alpha: (h, w) float32, the figure's matte, where it is known.

    An arm without its hand would move as a stump; only fingertips may be missing. A wrist close to
    the edge that cuts the figure, right beside the elbow, or on the face may be a guess (of a bust
    without arms the tracker takes hair and ears for a raised hand): then the fingers must have been
    found. Of an arm that an edge at the side cuts lengthwise only half is seen. The tracker is less
    sure of the farther arm of a figure turned sideways, so that one must be clearer.
    """
    left, right = anatomy.joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]]
    turned = float(np.hypot(*(left - right))) < NUMBERS.turned * anatomy.torso
    arm = anatomy.arms[side]
    w, h = size
    tip = arm.wrist + 1.5 * (arm.hand - arm.wrist)

    def inside(point: Points, margin: float) -> bool:
        rim = margin * anatomy.torso
        return bool(rim <= point[0] < w - rim and rim <= point[1] < h - rim)

    if arm.visibility <= (NUMBERS.seen_arm_turned if turned else NUMBERS.seen_arm):
        return False
    if alpha is not None and not all(
        is_on_matte(anatomy, alpha, place) for place in (arm.elbow, arm.wrist)
    ):
        return False
    if alpha is not None and _is_cut_along(arm, alpha, anatomy.torso):
        return False
    if arm.fingers is None:
        if _is_stub(arm) or _is_on_face(arm.wrist, anatomy):
            return False
        margin = NUMBERS.guessed_margin
        if alpha is not None and not (inside(arm.wrist, margin) and inside(tip, margin)):
            return not _is_cut_near(tip, alpha, NUMBERS.cut_near * anatomy.torso)
    return inside(arm.wrist, NUMBERS.wrist_margin) and inside(tip, NUMBERS.tip_margin)


def _is_stub(arm: ArmBones) -> bool:
    """Whether the wrist lies right beside the elbow."""
    upper, lower = arm.elbow - arm.shoulder, arm.wrist - arm.elbow
    return bool(np.hypot(*lower) < NUMBERS.stub * np.hypot(*upper))


def _is_on_face(place: Points, anatomy: Anatomy) -> bool:
    """Whether a place (2,) of the canvas lies on the face."""
    left, right = anatomy.joints[[Body.LEFT_EAR, Body.RIGHT_EAR]]
    from_middle = np.hypot(*(place - (left + right) / 2))
    return bool(from_middle < NUMBERS.on_face * np.hypot(*(left - right)))


def _is_cut_along(arm: ArmBones, alpha: Float32, unit: float) -> bool:
    """Whether the picture's left or right edge cuts the arm lengthwise. unit: pixels of T."""
    for x in (0, alpha.shape[1] - 1):
        rows = np.flatnonzero(alpha[:, x] > 0.5)
        points = np.stack([np.full(rows.size, x), rows], axis=1).astype(np.float64)
        away = np.minimum(*(segment_distance(points, *bone) for bone in arm.segments[:2]))
        if (away < NUMBERS.beside_edge * unit).sum() > NUMBERS.cut_along * unit:
            return True
    return False


def _is_cut_near(place: Points, alpha: Float32, reach: float) -> bool:
    """Whether an edge of the picture cuts the figure within `reach` pixels of a place (2,)."""
    h, w = alpha.shape
    rim = np.zeros(alpha.shape, bool)
    rim[:, :2] = rim[:, -2:] = rim[-2:] = True
    left, top = (int(max(0, value - reach)) for value in place)
    right, bottom = (int(value + reach + 1) for value in np.minimum(place, (w, h)))
    view = slice(min(top, h - 1), bottom), slice(min(left, w - 1), right)
    return bool((rim[view] & (alpha[view] > 0.5)).any())


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


def middle_covered(arm: Mask, anatomy: Anatomy) -> float:
    """Share of the trunk's middle strip that an arm, (h, w) bool, covers."""
    h, w = arm.shape
    top, bottom = int(max(0, anatomy.neck[1])), int(min(h, anatomy.pelvis[1]))
    if bottom - top < 4:
        return 0.0
    rows = np.arange(top, bottom)
    columns = np.arange(w)[None]
    half = NUMBERS.middle * anatomy.shoulder_half_width
    middle = np.abs(columns - anatomy.axis_x(rows)[:, None]) < half
    return float((middle & arm[top:bottom]).sum() / max(1, middle.sum()))


def arm_states(
    anatomy: Anatomy,
    size: tuple[int, int],
    covered: tuple[float, float],
    alpha: Float32 | None = None,
    sure: tuple[bool, bool] = (False, False),
) -> tuple[ArmState, ArmState]:
    """`free`, `fixed` or `unseen` for the left and the right arm.

    covered: what `middle_covered` says of each. alpha: see `arm_is_seen`. sure: of which arms a
    learned mask is sure. An arm across the body hides too much of it to be lifted off; arms that
    touch each other cannot be separated, unless their masks are sure. A forearm that lies before
    its own upper arm leaves nothing of it to be shown.
    """
    seen = [arm_is_seen(anatomy, side, size, alpha) for side in (0, 1)]
    limits = [NUMBERS.covers_sure if known else NUMBERS.covers for known in sure]
    fixed = [
        share > limit or _is_folded(arm)
        for share, limit, arm in zip(covered, limits, anatomy.arms, strict=True)
    ]
    near = _forearms_apart(anatomy) < NUMBERS.arms_touch * anatomy.torso
    if all(seen) and near and not all(sure):
        fixed = [True, True]

    def state(side: int) -> ArmState:
        if not seen[side]:
            return "unseen"
        return "fixed" if fixed[side] else "free"

    return state(0), state(1)


def _is_folded(arm: ArmBones) -> bool:
    """Whether a forearm lies before its own upper arm."""
    upper, lower = arm.shoulder - arm.elbow, arm.wrist - arm.elbow
    lengths = float(np.hypot(*upper) * np.hypot(*lower))
    return float(upper @ lower) > float(np.cos(np.radians(NUMBERS.folded))) * max(lengths, 1e-9)


def _forearms_apart(anatomy: Anatomy) -> float:
    """The least distance between the two forearms and hands, in pixels."""
    lines = []
    for arm in anatomy.arms:
        tip = arm.wrist + 1.6 * (arm.hand - arm.wrist)
        corners = np.stack([arm.elbow, arm.wrist, tip])
        steps = np.linspace(0, 2, 41)
        lines.append(
            np.stack([np.interp(steps, [0, 1, 2], corners[:, axis]) for axis in (0, 1)], axis=1)
        )
    gaps = np.linalg.norm(lines[0][:, None] - lines[1][None], axis=-1)
    return float(gaps.min())
