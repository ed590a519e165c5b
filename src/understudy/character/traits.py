"""What is known of the figure and decides how far it may be moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import ArmState
from understudy.character.figure.anatomy import LEGS, Anatomy, Points
from understudy.character.image.masks import Mask
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Body, Float32

_COVERS = 0.08  # share of the trunk's middle from which an arm counts as lying across it
_SEEN, _SEEN_ASIDE = 0.35, 0.6  # what the tracker must think of an arm's visibility
_ASIDE = 0.5  # torso lengths between the shoulders of a figure that is turned aside


def framing_of(anatomy: Anatomy, alpha: Float32) -> Framing:
    """How much of the figure the canvas shows. alpha: (h, w) float32, its matte."""
    h, w = alpha.shape

    def shown(joint: int) -> bool:
        x, y = anatomy.joints[joint]
        if not (-0.05 * w < x < 1.05 * w and y < 1.01 * h):
            return False
        # The tracker doubts what it hardly sees, as legs before a dark street; the matte knows.
        top, left = int(np.clip(y, 0, h - 1)), int(np.clip(x, 0, w - 1))
        return bool(anatomy.visibility[joint] > (0.25 if alpha[top, left] > 0.5 else 0.6))

    ankles = [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
    if all(shown(j) for j in ankles) or _ends_at(
        float(anatomy.joints[ankles, 1].max()), alpha, anatomy
    ):
        return "whole_body"
    if all(shown(j) for j in (Body.LEFT_KNEE, Body.RIGHT_KNEE)):
        return "knees"
    shoulders = anatomy.joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], 1]
    if shoulders.max() < h:
        return "upper_body"
    return "head"


def _ends_at(ankle: float, alpha: Float32, anatomy: Anatomy) -> bool:
    """Whether the figure ends inside the canvas and about where its feet must be."""
    h = len(alpha)
    rows = np.flatnonzero((alpha > 0.5).any(axis=1))
    if rows.size == 0 or rows[-1] > 0.985 * h or ankle > h:
        return False
    return bool(-0.15 * anatomy.torso < rows[-1] - ankle < 0.5 * anatomy.torso)


def arm_is_seen(anatomy: Anatomy, side: int, size: tuple[int, int]) -> bool:
    """Whether the picture shows enough of an arm (0 left, 1 right) to move it.

    An arm without its hand would be lifted as a stump; fingertips may be missing. The trunk of a
    figure turned aside hides the farther upper arm, of which the tracker is then less sure.
    """
    left, right = anatomy.joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]]
    aside = float(np.hypot(*(left - right))) < _ASIDE * anatomy.torso
    arm = anatomy.arms[side]
    w, h = size
    tip = arm.wrist + 1.5 * (arm.hand - arm.wrist)

    def inside(point: Points, margin: float) -> bool:
        rim = margin * anatomy.torso
        return bool(rim <= point[0] < w - rim and rim <= point[1] < h - rim)

    enough = _SEEN_ASIDE if aside else _SEEN
    return arm.visibility > enough and inside(arm.wrist, 0.02) and inside(tip, -0.06)


def hem_of(alpha: Float32, anatomy: Anatomy, arms: Mask) -> float | None:
    """Canvas y of a skirt's hem, or None.

    alpha: (h, w) float32; arms: (h, w) bool, pixels of the arms. A skirt is where the silhouette
    is wider than the legs by .30 of the torso, or closes the space between legs that stand apart.
    """
    h = alpha.shape[0]
    unit, joints = anatomy.torso, anatomy.joints
    hips = float(anatomy.pelvis[1])
    ankles = max(float(joints[leg[2], 1]) for leg in LEGS)
    rows = np.arange(int(max(0, hips + 0.25 * unit)), int(min(h, ankles)))
    if rows.size < 8:
        return None
    cloth = np.zeros(rows.size, bool)
    for j, y in enumerate(rows):
        line = np.flatnonzero((alpha[y] > 0.5) & ~arms[y])
        xs = [_leg_x(joints, leg, float(y)) for leg in LEGS]
        if line.size == 0 or not _is_filled(alpha[y], xs):
            continue
        apart = abs(xs[0] - xs[1])
        # Trousers are closed as well where the legs meet.
        closed = apart > 0.30 * unit and y > hips + 0.45 * unit
        cloth[j] = line[-1] - line[0] > apart + 0.60 * unit or closed
    if cloth.sum() < 0.12 * unit:
        return None
    return float(rows[np.flatnonzero(cloth)[-1]])


def _leg_x(joints: NDArray[np.float64], leg: tuple[Body, ...], y: float) -> float:
    ys = [joints[leg[0], 1], joints[leg[1], 1], joints[leg[2], 1]]
    xs = [joints[leg[0], 0], joints[leg[1], 0], joints[leg[2], 0]]
    order = np.argsort(ys)
    return float(np.interp(y, np.array(ys)[order], np.array(xs)[order]))


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
    middle = np.abs(columns - anatomy.axis_x(rows)[:, None]) < 0.55 * anatomy.shoulder_half_width
    return float((middle & arm[top:bottom]).sum() / max(1, middle.sum()))


def arm_states(
    anatomy: Anatomy, size: tuple[int, int], covered: tuple[float, float]
) -> tuple[ArmState, ArmState]:
    """`free`, `fixed` or `unseen` for the left and the right arm.

    covered: what `middle_covered` says of each. An arm across the body hides too much of it to be
    lifted off; arms that touch each other cannot be told apart.
    """
    seen = [arm_is_seen(anatomy, side, size) for side in (0, 1)]
    fixed = [share > _COVERS for share in covered]
    if all(seen) and _forearms_apart(anatomy) < 0.1 * anatomy.torso:
        fixed = [True, True]

    def state(side: int) -> ArmState:
        if not seen[side]:
            return "unseen"
        return "fixed" if fixed[side] else "free"

    return state(0), state(1)


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
