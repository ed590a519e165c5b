"""Retargeting: transferring a performance to a skeleton."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import MotionControls
from understudy.engines.puppet.retarget.contacts import keep_contacts
from understudy.engines.puppet.retarget.controls import (
    AS_DRIVEN,
    of_strength,
    smoothed,
    within_width,
    without_travel,
)
from understudy.engines.puppet.retarget.depth_order import arms_behind, left_leg_behind
from understudy.engines.puppet.retarget.directions import directions, turned_away
from understudy.engines.puppet.retarget.driver import (
    BodyTrack,
    Part,
    figure_of_performance,
    figure_of_skeleton,
)
from understudy.engines.puppet.retarget.face import FaceMotion, read_face, upright_share
from understudy.engines.puppet.retarget.fingers import read_hand
from understudy.engines.puppet.retarget.limbs import LimbBones, LimbPose, Parent, pose_limb
from understudy.engines.puppet.retarget.motion import Motion
from understudy.engines.puppet.retarget.stance import (
    canvas_per_clip_pixel,
    pose_stance,
    starting_value,
)
from understudy.engines.puppet.retarget.trunk import TrunkPose, pose_trunk
from understudy.geometry.filters import gaussian
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS, LEGS, Bone, Skeleton
from understudy.geometry.transforms import transform, wrap_angle
from understudy.media.limits import Orientation
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

# The middle of each arm's natural range on the screen, left then right: outwards, a little below
# the horizontal.
ARM_CENTRES = (np.radians(20.0), np.radians(160.0))


@dataclass(frozen=True, slots=True)
class RetargetNumbers:
    """How far size, turn and nod of the driver are followed.

    farthest, nearest: bounds of the figure's size as the driver goes and comes (1 at the start).
    picture_turn: radians up to which the tracker is believed that a picture's figure is turned.
    narrowest: a front view that faces us while the driver turns away is no narrower than this.
    nod, most_nod: share of the driver's nod that a head in profile follows; the most, radians.
    nod_seconds: smoothing of the nod (sigma).
    flat: power of an arm's length on the screen that a drawn one has: paper that is squeezed to a
        strip along its lines is no arm that points at the camera.
    """

    farthest: float = 0.7
    nearest: float = 1.35
    picture_turn: float = 0.6
    narrowest: float = 0.72
    nod: float = 0.7
    most_nod: float = 0.5
    nod_seconds: float = 0.1
    flat: float = 0.5


NUMBERS = RetargetNumbers()

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
    # 1. Read driver and picture alike.
    performance = smoothed(performance, controls.smoothing)
    driver = figure_of_performance(performance)
    rest = figure_of_skeleton(skeleton)
    face = _taken(read_face(performance.face, driver, skeleton.face), controls)

    # 2. Where every bone points, and how large the figure is.
    turn_back = driver.yaw - _picture_turn(rest)
    away = _turned_back(driver, skeleton, orientation, turns_round=turns_round)
    vectors = _vectors(driver, turn_back, away, narrows=orientation == "video")
    strength = controls.strength if controls.body else 0.0
    vectors = of_strength(vectors, directions(rest, np.zeros(len(rest))), strength)
    size = _taken_size(driver, skeleton, controls)

    # 3. Trunk and head, arms on the trunk, then legs and the place of the whole.
    if skeleton.near is None:
        roll = face.head[:, 2] * (upright_share(driver.yaw) if turns_round else 1.0)
    else:
        roll = _nod(driver, rest) * (controls.strength if controls.head else 0.0)
    trunk = pose_trunk(skeleton, rest, driver, vectors, roll, size)
    arms = _arms(skeleton, rest, trunk, vectors, size)
    legs_move = driver.legs_seen and skeleton.legs and controls.body
    stance = pose_stance(
        driver, rest, skeleton, trunk, vectors, size, legs_move=legs_move, still=not controls.body
    )
    if controls.body:
        _, joints = _assembled(skeleton, trunk, [*arms, *stance.legs], np.zeros_like(stance.root))
        arms = keep_contacts(driver, arms, joints, skeleton.torso, size, turn_back * away)
    root = _root(stance.root, performance.times, skeleton, controls, width)
    bones, joints = _assembled(skeleton, trunk, [*arms, *stance.legs], root)

    # 4. What is drawn on top: head, face, fingers, and the order of the layers.
    return Motion(
        times=performance.times,
        bones=bones.astype(np.float32),
        joints=joints.astype(np.float32),
        size=size.astype(np.float32),
        root=root.astype(np.float32),
        head=_head(face, turn_back, orientation).astype(np.float32),
        face_confidence=face.known.astype(np.float32),
        expression=face.expression,
        eyes_closed=face.eyes_closed.astype(np.float32),
        fingers=_fingers(performance, driver, controls).astype(np.float32),
        arms_behind=arms_behind(driver, turn_back * away, joints, skeleton.torso) & controls.body,
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


def _picture_turn(rest: BodyTrack) -> float:
    """How far the picture's figure is turned, as far as the tracker is believed: radians."""
    return float(np.clip(wrap_angle(rest.yaw[0]), -NUMBERS.picture_turn, NUMBERS.picture_turn))


def _taken_size(driver: BodyTrack, skeleton: Skeleton, controls: MotionControls) -> Float64:
    """The figure's size (T,) by the driver's distance, as far as it is taken."""
    if not controls.travel or not controls.body:
        return np.ones(len(driver))
    return 1.0 + min(1.0, controls.strength) * (_size(driver, skeleton) - 1.0)


def _fingers(performance: Performance, driver: BodyTrack, controls: MotionControls) -> Float64:
    """The fingers of both hands as `Motion` holds them, all NaN where they are not taken."""
    hands = (performance.left_hand, performance.right_hand)
    fingers = np.stack([read_hand(hand, driver.frame_seconds) for hand in hands], axis=1)
    return fingers if controls.hands else np.full_like(fingers, np.nan)


def _taken(face: FaceMotion, controls: MotionControls) -> FaceMotion:
    """As much of the face's motion as is wanted."""
    features = controls.strength if controls.face else 0.0
    turns = controls.strength if controls.head else 0.0
    return replace(
        face,
        head=face.head * turns,
        expression=face.expression if features == 1.0 else face.expression * np.float32(features),
        eyes_closed=np.clip(face.eyes_closed * features, 0.0, 1.0),
    )


def _turned_back(
    driver: BodyTrack, skeleton: Skeleton, orientation: Orientation, *, turns_round: bool
) -> Float64:
    """How far the driver's own turn is taken out: (T,) in 0..1."""
    if orientation == "image":
        return np.ones(len(driver))
    if skeleton.near is not None:
        return np.zeros(len(driver))
    return turned_away(driver.yaw, turns_round=turns_round)


def _size(driver: BodyTrack, skeleton: Skeleton) -> Float64:
    """How large the figure is, 1 at the start: (T,)."""
    if skeleton.cut and driver.legs_seen:
        # Who steps forward would push a portrait out of its frame.
        return np.ones(len(driver))
    size = driver.scale / starting_value(driver.scale, driver)
    return np.asarray(np.clip(size, NUMBERS.farthest, NUMBERS.nearest))


def _head(face: FaceMotion, turn_back: Float64, orientation: Orientation) -> Float64:
    """The head's turn as far as it is known, against the trunk with orientation `image`: (T, 3)."""
    head = face.head.copy()
    if orientation == "image":
        head[:, 0] = wrap_angle(head[:, 0] - turn_back)
    return np.asarray(head * face.known[:, None])


def _nod(driver: BodyTrack, rest: BodyTrack) -> Float64:
    """How far the head is bowed or thrown back against the picture's, both in profile: (T,)
    radians, clockwise."""

    def gaze(figure: BodyTrack) -> Float64:
        ears = figure.points[:, [Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=1)
        ahead = figure.points[:, Body.NOSE] - ears
        return np.asarray(np.arctan2(ahead[:, 1], ahead[:, 0]))

    turn = gaussian(
        wrap_angle(gaze(driver) - gaze(rest)), NUMBERS.nod_seconds / driver.frame_seconds
    )
    return np.asarray(NUMBERS.nod * np.clip(turn, -NUMBERS.most_nod, NUMBERS.most_nod))


def _vectors(
    driver: BodyTrack, turn_back: Float64, away: Float64, *, narrows: bool
) -> dict[Part, Float64]:
    """Directions as filmed where the driver faces the camera, turned back where `away` is 1."""
    if np.all(away == 0.0):
        return directions(driver, np.zeros(len(driver)))
    mixed = directions(driver, turn_back)
    if not np.all(away == 1.0):
        filmed = directions(driver, np.zeros(len(driver)))
        share = away[:, None]
        mixed = {part: filmed[part] * (1 - share) + mixed[part] * share for part in filmed}
    if narrows:
        width = np.maximum(np.abs(np.cos(driver.yaw)), NUMBERS.narrowest) * away + 1.0 - away
        mixed["shoulders"] = mixed["shoulders"] * width[:, None]
        mixed["hips"] = mixed["hips"] * width[:, None]
    return mixed


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
    return np.asarray(vector * np.minimum(reach, 1.0) ** (NUMBERS.flat - 1.0))


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
