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

# Half widths of the transitions across joints, in torsos.
SHOULDER, ELBOW, WRIST = 0.10, 0.13, 0.06
KNEE, ANKLE = 0.13, 0.055
FAN = 0.15  # how far from the elbow skin is drawn round it


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


def arm_weights(
    points: Float64,
    skeleton: Skeleton,
    limb: Limb,
    *,
    hinged: bool = False,
    forced: int | None = None,
) -> ChainWeights:
    """Weights of points (V, 2) of an arm layer.

    hinged: upper arm and forearm are stiff pieces on a pin, with no skin between them that bends.
    forced: 0 takes every point as lying on the upper arm, 1 on the forearm or hand.
    """
    torso = skeleton.torso
    shoulder, elbow, wrist, knuckles = (skeleton.joints[j] for j in limb.joints)
    tips = wrist + 2.0 * (knuckles - wrist)
    to_upper = segment_distance(points, shoulder, elbow) / 1.1
    to_lower = segment_distance(points, elbow, wrist)
    to_hand = segment_distance(points, wrist, tips)
    side = to_upper - np.minimum(to_lower, to_hand)
    nearest = np.argmin(np.stack([to_upper, to_lower, to_hand]), axis=0)
    if forced == 0:
        nearest = np.zeros_like(nearest)
    elif forced == 1:
        nearest = np.where(to_hand < to_lower, 2, 1)

    down, on = unit(elbow - shoulder), unit(wrist - elbow)
    across_elbow = (points - elbow) @ unit(down + on)
    # In an arm that the picture shows folded, the two halves lie side by side on the inner side and
    # leave no room to pass on; on the outer side the skin runs round the joint as a fan.
    straight = 0.5 * (1.0 + float(down @ on))
    outside = np.maximum(0.0, (points - elbow) @ unit(down - on))
    reach = ELBOW * torso * (0.25 + 0.75 * straight) + 1.2 * (1.0 - straight) * outside
    bend = smoothstep(-reach, reach, across_elbow)
    # A wide sleeve or a glow would run round it as a wheel: it stays with its own half.
    near_elbow = np.sqrt(((points - elbow) ** 2).sum(axis=1)) < FAN * torso
    beyond_elbow = (nearest >= 1).astype(np.float64)
    bend = beyond_elbow if hinged else np.where(near_elbow & (nearest < 2), bend, beyond_elbow)
    if forced is not None and not hinged:
        # A forced point keeps to its side of the joint.
        bend = np.where(nearest >= 1, np.maximum(bend, 0.5), np.minimum(bend, 0.5))

    across_wrist = (points - wrist) @ unit(unit(wrist - elbow) + unit(tips - wrist))
    hand = smoothstep(-WRIST * torso, WRIST * torso, across_wrist)
    near_wrist = np.sqrt(((points - wrist) ** 2).sum(axis=1)) < 0.22 * torso
    hand = np.where(near_wrist & (nearest >= 1), hand, (nearest == 2).astype(np.float64))

    from_shoulder = (points - shoulder) @ unit(elbow - shoulder)
    free = smoothstep(-SHOULDER * torso, SHOULDER * torso, from_shoulder)
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


@dataclass(frozen=True, slots=True, eq=False)
class BodyFrame:
    """Measures of the trunk at rest that the body's weights are read off.

    up: (2,) unit vector from the pelvis to the neck. chin: (2,) canvas pixels. leg_split: where the
    legs part.
    """

    up: Float64
    chin: Float64
    leg_split: LegSplit


def body_frame(skeleton: Skeleton, leg_split: LegSplit) -> BodyFrame:
    """Measure the trunk of a skeleton at rest."""
    up = unit(skeleton.neck - skeleton.pelvis)
    if skeleton.face is not None:
        chin = skeleton.face[CHIN, :2].astype(np.float64)
    else:
        chin = skeleton.head + 0.55 * (skeleton.neck - skeleton.head)
    if (chin - skeleton.neck) @ up < 0.12 * skeleton.torso:
        chin = skeleton.neck + 0.12 * skeleton.torso * up
    return BodyFrame(up, chin, leg_split)


def head_weight(points: Float64, skeleton: Skeleton, frame: BodyFrame) -> Float64:
    """How far points (V, 2) belong to the head and not to the chest: (V,) in 0..1."""
    offset = points - skeleton.neck
    height = offset @ frame.up / ((frame.chin - skeleton.neck) @ frame.up)
    weight = smoothstep(0.1, 0.95, height)
    # A shoulder that reaches up to the chin is still no head; the face of a head turned aside is.
    across = np.array([-frame.up[1], frame.up[0]])
    middle = (skeleton.head + skeleton.joints[Body.NOSE]) / 2.0 - skeleton.neck
    rise = np.clip(offset @ frame.up / max(float(middle @ frame.up), 1e-6), 0.0, 1.0)
    aside = np.abs(offset @ across - rise * (middle @ across))
    shoulders = skeleton.joints[Body.LEFT_SHOULDER] - skeleton.joints[Body.RIGHT_SHOULDER]
    half = max(float(np.hypot(*shoulders)) / 2, 0.25 * skeleton.torso)
    shoulder = smoothstep(0.5, 1.1, aside / half) * smoothstep(1.9, 0.9, height)
    return np.asarray(weight * (1.0 - shoulder))


def body_weights(
    points: Float64, skeleton: Skeleton, frame: BodyFrame, *, forced: int | None = None
) -> ChainWeights:
    """Weights of points (V, 2) of the body layer.

    forced: 0 takes every point below the hips as lying on the left leg, 1 on the right. `stage` of
    the result is the left leg's weight less the right leg's, `side` which leg is nearer.
    """
    torso = skeleton.torso
    rise = (points - skeleton.pelvis) @ frame.up / torso
    chest = smoothstep(0.12, 0.75, rise)
    head = head_weight(points, skeleton, frame)

    to_leg = []
    for limb in LEGS:
        places = [skeleton.joints[j] for j in limb.joints]
        to_leg.append(
            np.min(
                [segment_distance(points, a, b) for a, b in itertools.pairwise(places)],
                axis=0,
            )
        )
    side = to_leg[0] - to_leg[1]
    if frame.leg_split.seam is not None:
        side = np.interp(points[:, 1], np.arange(len(frame.leg_split.seam)), frame.leg_split.seam)
        side = 2.0 * (side - points[:, 0])
    knees = skeleton.joints[Body.LEFT_KNEE] - skeleton.joints[Body.RIGHT_KNEE]
    wide = max(0.5 * float(np.hypot(*knees)), 0.25 * torso)
    below = points[:, 1] - frame.leg_split.y
    if frame.leg_split.cloth:
        reach = wide * smoothstep(0.12 * torso, 0.03 * torso, below)
    else:
        reach = np.minimum(wide, np.maximum(0.09 * torso - below, 0.0))
    left = smoothstep(-1.0, 1.0, -side / (reach + 1.0))
    if forced is not None:
        left = np.full(len(points), 1.0 if forced == 0 else 0.0)

    weights = np.zeros((len(points), len(Bone)))
    thigh_length = skeleton.joints[Body.LEFT_KNEE, 1] - skeleton.joints[Body.LEFT_HIP, 1]
    skirt = frame.leg_split.cloth and frame.leg_split.y > skeleton.pelvis[1] + 0.42 * thigh_length
    in_legs = np.zeros(len(points))
    for limb, share in zip(LEGS, (left, 1.0 - left), strict=True):
        hip, knee, ankle, toes = (skeleton.joints[j] for j in limb.joints)
        thigh = knee - hip
        down = (points - hip) @ thigh / (thigh @ thigh + 1e-9)
        hang = smoothstep(-0.05, 0.8 if skirt else 0.5, down)
        bend = smoothstep(
            -KNEE * torso, KNEE * torso, (points - knee) @ unit(unit(thigh) + unit(ankle - knee))
        )
        foot = smoothstep(
            -ANKLE * torso,
            ANKLE * torso,
            (points - ankle) @ unit(unit(ankle - knee) + unit(toes - ankle)),
        )
        upper, lower, end = limb.bones
        at_hip = shares_along(hang, len(limb.between[0]) + 2)
        at_knee = shares_along(bend, len(limb.between[1]) + 2)
        straight, beyond = share * at_knee[:, 0], share * hang * at_knee[:, -1]
        # The first of the hip's row is the trunk, whose weights are written below.
        weights[:, [*limb.between[0], upper]] += straight[:, None] * at_hip[:, 1:]
        weights[:, list(limb.between[1])] += (share * hang)[:, None] * at_knee[:, 1:-1]
        weights[:, lower] += beyond * (1.0 - foot)
        weights[:, end] += beyond * foot
        in_legs += straight * (1.0 - at_hip[:, 0]) + share * hang * (1.0 - at_knee[:, 0])
    trunk = np.clip(1.0 - in_legs, 0.0, 1.0)
    weights[:, Bone.HEAD] += trunk * chest * head
    weights[:, Bone.CHEST] += trunk * chest * (1.0 - head)
    weights[:, Bone.PELVIS] += trunk * (1.0 - chest)
    legs = in_legs * (2.0 * left - 1.0)
    return ChainWeights(weights / weights.sum(axis=1, keepdims=True), legs, side)
