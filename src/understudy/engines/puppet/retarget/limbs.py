"""Arms and legs: forward kinematics from directions, in the skeleton's own lengths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.skeleton import Bone, Limb
from understudy.geometry.transforms import affine, rotation, transform, wrap_angle

Float64 = NDArray[np.float64]

# The picture's own foreshortening is undone up to this factor; beyond it the texture is stretched
# until it smears.
LONGEST_STRETCH = 1.8


@dataclass(frozen=True, slots=True, eq=False)
class LimbPose:
    """Where one limb is: joints (T, 4, 2) and the affine map (T, 2, 3) of each of its bones."""

    joints: Float64
    maps: dict[Bone, Float64]


def stretched_along(angle_rest: float, angle: Float64, stretch: Float64, size: Float64) -> Float64:
    """Linear maps (T, 2, 2): stretch along a bone, keep its width, turn it, scale by `size`."""
    scale = np.zeros((len(angle), 2, 2))
    scale[:, 0, 0] = stretch
    scale[:, 1, 1] = 1.0
    turn_back = rotation(np.array(-angle_rest))
    return np.asarray(rotation(angle) @ scale @ turn_back * size[:, None, None])


def interpolated_turn(parent: Float64, child: Float64, turn: Float64, share: float) -> Float64:
    """The linear map that has made `share` of the way between two bones `turn` (T,) radians apart.

    Blending the two maps as matrices shrinks the joint, most at a half turn, where it collapses to
    a point; turned by its share, with the stretch in the same proportion, it keeps its width
    (Kavan et al., "Geometric skinning with approximate dual quaternion blending", ACM TOG 2008, for
    the cause).
    """
    unturned = rotation(-turn) @ child
    return np.asarray(rotation(turn * share) @ (parent * (1.0 - share) + unturned * share))


@dataclass(frozen=True, slots=True, eq=False)
class LimbBones:
    """A limb's three bones: their true lengths in canvas pixels, and per bone the direction (T, 2)
    in units of that length."""

    lengths: tuple[float, float, float]
    vectors: tuple[Float64, Float64, Float64]


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """The trunk bone that a limb hangs on: its map (T, 2, 3) and its turn (T,), radians."""

    maps: Float64
    turn: Float64


def pose_limb(  # noqa: PLR0913 - one limb's surroundings
    limb: Limb, rest: Float64, bones: LimbBones, parent: Parent, size: Float64, *, centre: float
) -> LimbPose:
    """Pose one limb.

    rest: (35, 2) rest joints in canvas pixels. size: (T,) the figure's size. centre: the middle of
    the limb's natural range, radians; the turn of the limb's root is taken within half a turn to
    either side of it. The turn at the middle joint goes by way of the straight limb, never through
    the fold.
    """
    joints = [transform(parent.maps, rest[limb.joints[0]])]
    maps: dict[Bone, Float64] = {}
    linear_before, turn_before = parent.maps[:, :, :2], parent.turn
    angle_before, rest_before = np.zeros(len(size)), 0.0
    for i, (bone, vector) in enumerate(zip(limb.bones, bones.vectors, strict=True)):
        source, end = rest[limb.joints[i]], rest[limb.joints[i + 1]]
        rest_vector = end - source
        rest_length = float(np.hypot(*rest_vector)) + 1e-6
        true_length = min(bones.lengths[i], LONGEST_STRETCH * rest_length)
        angle_rest = float(np.arctan2(rest_vector[1], rest_vector[0]))
        reach = np.sqrt((vector**2).sum(axis=1))
        angle = np.arctan2(vector[:, 1], vector[:, 0])
        linear = stretched_along(angle_rest, angle, reach * true_length / rest_length, size)
        maps[bone] = affine(linear, source, joints[i])
        joints.append(joints[i] + vector * true_length * size[:, None])

        if i == 0:
            middle = centre - angle_rest
            turn = wrap_angle(angle - angle_rest - turn_before - middle) + middle
        else:
            turn = wrap_angle(angle - angle_before) - float(
                wrap_angle(np.array(angle_rest - rest_before))
            )
        if i < 2:
            steps = len(limb.between[i]) + 1
            for step, between in enumerate(limb.between[i], start=1):
                part = interpolated_turn(linear_before, linear, turn, step / steps)
                maps[between] = affine(part, source, joints[i])
        linear_before, angle_before, rest_before = linear, angle, angle_rest
    return LimbPose(np.stack(joints, axis=1), maps)


def move_end(pose: LimbPose, limb: Limb, target: Float64) -> LimbPose:
    """Turn and stretch a limb about its root so that its third joint comes to `target` (T, 2).

    The foot, which hangs on that joint, is moved and not turned: a planted foot stays flat.
    """
    root = pose.joints[:, 0]
    before = pose.joints[:, 2] - root
    after = target - root
    norm = (before**2).sum(axis=1) + 1e-9
    real = (before * after).sum(axis=1) / norm
    imaginary = (before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) / norm
    similar = np.stack(
        [np.stack([real, -imaginary], axis=-1), np.stack([imaginary, real], axis=-1)], axis=-2
    )
    shift = target - pose.joints[:, 2]
    maps = dict(pose.maps)
    for bone in (*limb.bones[:2], *limb.between[0], *limb.between[1]):
        linear = similar @ maps[bone][:, :, :2]
        offset = np.einsum("tij,tj->ti", similar, maps[bone][:, :, 2] - root) + root
        maps[bone] = np.concatenate([linear, offset[..., None]], axis=-1)
    foot = maps[limb.bones[2]].copy()
    foot[:, :, 2] += shift
    maps[limb.bones[2]] = foot
    joints = pose.joints.copy()
    joints[:, 1] = np.einsum("tij,tj->ti", similar, joints[:, 1] - root) + root
    joints[:, 2:] += shift[:, None]
    return LimbPose(joints, maps)
