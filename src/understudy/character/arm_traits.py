"""Which arms of a figure may be moved: what the picture shows of them, and what they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import Anatomy, ArmBones, Points
from understudy.character.image.masks import Mask
from understudy.character.traits import is_on_matte
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.limb_states import ArmState
from understudy.geometry.transforms import segment_distance


@dataclass(frozen=True, slots=True)
class ArmTraitNumbers:
    """What decides whether an arm moves. T is the torso's length; visibility is the tracker's,
    0..1. All set by eye.
    """

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


NUMBERS = ArmTraitNumbers()


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
