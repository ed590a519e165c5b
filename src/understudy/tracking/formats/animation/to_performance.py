"""An animation of any tool as a performance: the landmarks of somebody who moves like that.

Joints are known by name. Axes, units and facing differ from tool to tool and are told from the
figure itself: its head is above its feet, its legs have the length of a person's. A figure that
looks away from the camera for most of the time is turned to it. The camera sees it without
perspective, in a frame that holds the whole motion.

What a skeleton does not show is put where it is on a usual person: ears, eyes, nose and mouth about
the head's joint, knuckles and heels. Its face moves with the head and not by itself; it
has no fingers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from understudy.geometry.landmarks import (
    BODY_LANDMARKS,
    HAND_LANDMARKS,
    Body,
)
from understudy.geometry.skeleton import SIDES, Side
from understudy.tracking.formats.animation.body import NAMES, middle
from understudy.tracking.formats.animation.head import HEAD
from understudy.tracking.formats.animation.hierarchy import (
    Animation,
    joint_positions,
    joint_rotations,
)
from understudy.tracking.formats.animation.joint_names import (
    BodyJoints,
    SideJoints,
    joints_by_name,
)
from understudy.tracking.formats.animation.rotations import across, frame, unit
from understudy.tracking.formats.animation.still_face import still_face
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

TO_PERFORMANCE = np.array([1.0, -1.0, -1.0])
"""From y up, z near to y down, z away."""


@dataclass(frozen=True, slots=True)
class FigureNumbers:
    """A usual person, and the camera that looks at it. Lengths in metres."""

    leg: float = 0.82
    """From hip to ankle."""
    leg_metres: tuple[float, float] = (0.5, 1.2)
    """A leg of such a length is in metres; of a hundred times that, in centimetres."""
    facing: float = 60.0
    """Degrees by which a figure may be turned away on average before it is turned to the camera."""
    ears: tuple[float, float, float] = (0.0, 0.07, 0.03)
    """The middle of the ears from the head's joint, of hierarchies other than ours."""
    neck: float = 0.16
    """From the shoulders' middle to the ears, where there is no head."""
    palm: float = 0.09
    """From the wrist to the knuckles."""
    knuckles: float = 0.02
    """From the middle of the knuckles to the first and the last."""
    thumb: tuple[float, float] = (0.03, 0.03)
    """The thumb's base along the hand and ahead of it."""
    toes: tuple[float, float, float] = (0.0, -0.043, 0.15)
    heel: tuple[float, float, float] = (0.0, -0.043, 0.01)
    """From the ankle of a foot that is level, as the tracker places them."""
    height: int = 1280
    """Pixels of the frame."""
    least_width: int = 720
    most_width: int = 2560
    margin: float = 0.08
    """Of the frame that stays free on each side."""


NUMBERS = FigureNumbers()


def performance_of_animation(animation: Animation) -> Performance:
    """The landmarks of a figure that moves as the animation does, from time 0 on.

    Raises ValueError where joints are missing or their names are not known.
    """
    joints = joints_by_name([joint.name for joint in animation.hierarchy])
    points, head = _points(animation, joints)
    if not np.isfinite(points).all():
        raise ValueError("the skeleton's motion is not finite")
    hips = middle(points, "HIP")
    camera = _camera(points)
    face = still_face(points[:, Body.NOSE], head)
    frames = len(animation)
    hand = np.full((frames, HAND_LANDMARKS, 3), np.nan, np.float32)
    return Performance(
        times=animation.times - animation.times[0],
        body=_visible(camera.seen(points, hips)).astype(np.float32),
        world=((points - hips[:, None]) * TO_PERFORMANCE).astype(np.float32),
        left_hand=hand,
        right_hand=hand.copy(),
        face=camera.seen(face, hips).astype(np.float32),
        size=camera.size,
    )


def _points(animation: Animation, joints: BodyJoints) -> tuple[Float64, Float64]:
    """The landmarks (T, 33, 3) in metres, y up, z towards the camera, and the head's axes."""
    places = joint_positions(animation)
    rest = _rest_places(animation)
    turned = joint_rotations(animation) @ _axes(rest[None], joints)[0]
    upright = _to_y_up(places, joints) * _metres(rest, joints)
    places = places @ upright.T
    # Rotations take a usual person's axes (left, up, ahead) to where the joint points.
    turned = upright @ turned / np.cbrt(np.linalg.det(upright))
    towards = _towards_camera(_axes(places, joints))
    places, turned = places @ towards.T, towards @ turned
    points = np.zeros((len(animation), BODY_LANDMARKS, 3))
    for side in SIDES:
        own = joints.left if side == "left" else joints.right
        _put_arm(points, places, turned, own, side)
        _put_leg(points, places, turned, own, side)
    return points, _put_head(points, places, turned, joints, animation)


def _rest_places(animation: Animation) -> Float64:
    """Places (J, 3) in the rest pose."""
    places = np.zeros((len(animation.hierarchy), 3))
    for index, joint in enumerate(animation.hierarchy):
        if joint.parent is not None:
            places[index] = places[joint.parent] + joint.offset
    return places


def _axes(places: Float64, joints: BodyJoints) -> Float64:
    """The trunk's axes (T, 3, 3) of joints (T, J, 3): to the figure's left, up, ahead."""
    left, right = joints.left, joints.right
    hips = (places[:, left.hip] + places[:, right.hip]) / 2
    shoulders = (places[:, left.arm] + places[:, right.arm]) / 2
    aside = places[:, left.hip] - places[:, right.hip] + places[:, left.arm] - places[:, right.arm]
    up = unit(shoulders - hips)
    x = unit(across(aside, up))
    return frame(x, up, np.cross(x, up))


def _metres(rest: Float64, joints: BodyJoints) -> float:
    """Metres in a unit of the file, by the length of the legs."""
    legs = [
        np.linalg.norm(rest[own.knee] - rest[own.hip])
        + np.linalg.norm(rest[own.ankle] - rest[own.knee])
        for own in (joints.left, joints.right)
    ]
    leg = float(np.mean(legs))
    least, most = NUMBERS.leg_metres
    if leg <= 0:
        raise ValueError("the skeleton's legs have no length")
    for unit_in_metres in (1.0, 0.01):
        if least <= leg * unit_in_metres <= most:
            return unit_in_metres
    return NUMBERS.leg / leg


def _to_y_up(places: Float64, joints: BodyJoints) -> Float64:
    """The rotation (3, 3) that brings the axis nearest to the figure's up to y."""
    feet = (places[:, joints.left.ankle] + places[:, joints.right.ankle]) / 2
    shoulders = (places[:, joints.left.arm] + places[:, joints.right.arm]) / 2
    up = np.median(unit(shoulders - feet), axis=0)
    axis = int(np.abs(up).argmax())
    sign = float(np.sign(up[axis])) or 1.0
    if axis == 1:
        return np.diag([1.0, sign, sign])
    rows = np.zeros((3, 3))
    rows[1, axis] = sign
    # The other two axes follow in their order, which keeps the handedness.
    rows[2, (axis + 1) % 3] = 1.0
    rows[0, (axis + 2) % 3] = sign
    return rows


def _towards_camera(axes: Float64) -> Float64:
    """The rotation (3, 3) about y that turns a figure to the camera that mostly looks away."""
    ahead = axes[:, :, 2].mean(axis=0)
    yaw = float(np.arctan2(ahead[0], ahead[2]))
    if abs(np.degrees(yaw)) <= NUMBERS.facing:
        return np.eye(3)
    return np.asarray(Rotation.from_rotvec([0, -yaw, 0]).as_matrix())


def _put_arm(
    points: Float64, places: Float64, turned: Float64, own: SideJoints, side: Side
) -> None:
    name = side.upper()
    points[:, Body[f"{name}_SHOULDER"]] = places[:, own.arm]
    elbow = points[:, Body[f"{name}_ELBOW"]] = places[:, own.elbow]
    wrist = points[:, Body[f"{name}_WRIST"]] = places[:, own.wrist]
    along = unit(wrist - elbow)
    knuckles = wrist + NUMBERS.palm * along
    if own.hand_end is not None:
        knuckles = places[:, own.hand_end]
        along = unit(knuckles - wrist)
    # Of a hand held out with the palm down, ahead is the thumb's side.
    ahead = unit(across(turned[:, own.wrist] @ np.array([0.0, 0.0, 1.0]), along))
    points[:, Body[f"{name}_INDEX"]] = knuckles + NUMBERS.knuckles * ahead
    points[:, Body[f"{name}_PINKY"]] = knuckles - NUMBERS.knuckles * ahead
    base = wrist + NUMBERS.thumb[0] * along + NUMBERS.thumb[1] * ahead
    points[:, Body[f"{name}_THUMB"]] = base if own.thumb is None else places[:, own.thumb]


def _put_leg(
    points: Float64, places: Float64, turned: Float64, own: SideJoints, side: Side
) -> None:
    name = side.upper()
    points[:, Body[f"{name}_HIP"]] = places[:, own.hip]
    points[:, Body[f"{name}_KNEE"]] = places[:, own.knee]
    ankle = points[:, Body[f"{name}_ANKLE"]] = places[:, own.ankle]
    foot = turned[:, own.ankle]
    toes = ankle + foot @ np.array(NUMBERS.toes)
    points[:, Body[f"{name}_FOOT_INDEX"]] = toes if own.toes is None else places[:, own.toes]
    points[:, Body[f"{name}_HEEL"]] = ankle + foot @ np.array(NUMBERS.heel)


def _put_head(
    points: Float64, places: Float64, turned: Float64, joints: BodyJoints, animation: Animation
) -> Float64:
    """Put the head's landmarks; its axes (T, 3, 3)."""
    if joints.head is not None:
        head = turned[:, joints.head]
        # In our own hierarchy the head's joint is the ears' middle.
        ours = [joint.name for joint in animation.hierarchy] == list(NAMES)
        ears = places[:, joints.head] + head @ (np.zeros(3) if ours else np.array(NUMBERS.ears))
    else:
        head = _axes(places, joints)
        ears = middle(points, "SHOULDER") + NUMBERS.neck * head[:, :, 1]
    for landmark, place in HEAD.items():
        points[:, landmark] = ears + head @ np.array(place)
    return head


@dataclass(frozen=True, slots=True, eq=False)
class _Camera:
    """A camera without perspective.

    scale: pixels per metre. centre: x of the frame's middle, bottom: y of its lower edge, metres.
    size: the frame's (width, height) in pixels.
    """

    scale: float
    centre: float
    bottom: float
    size: tuple[int, int]

    def seen(self, points: Float64, hips: Float64) -> Float64:
        """Points (T, N, 3) in the image: x, y in pixels and z on the same scale, from the hips."""
        x = self.size[0] / 2 + self.scale * (points[..., 0] - self.centre)
        y = self.size[1] - self.scale * (points[..., 1] - self.bottom)
        z = -self.scale * (points[..., 2] - hips[:, None, 2])
        return np.stack([x, y, z], axis=-1)


def _camera(points: Float64) -> _Camera:
    """A camera whose frame holds the whole motion."""
    least, most = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    free = 1 - 2 * NUMBERS.margin
    scale = NUMBERS.height * free / max(float(most[1] - least[1]), 1.0)
    width = float(most[0] - least[0]) * scale / free
    if width > NUMBERS.most_width:
        scale *= NUMBERS.most_width / width
        width = NUMBERS.most_width
    bottom = float(least[1]) - NUMBERS.margin * NUMBERS.height / scale
    size = max(NUMBERS.least_width, 2 * round(width / 2)), NUMBERS.height
    return _Camera(scale, float(least[0] + most[0]) / 2, bottom, size)


def _visible(body: Float64) -> Float64:
    """Body landmarks (T, 33, 4) with full visibility."""
    return np.concatenate([body, np.ones_like(body[..., :1])], axis=-1)
