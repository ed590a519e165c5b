"""Retargeting: transferring a performance to a skeleton."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import MotionControls
from understudy.engines.puppet.retarget.contacts import keep_contacts
from understudy.engines.puppet.retarget.controls import (
    AS_DRIVEN,
    smoothed,
    within_width,
    without_travel,
)
from understudy.engines.puppet.retarget.depth_order import arms_behind, left_leg_behind
from understudy.engines.puppet.retarget.driver import (
    BodyTrack,
    Part,
    figure_of_performance,
    figure_of_skeleton,
)
from understudy.engines.puppet.retarget.face import FaceMotion
from understudy.engines.puppet.retarget.fingers import read_hand
from understudy.engines.puppet.retarget.limbs import LimbBones, LimbPose, Parent, pose_limb
from understudy.engines.puppet.retarget.motion import Motion
from understudy.engines.puppet.retarget.stance import (
    canvas_per_clip_pixel,
    pose_stance,
)
from understudy.engines.puppet.retarget.targets import read_targets
from understudy.engines.puppet.retarget.trunk import TrunkPose, pose_trunk
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS, LEGS, Bone, Skeleton
from understudy.geometry.transforms import transform, wrap_angle
from understudy.media.limits import Orientation
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

# The middle of each arm's natural range on the screen, left then right: outwards, a little below
# the horizontal.
ARM_CENTRES = (np.radians(20.0), np.radians(160.0))

FLAT_POWER = 0.5
"""Of an arm's length on the screen that a drawn one has: paper that is squeezed to a strip along
its lines is no arm that points at the camera."""

# Joints that follow a bone's end without being part of a limb's chain.
FOLLOWERS: dict[Bone, tuple[Body, ...]] = {
    Bone.LEFT_HAND: (Body.LEFT_PINKY, Body.LEFT_INDEX, Body.LEFT_THUMB),
    Bone.RIGHT_HAND: (Body.RIGHT_PINKY, Body.RIGHT_INDEX, Body.RIGHT_THUMB),
    Bone.LEFT_FOOT: (Body.LEFT_HEEL,),
    Bone.RIGHT_FOOT: (Body.RIGHT_HEEL,),
}


def retarget(  # noqa: PLR0913 - independent keyword options
    performance: Performance,
    skeleton: Skeleton,
    *,
    orientation: Orientation,
    turns_round: bool = False,
    controls: MotionControls = AS_DRIVEN,
    width: int | None = None,
) -> Motion:
    """Carry the driver's motion over to the skeleton's own proportions.

    `video` follows the driver's facing as far as a front view can and calms down beyond it; `image`
    takes the driver's turn out, so that the figure faces as in its picture throughout.
    turns_round: another view of the figure takes over where the driver's back (or, for a view from
    behind, the front) is seen: this one follows the driver past the profile. controls: its share.
    width: of the canvas, which the figure then does not leave to the side, however far the driver
    goes: of a driver whom the clip's camera follows.
    """
    # 1. Read driver and picture: where every bone points, and how large the figure is.
    performance = smoothed(performance, controls.smoothing)
    targets = read_targets(performance, skeleton, orientation, controls, turns_round=turns_round)
    driver, rest, vectors, size = targets.driver, targets.rest, targets.vectors, targets.size

    # 2. Trunk and head, arms on the trunk, then legs and the place of the whole.
    trunk = pose_trunk(skeleton, rest, driver, vectors, targets.roll, size)
    arms = _arms(skeleton, rest, trunk, vectors, size)
    legs_move = driver.legs_seen and skeleton.legs and controls.body
    stance = pose_stance(
        driver, rest, skeleton, trunk, vectors, size, legs_move=legs_move, still=not controls.body
    )
    if controls.body:
        _, joints = _assembled(skeleton, trunk, [*arms, *stance.legs], np.zeros_like(stance.root))
        arms = keep_contacts(driver, arms, joints, skeleton.torso, size, targets.taken_out)
    root = _root(stance.root, performance.times, skeleton, controls, width)
    bones, joints = _assembled(skeleton, trunk, [*arms, *stance.legs], root)

    # 3. What is drawn on top: head, face, fingers, and the order of the layers.
    behind = arms_behind(driver, targets.taken_out, joints, skeleton.torso)
    return Motion(
        times=performance.times,
        bones=bones.astype(np.float32),
        joints=joints.astype(np.float32),
        size=size.astype(np.float32),
        root=root.astype(np.float32),
        head=_head(targets.face, targets.turn_back, orientation).astype(np.float32),
        face_confidence=targets.face.known.astype(np.float32),
        expression=targets.face.expression,
        eyes_closed=targets.face.eyes_closed.astype(np.float32),
        fingers=_fingers(performance, driver, controls).astype(np.float32),
        arms_behind=behind & controls.body,
        left_leg_behind=left_leg_behind(driver) & controls.body,
        planted=stance.planted.astype(np.float32),
        ground=_ground(skeleton),
        legs_move=legs_move,
    )


def figure_scale(performance: Performance, skeleton: Skeleton) -> float:
    """Canvas pixels of the figure per clip pixel of the driver, as the take begins."""
    driver = figure_of_performance(performance)
    legs = driver.legs_seen and skeleton.legs
    return canvas_per_clip_pixel(driver, figure_of_skeleton(skeleton), legs=legs)


def _ground(skeleton: Skeleton) -> NDArray[np.float32]:
    """Where the figure stands in its picture: (2,)."""
    ankles = skeleton.joints[[limb.joints[2] for limb in LEGS]]
    return np.array([ankles[:, 0].mean(), ankles[:, 1].max()], np.float32)


def _root(
    root: Float64,
    times: Float64,
    skeleton: Skeleton,
    controls: MotionControls,
    width: int | None,
) -> Float64:
    """Where the whole figure goes (T, 2), as far as travel is taken and the canvas is wide."""
    if not controls.travel:
        root = without_travel(root, times)
    return root if width is None else within_width(root, times, skeleton.joints[:, 0], width)


def _fingers(performance: Performance, driver: BodyTrack, controls: MotionControls) -> Float64:
    """The fingers of both hands as `Motion` holds them, all NaN where they are not taken."""
    hands = (performance.left_hand, performance.right_hand)
    fingers = np.stack([read_hand(hand, driver.frame_seconds) for hand in hands], axis=1)
    return fingers if controls.hands else np.full_like(fingers, np.nan)


def _head(face: FaceMotion, turn_back: Float64, orientation: Orientation) -> Float64:
    """The head's turn as far as it is known, against the trunk with orientation `image`: (T, 3)."""
    head = face.head.copy()
    if orientation == "image":
        head[:, 0] = wrap_angle(head[:, 0] - turn_back)
    return np.asarray(head * face.known[:, None])


def _arms(
    skeleton: Skeleton,
    rest: BodyTrack,
    trunk: TrunkPose,
    vectors: dict[Part, Float64],
    size: Float64,
) -> tuple[LimbPose, LimbPose]:
    """The left and the right arm on the trunk, as the directions have them."""
    centres = ARM_CENTRES
    if skeleton.near is not None:
        # In profile both arms lie before the body in the middle of their range.
        centres = (ARM_CENTRES[int(skeleton.near == "left")],) * 2
    scale = float(rest.scale[0])
    poses = []
    for limb, centre in zip(ARMS, centres, strict=True):
        upper, lower, hand = (rest.lengths[bone] * scale for bone in limb.bones)
        first, second, third = (_shown(vectors[bone], skeleton) for bone in limb.bones)
        bones = LimbBones((upper, lower, hand), (first, second, third))
        on = Parent(trunk.chest, trunk.chest_turn)
        poses.append(pose_limb(limb, skeleton.joints, bones, on, size, centre=centre))
    return poses[0], poses[1]


def _shown(vector: Float64, skeleton: Skeleton) -> Float64:
    """An arm bone's direction (T, 2), whose length is its share on the screen, as it is drawn."""
    if not skeleton.flat:
        return vector
    reach = np.sqrt((vector**2).sum(axis=1, keepdims=True)) + 1e-9
    return np.asarray(vector * np.minimum(reach, 1.0) ** (FLAT_POWER - 1.0))


def _assembled(
    skeleton: Skeleton, trunk: TrunkPose, limbs: list[LimbPose], root: Float64
) -> tuple[Float64, Float64]:
    """All bones (T, 31, 2, 3) and joints (T, 35, 2), moved by the root."""
    bones = np.zeros((len(root), len(Bone), 2, 3))
    bones[:, Bone.PELVIS], bones[:, Bone.CHEST] = trunk.pelvis, trunk.chest
    bones[:, Bone.HEAD] = trunk.head
    joints = np.stack([transform(trunk.head, place) for place in skeleton.joints], axis=1)
    for hip in (Body.LEFT_HIP, Body.RIGHT_HIP):
        joints[:, hip] = transform(trunk.pelvis, skeleton.joints[hip])
    for limb, pose in zip((*ARMS, *LEGS), limbs, strict=True):
        joints[:, list(limb.joints)] = pose.joints
        for bone, maps in pose.maps.items():
            bones[:, bone] = maps
            for joint in FOLLOWERS.get(bone, ()):
                joints[:, joint] = transform(maps, skeleton.joints[joint])
    bones[..., 2] += root[:, None]
    joints += root[:, None]
    return bones, joints
