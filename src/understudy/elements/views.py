"""Judging one picture of an element: what it shows of the character and what it can be used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.arm_traits import arm_is_seen, arm_states, middle_covered
from understudy.character.carried_corrections import corrections_of
from understudy.character.figure.anatomy import Anatomy, draw_bones, measure
from understudy.character.figure.find import Figure, Track, find_figure
from understudy.character.figure.placed import search_placed, with_joints
from understudy.character.figure.plausibility import without_false_face
from understudy.character.figure.profile import Profile, find_profile
from understudy.character.traits import framing_of
from understudy.errors import InputRefused
from understudy.geometry.face_mesh import (
    INNER_LIPS,
    MOUTH_CORNERS,
    eye_opening,
    face_width,
    head_angles,
    head_frame,
)
from understudy.geometry.filters import smoothstep
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.geometry.skeleton import SIDES
from understudy.media.picture import Picture

Facing = Literal["front", "three_quarter", "sideways", "left", "right", "back"]

VERSION = "view/3"


@dataclass(frozen=True, slots=True)
class ViewNumbers:
    """How a view is judged. T is the torso's length. All set by eye."""

    side: int = 800  # px: the longer side at which pictures are judged; what decides is large
    turned: float = 24.0  # degrees: a trunk turned by more is no longer seen from the front
    sideways: float = 58.0  # degrees: turned by more, it is neither a front nor a back
    readable_face: float = 20.0  # px when judged: a narrower one says nothing of eyes and mouth
    plain_face: float = 40.0  # px when judged: a wider one is found wherever it is visible
    forearm: float = 0.09  # T: half its width
    hips: float = 0.5  # weight of the hips beside the shoulders in how a trunk is turned
    mouth: tuple[float, float] = (0.30, 0.08)  # opening per width: open, closed
    eyes: tuple[float, float] = (0.12, 0.24)  # opening per width: closed, open
    fine: float = 1.2  # px when judged: what is coarser is no detail


NUMBERS = ViewNumbers()
JUDGED_SIDE = NUMBERS.side


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one picture shows of a character.

    picture: as it was opened. index: its number among the element's, from 0; -1 for the picture
    that goes with the take.
    facing: how the trunk is turned; `left` and `right` are the sides that a profile shows, one arm
    and leg before the other, and `sideways` is a figure turned as far whose limbs cross or stride.
    movable: shows a figure that can be animated; another picture may still serve for its face or
    as a side view. free_arms: how many of the two arms are clear of the body.
    torso, face: the torso's length and the face's width (0 without a face), in pixels of the file.
    head_pose: yaw and pitch of the face, radians. neutral: 0..1, whether the eyes are open and the
    mouth is closed; for a profile, how straight the figure stands.
    detail: sharpness, the mean contrast of neighbouring pixels on the figure in 8-bit levels.
    """

    picture: Picture
    index: int
    facing: Facing
    framing: Framing
    movable: bool
    free_arms: int
    torso: float
    face: float
    head_pose: tuple[float, float]
    neutral: float
    detail: float


def judge(
    picture: Picture, index: int, track: Track, *, frontal: bool | None = None
) -> View | None:
    """Judge one picture. None if it shows neither a figure that can be animated nor a face.

    frontal: the picture is known to be taken from the front. It is then never judged a back, as a
    helmet or an animal's head might be, nor a side. By default that holds for the take's own
    picture and for the first one of an element.
    """
    rgb, alpha = _at_judged_size(picture)
    scale = picture.source_size[0] / rgb.shape[1]
    if frontal is None:
        frontal = index <= 0
    if not frontal:
        profile = find_profile(rgb, alpha, track)
        if profile is not None:
            return _profile_view(picture, index, rgb, profile, scale)
    try:
        figure = _find(picture, rgb, alpha, track)
    except InputRefused:
        return _face_view(picture, index, rgb, scale, track)
    if figure.face_alone:
        # Other pictures of the character show more.
        return _face_view(picture, index, rgb, scale, track)
    marks, size = figure.landmarks, (rgb.shape[1], rgb.shape[0])
    anatomy = measure(marks)
    found = arm_states(anatomy, size, _covered(anatomy, figure.mask.shape))
    arms = corrections_of(picture).chosen(found)
    head_pose, neutral = _read_face(marks)
    return View(
        picture=picture,
        index=index,
        facing=_facing(marks, turned_round=figure.turned_round and not frontal),
        framing=framing_of(anatomy, figure.mask),
        movable=True,
        free_arms=arms.count("free"),
        torso=anatomy.torso * scale,
        face=0.0 if marks.face is None else float(face_width(marks.face)) * scale,
        head_pose=head_pose,
        neutral=neutral,
        detail=_detail(rgb, figure.mask > 0.5),
    )


def _find(picture: Picture, rgb: NDArray[np.uint8], alpha: Float32 | None, track: Track) -> Figure:
    """The figure of a picture, with what somebody corrected. Raises InputRefused without one."""
    corrections = corrections_of(picture)
    if not corrections:
        return find_figure(rgb, alpha, track)
    size = rgb.shape[1], rgb.shape[0]
    joints, point = corrections.on_canvas(picture.source_size, size)
    figure = search_placed(rgb, alpha, joints, track, point) or find_figure(rgb, alpha, track)
    return with_joints(figure, joints, size)


def _profile_view(
    picture: Picture, index: int, rgb: NDArray[np.uint8], profile: Profile, scale: float
) -> View:
    anatomy, size = profile.anatomy, (rgb.shape[1], rgb.shape[0])
    return View(
        picture=picture,
        index=index,
        facing=profile.near,
        framing=framing_of(anatomy, profile.mask),
        movable=False,
        free_arms=int(arm_is_seen(anatomy, SIDES.index(profile.near), size)),
        torso=anatomy.torso * scale,
        face=0.0,
        head_pose=(0.0, 0.0),
        neutral=profile.straightness,
        detail=_detail(rgb, profile.mask > 0.5),
    )


def with_faceless_backs(views: Sequence[View]) -> tuple[View, ...]:
    """The views, with those without a face judged as backs where the frontal view's face is large.

    If the legs are not in the picture the tracker mistakes a back for a front.
    """
    frontal = next((view for view in views if view.index == 0 and view.face > 0), None)
    if frontal is None or not frontal.movable:
        return tuple(views)

    def judged(view: View) -> View:
        longer = max(view.picture.source_size)
        expected = frontal.face * view.torso / frontal.torso * min(1.0, JUDGED_SIDE / longer)
        faceless = view.movable and view.face == 0 and expected > NUMBERS.plain_face
        if view.index > 0 and faceless and view.facing in ("front", "three_quarter"):
            return replace(view, facing="back")
        return view

    return tuple(judged(view) for view in views)


def _face_view(
    picture: Picture, index: int, rgb: NDArray[np.uint8], scale: float, track: Track
) -> View | None:
    """The view of a close-up, which shows a face but no figure."""
    found = track(rgb)
    marks = None if found.landmarks is None else without_false_face(found.landmarks)
    if marks is None or marks.face is None:
        return None
    head_pose, neutral = _read_face(marks)
    return View(
        picture=picture,
        index=index,
        facing="front" if abs(head_pose[0]) < np.radians(NUMBERS.turned) else "three_quarter",
        framing="head",
        movable=False,
        free_arms=0,
        torso=0.0,
        face=float(face_width(marks.face)) * scale,
        head_pose=head_pose,
        neutral=neutral,
        detail=_detail(rgb, found.mask > 0.5),
    )


def _at_judged_size(picture: Picture) -> tuple[NDArray[np.uint8], Float32 | None]:
    """The picture and its matte at the size that is judged."""
    height, width = picture.rgb.shape[:2]
    factor = min(1.0, JUDGED_SIDE / max(height, width))
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    rgb = np.asarray(cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    if picture.alpha is None:
        return rgb, None
    alpha = cv2.resize(picture.alpha, size, interpolation=cv2.INTER_AREA)
    return rgb, np.asarray(alpha.astype(np.float32) / np.float32(255), np.float32)


def _facing(marks: Landmarks, *, turned_round: bool) -> Facing:
    across = marks.world[Body.LEFT_SHOULDER] - marks.world[Body.RIGHT_SHOULDER]
    across = across + NUMBERS.hips * (marks.world[Body.LEFT_HIP] - marks.world[Body.RIGHT_HIP])
    yaw = abs(float(np.degrees(np.arctan2(across[2], across[0]))))
    turn = min(yaw, 180.0 - yaw)
    if turn > NUMBERS.sideways:
        return "sideways"
    if turned_round:
        return "back"
    return "front" if turn < NUMBERS.turned else "three_quarter"


def _covered(anatomy: Anatomy, shape: tuple[int, ...]) -> tuple[float, float]:
    """How much of the trunk's middle each forearm covers, judged by its bones alone."""
    left, right = (
        middle_covered(
            draw_bones(
                (shape[0], shape[1]), list(arm.segments[1:]), 2 * NUMBERS.forearm * anatomy.torso
            ),
            anatomy,
        )
        for arm in anatomy.arms
    )
    return left, right


def _read_face(marks: Landmarks) -> tuple[tuple[float, float], float]:
    """Yaw and pitch of the face, and how neutral it is; ((0, 0), 0.5) where it cannot be read."""
    face = marks.face
    if face is None:
        return (0.0, 0.0), 0.5
    yaw, pitch, _ = head_angles(head_frame(face)).tolist()
    if float(face_width(face)) < NUMBERS.readable_face:
        return (yaw, pitch), 0.5
    points = face[:, :2].astype(np.float64)
    gap = float(np.hypot(*(points[INNER_LIPS[0]] - points[INNER_LIPS[1]])))
    mouth = float(np.hypot(*(points[MOUTH_CORNERS[0]] - points[MOUTH_CORNERS[1]]))) + 1e-6
    closed = float(smoothstep(*NUMBERS.mouth, gap / mouth))
    awake = float(smoothstep(*NUMBERS.eyes, float(eye_opening(face).min())))
    return (yaw, pitch), (closed + awake) / 2


def _detail(rgb: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), NUMBERS.fine))
    return float(fine[inside].mean()) if inside.any() else float(fine.mean())
