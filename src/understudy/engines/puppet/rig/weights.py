"""Which bones a point of the picture follows.

Distances to the bones decide the bone; across a joint the weight passes to the next bone along the
bisector of the two, by way of the half-way bone between them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.rig.leg_split import LegSplit
from understudy.geometry.face_mesh import CHIN
from understudy.geometry.filters import smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import LEGS, Bone, Limb, Skeleton
from understudy.geometry.transforms import segment_distance, unit

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArmNumbers:
    """Where an arm's weights pass over. Lengths in torsos (T).

    shoulder, elbow, wrist: half widths of the transitions across the joints.
    fan: how far from the elbow skin is drawn round it; beyond, a wide sleeve would turn as a wheel.
    usual: half width of a usual arm at the elbow. A mascot's is as thick as it is long, so
    stout: the fan and the transition reach that many times farther than its half width is more.
    near_wrist: beyond this the hand begins at once.
    upper_bias: the upper arm is this much thicker than the forearm, when a point lies between them.
    folded_elbow: the share of the elbow's transition that is left on the inside of a folded arm.
    outside: how much farther the transition reaches per unit of distance on the fold's outside.
    """

    shoulder: float = 0.10
    elbow: float = 0.13
    wrist: float = 0.06
    fan: float = 0.15
    usual: float = 0.11
    stout: tuple[float, float] = (2.5, 1.2)
    near_wrist: float = 0.22
    upper_bias: float = 1.1
    folded_elbow: float = 0.25
    outside: float = 1.2


@dataclass(frozen=True, slots=True)
class BodyNumbers:
    """Where the trunk's and the legs' weights pass over.

    Lengths in torsos (T) unless said otherwise.

    knee, ankle: half widths of the transitions across the joints.
    chest: from where to where above the pelvis the chest takes over from it.
    hip, skirt_hip: from where to where along the thigh (0 hip, 1 knee) the leg takes over from the
        pelvis; under a skirt later.
    skirt: a garment whose edge hangs lower than this share of the thigh is a skirt.
    cloth_joins: below a garment's edge the two legs are joined by cloth down to here, fading.
    crotch_joins: without one they are joined this far above the line.
    least_stance: cloth joins the legs over half the knees' distance, at least over this.
    least_throat: the head's weight passes to the chest over at least this much below the chin.
    """

    knee: float = 0.13
    ankle: float = 0.055
    chest: tuple[float, float] = (0.12, 0.75)
    hip: tuple[float, float] = (-0.05, 0.5)
    skirt_hip: tuple[float, float] = (-0.05, 0.8)
    skirt: float = 0.42
    cloth_joins: tuple[float, float] = (0.12, 0.03)
    crotch_joins: float = 0.09
    least_stance: float = 0.25
    least_throat: float = 0.12


@dataclass(frozen=True, slots=True)
class HeadNumbers:
    """Where the head ends and the shoulders begin.

    chin: where the chin lies from the neck to the ears where no face mesh tells.
    height: from where to where between throat (0) and chin (1) the head takes over from the chest.
    aside: from where to where off the middle, in half shoulder widths, a point is a shoulder's.
    shoulder_top: up to this height, and not above the second, a point aside is a shoulder's; here
        the shoulders' line is 0.
    swing: the farther aside a point lies the farther a tilting head swings it up and down. So
        there the head's weight fades over at least so many times the distance from where `aside`
        begins, or hair would fold over itself, and look cut, at a tilt of 18 degrees.
    lowest: but nothing lower than this under the shoulders' line is the head's, in torsos.
    least_shoulders: half the shoulders' width, at least, in torsos.
    """

    chin: float = 0.55
    height: tuple[float, float] = (0.1, 0.95)
    aside: tuple[float, float] = (0.5, 1.1)
    shoulder_top: tuple[float, float] = (1.9, 0.9)
    swing: float = 1.0
    lowest: float = 0.25
    least_shoulders: float = 0.25


ON_SEAM = 1.0
"""Pixels of `side` over which a point passes from leg to leg where nothing joins them."""
ARM, BODY, HEAD = ArmNumbers(), BodyNumbers(), HeadNumbers()


def shares_along(share: Float64, bones: int) -> Float64:
    """How weight passes over a row of bones as `share` (V,) runs from 0 to 1: (V, bones)."""
    place = share[:, None] * (bones - 1)
    return np.clip(1.0 - np.abs(place - np.arange(bones)), 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class ChainWeights:
    """Weights of points along a limb.

    weights: (V, 31). stage: (V,), how far along the chain a point is: 0 on the trunk, 1, 2 and 3 on
    the limb's bones. side: (V,), negative nearer to the first bone than to the second, in pixels.
    """

    weights: Float64
    stage: Float64
    side: Float64


def arm_weights(  # noqa: PLR0913 - one arm, and how it bends
    points: Float64,
    skeleton: Skeleton,
    limb: Limb,
    *,
    girth: float = 0.0,
    hinged: bool = False,
    forced: int | None = None,
) -> ChainWeights:
    """Weights of points (V, 2) of an arm layer.

    girth: pixels from the elbow to the nearest edge of the arm; 0 where it is not known.
    hinged: upper arm and forearm are stiff pieces on a pin, with no skin between them that bends.
    forced: 0 takes every point as lying on the upper arm, 1 on the forearm or hand.
    """
    torso = skeleton.torso
    shoulder, elbow, wrist, knuckles = (skeleton.joints[j] for j in limb.joints)
    tips = wrist + 2.0 * (knuckles - wrist)
    to_upper = segment_distance(points, shoulder, elbow) / ARM.upper_bias
    to_lower = segment_distance(points, elbow, wrist)
    to_hand = segment_distance(points, wrist, tips)
    side = to_upper - np.minimum(to_lower, to_hand)
    nearest = np.argmin(np.stack([to_upper, to_lower, to_hand]), axis=0)
    if forced == 0:
        nearest = np.zeros_like(nearest)
    elif forced == 1:
        nearest = np.where(to_hand < to_lower, 2, 1)

    bend = (nearest >= 1).astype(np.float64)
    if not hinged:
        bend = _elbow_bend(points, (shoulder, elbow, wrist), nearest, torso, girth)
        if forced is not None:
            # A forced point keeps to its side of the joint.
            bend = np.where(nearest >= 1, np.maximum(bend, 0.5), np.minimum(bend, 0.5))

    across_wrist = (points - wrist) @ unit(unit(wrist - elbow) + unit(tips - wrist))
    hand = smoothstep(-ARM.wrist * torso, ARM.wrist * torso, across_wrist)
    near_wrist = _distance(points, wrist) < ARM.near_wrist * torso
    hand = np.where(near_wrist & (nearest >= 1), hand, (nearest == 2).astype(np.float64))

    from_shoulder = (points - shoulder) @ unit(elbow - shoulder)
    free = smoothstep(-ARM.shoulder * torso, ARM.shoulder * torso, from_shoulder)
    free = np.where(nearest == 0, free, 1.0)

    upper, lower, end = limb.bones
    weights = np.zeros((len(points), len(Bone)))
    at_elbow = shares_along(bend, len(limb.between[1]) + 2)
    before, beyond = at_elbow[:, 0], at_elbow[:, -1]
    row = [Bone.CHEST, *limb.between[0], upper]
    weights[:, row] = before[:, None] * shares_along(free, len(row))
    weights[:, list(limb.between[1])] = at_elbow[:, 1:-1]
    weights[:, lower] = beyond * (1.0 - hand)
    weights[:, end] = beyond * hand
    return ChainWeights(weights, free * (1.0 - bend) + bend * (1.0 + bend + hand), side)


def _elbow_bend(
    points: Float64,
    joints: tuple[Float64, Float64, Float64],
    nearest: NDArray[np.int64],
    torso: float,
    girth: float,
) -> Float64:
    """How far points (V, 2) have passed from the upper arm to the forearm: (V,) in 0..1.

    joints: shoulder, elbow and wrist. nearest: (V,) 0 the upper arm, 1 the forearm, 2 the hand.
    """
    shoulder, elbow, wrist = joints
    down, on = unit(elbow - shoulder), unit(wrist - elbow)
    across_elbow = (points - elbow) @ unit(down + on)
    # In an arm that the picture shows folded, the two halves lie side by side on the inner side and
    # leave no room for a transition; on the outer side the skin runs round the joint as a fan.
    straight = 0.5 * (1.0 + float(down @ on))
    outside = np.maximum(0.0, (points - elbow) @ unit(down - on))
    more = max(0.0, girth - ARM.usual * torso)
    fan = ARM.fan * torso + ARM.stout[0] * more
    inside = (ARM.elbow * torso + ARM.stout[1] * more) * (
        ARM.folded_elbow + (1.0 - ARM.folded_elbow) * straight
    )
    reach = inside + ARM.outside * (1.0 - straight) * outside
    bend = smoothstep(-reach, reach, across_elbow)
    near_elbow = _distance(points, elbow) < fan
    return np.where(near_elbow & (nearest < 2), bend, (nearest >= 1).astype(np.float64))


def _distance(points: Float64, place: Float64) -> Float64:
    return np.asarray(np.sqrt(((points - place) ** 2).sum(axis=1)))


@dataclass(frozen=True, slots=True, eq=False)
class BodyFrame:
    """Measures of the trunk at rest that the body's weights are read off.

    up: (2,) unit vector from the pelvis to the neck. chin, throat: (2,) canvas pixels, between
    which the head's weight passes to the chest. leg_split: where the legs part.
    """

    up: Float64
    chin: Float64
    throat: Float64
    leg_split: LegSplit


def body_frame(skeleton: Skeleton, leg_split: LegSplit) -> BodyFrame:
    """Measure the trunk of a skeleton at rest."""
    up = unit(skeleton.neck - skeleton.pelvis)
    if skeleton.face is not None:
        chin = skeleton.face[CHIN, :2].astype(np.float64)
    else:
        chin = skeleton.head + HEAD.chin * (skeleton.neck - skeleton.head)
    if skeleton.limbless:
        # What is one piece has no neck: it bends along its whole length.
        return BodyFrame(up, skeleton.head, skeleton.pelvis, leg_split)
    throat, least = skeleton.neck, BODY.least_throat * skeleton.torso
    if (chin - throat) @ up < least:
        # A chin that is seen is the head's, however low it lies; one that is guessed lies higher.
        if skeleton.face is not None:
            throat = chin - least * up
        else:
            chin = throat + least * up
    return BodyFrame(up, chin, throat, leg_split)


def head_weight(points: Float64, skeleton: Skeleton, frame: BodyFrame) -> Float64:
    """How far points (V, 2) belong to the head and not to the chest: (V,) in 0..1."""
    offset, least = points - skeleton.neck, BODY.least_throat * skeleton.torso
    height = (points - frame.throat) @ frame.up / ((frame.chin - frame.throat) @ frame.up)
    weight = smoothstep(*HEAD.height, height)
    if skeleton.limbless:
        return weight
    # A shoulder that reaches up to the chin is still no head; the face of a head turned aside is.
    across = np.array([-frame.up[1], frame.up[0]])
    middle = (skeleton.head + skeleton.joints[Body.NOSE]) / 2.0 - skeleton.neck
    rise = np.clip(offset @ frame.up / max(float(middle @ frame.up), 1e-6), 0.0, 1.0)
    aside = np.abs(offset @ across - rise * (middle @ across))
    chin = max(float((frame.chin - skeleton.neck) @ frame.up), least)
    top, bottom = (share * chin for share in HEAD.shoulder_top)
    shoulders = skeleton.joints[Body.LEFT_SHOULDER] - skeleton.joints[Body.RIGHT_SHOULDER]
    half = max(float(np.hypot(*shoulders)) / 2, HEAD.least_shoulders * skeleton.torso)
    swung = top - HEAD.swing * (aside - HEAD.aside[0] * half)
    fading = np.maximum(swung, -HEAD.lowest * skeleton.torso)
    beside = smoothstep(np.minimum(bottom, fading), top, offset @ frame.up)
    shoulder = smoothstep(*HEAD.aside, aside / half)
    return np.asarray(weight + shoulder * (beside - weight))


def body_weights(
    points: Float64, skeleton: Skeleton, frame: BodyFrame, *, forced: int | None = None
) -> ChainWeights:
    """Weights of points (V, 2) of the body layer.

    forced: 0 takes every point below the hips as lying on the left leg, 1 on the right. `stage` of
    the result is the left leg's weight less the right leg's, `side` which leg is nearer.
    """
    rise = (points - skeleton.pelvis) @ frame.up / skeleton.torso
    chest = smoothstep(*BODY.chest, rise)
    head = head_weight(points, skeleton, frame)
    side, left = _sides_of_legs(points, skeleton, frame.leg_split)
    if forced is not None:
        left = np.full(len(points), 1.0 if forced == 0 else 0.0)

    weights = np.zeros((len(points), len(Bone)))
    in_legs = np.zeros(len(points))
    hip = BODY.skirt_hip if wears_skirt(skeleton, frame.leg_split) else BODY.hip
    legs = () if skeleton.limbless else zip(LEGS, (left, 1.0 - left), strict=True)
    for limb, share in legs:
        in_legs += _add_leg(weights, points, skeleton, limb, share, hip)
    trunk = np.clip(1.0 - in_legs, 0.0, 1.0)
    weights[:, Bone.HEAD] += trunk * chest * head
    weights[:, Bone.CHEST] += trunk * chest * (1.0 - head)
    weights[:, Bone.PELVIS] += trunk * (1.0 - chest)
    # What lies on the seam is torn from both sides, not from the farther one alone.
    at_seam = np.abs(side) < ON_SEAM
    stage = in_legs * np.where(at_seam, 0.0, 2.0 * left - 1.0)
    return ChainWeights(weights / weights.sum(axis=1, keepdims=True), stage, side)


def wears_skirt(skeleton: Skeleton, split: LegSplit) -> bool:
    """Whether what hangs over the legs hangs low enough for a skirt."""
    thigh = skeleton.joints[Body.LEFT_KNEE, 1] - skeleton.joints[Body.LEFT_HIP, 1]
    return split.cloth and bool(split.y > skeleton.pelvis[1] + BODY.skirt * thigh)


def legs_shares(points: Float64, skeleton: Skeleton, split: LegSplit) -> Float64:
    """How far points (V, 2) belong to the left leg and not to the right one: (V,) in 0..1."""
    return _sides_of_legs(points, skeleton, split)[1]


def _sides_of_legs(points: Float64, skeleton: Skeleton, split: LegSplit) -> tuple[Float64, Float64]:
    """Which leg points (V, 2) are nearer to: (V,) pixels, negative nearer to the left one, and how
    far they belong to the left one: (V,) in 0..1."""
    torso = skeleton.torso
    to_leg = []
    for limb in LEGS:
        places = [skeleton.joints[j] for j in limb.joints]
        to_leg.append(
            np.min([segment_distance(points, a, b) for a, b in itertools.pairwise(places)], axis=0)
        )
    side = to_leg[0] - to_leg[1]
    if split.seam is not None:
        side = np.interp(points[:, 1], np.arange(len(split.seam)), split.seam)
        side = 2.0 * (side - points[:, 0])
    knees = skeleton.joints[Body.LEFT_KNEE] - skeleton.joints[Body.RIGHT_KNEE]
    wide = max(0.5 * float(np.hypot(*knees)), BODY.least_stance * torso)
    below = points[:, 1] - split.y
    if split.cloth:
        first, last = BODY.cloth_joins
        reach = wide * smoothstep(first * torso, last * torso, below)
    else:
        reach = np.minimum(wide, np.maximum(BODY.crotch_joins * torso - below, 0.0))
    return side, smoothstep(-1.0, 1.0, -side / (reach + ON_SEAM))


def _add_leg(  # noqa: PLR0913 - one leg's surroundings
    weights: Float64,
    points: Float64,
    skeleton: Skeleton,
    limb: Limb,
    share: Float64,
    hip_range: tuple[float, float],
) -> Float64:
    """Add one leg's weights (V, 31) for the `share` (V,) of points that is its own.

    hip_range: from where to where along the thigh the leg takes over. Returns the weight that the
    leg has taken from the trunk: (V,).
    """
    torso = skeleton.torso
    hip, knee, ankle, toes = (skeleton.joints[j] for j in limb.joints)
    thigh = knee - hip
    hang = smoothstep(*hip_range, (points - hip) @ thigh / (thigh @ thigh + 1e-9))
    across_knee = (points - knee) @ unit(unit(thigh) + unit(ankle - knee))
    bend = smoothstep(-BODY.knee * torso, BODY.knee * torso, across_knee)
    across_ankle = (points - ankle) @ unit(unit(ankle - knee) + unit(toes - ankle))
    foot = smoothstep(-BODY.ankle * torso, BODY.ankle * torso, across_ankle)

    upper, lower, end = limb.bones
    at_hip = shares_along(hang, len(limb.between[0]) + 2)
    at_knee = shares_along(bend, len(limb.between[1]) + 2)
    straight, beyond = share * at_knee[:, 0], share * hang * at_knee[:, -1]
    # The first of the hip's row is the trunk, whose weights the caller writes.
    weights[:, [*limb.between[0], upper]] += straight[:, None] * at_hip[:, 1:]
    weights[:, list(limb.between[1])] += (share * hang)[:, None] * at_knee[:, 1:-1]
    weights[:, lower] += beyond * (1.0 - foot)
    weights[:, end] += beyond * foot
    taken: Float64 = straight * (1.0 - at_hip[:, 0]) + share * hang * (1.0 - at_knee[:, 0])
    return taken
