"""One picture of an element, judged: what it shows of the character and what it is good for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Anatomy, draw_bones, measure
from understudy.character.figure.find import Track, find_figure
from understudy.character.figure.plausibility import without_false_face
from understudy.character.figure.profile import Profile, find_profile
from understudy.character.traits import arm_is_seen, arm_states, framing_of, middle_covered
from understudy.errors import InputRefused
from understudy.geometry.face_mesh import eye_opening, face_width, head_angles, head_frame
from understudy.geometry.filters import smoothstep
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.geometry.skeleton import SIDES
from understudy.media.picture import Picture

Facing = Literal["front", "three_quarter", "aside", "left", "right", "back"]

VERSION = "view/2"

# Pictures are judged at this longer side, in pixels: what decides is large.
JUDGED_SIDE = 800
# Degrees by which a trunk is turned from where a view stops being one from the front, and from
# where it is neither one from the front nor one from behind.
_TURNED, _ASIDE = 24.0, 58.0
# A face narrower than this (pixels when judged) says nothing about eyes and mouth.
_READABLE_FACE = 20.0
# One wider than this is found wherever it is to be seen.
_PLAIN_FACE = 40.0
# Half the width of a forearm, in torsos.
_FOREARM = 0.09


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one picture shows of a character.

    picture: as it was opened. index: its number among the element's, from 0; -1 for the picture
    that goes with the take.
    facing: how the trunk is turned; `left` and `right` are the sides that a profile shows, one arm
    and leg before the other, and `aside` is a figure turned as far whose limbs cross or stride.
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
    """Judge one picture; None when it shows neither a figure that can be moved nor a face.

    frontal: it is known to be from the front, and never taken for a view from behind, as a helmet
    or an animal's head might be, nor for one from the side. Unless told otherwise the take's own
    picture and the first one of an element are.
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
        figure = find_figure(rgb, alpha, track)
    except InputRefused:
        return _face_view(picture, index, rgb, scale, track)
    marks, size = figure.landmarks, (rgb.shape[1], rgb.shape[0])
    anatomy = measure(marks)
    arms = arm_states(anatomy, size, _covered(anatomy, figure.mask.shape))
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
    """The views, those counted as backs that show no face where the frontal one's is plain to see.

    Without legs in sight the tracker takes a back for a front, left and right with it.
    """
    frontal = next((view for view in views if view.index == 0 and view.face > 0), None)
    if frontal is None or not frontal.movable:
        return tuple(views)

    def judged(view: View) -> View:
        longer = max(view.picture.source_size)
        expected = frontal.face * view.torso / frontal.torso * min(1.0, JUDGED_SIDE / longer)
        faceless = view.movable and view.face == 0 and expected > _PLAIN_FACE
        if view.index > 0 and faceless and view.facing in ("front", "three_quarter"):
            return replace(view, facing="back")
        return view

    return tuple(judged(view) for view in views)


def _face_view(
    picture: Picture, index: int, rgb: NDArray[np.uint8], scale: float, track: Track
) -> View | None:
    """A close-up shows no figure, but a face."""
    found = track(rgb)
    marks = None if found.landmarks is None else without_false_face(found.landmarks)
    if marks is None or marks.face is None:
        return None
    head_pose, neutral = _read_face(marks)
    return View(
        picture=picture,
        index=index,
        facing="front" if abs(head_pose[0]) < np.radians(_TURNED) else "three_quarter",
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
    across = across + 0.5 * (marks.world[Body.LEFT_HIP] - marks.world[Body.RIGHT_HIP])
    yaw = abs(float(np.degrees(np.arctan2(across[2], across[0]))))
    aside = min(yaw, 180.0 - yaw)
    if aside > _ASIDE:
        return "aside"
    if turned_round:
        return "back"
    return "front" if aside < _TURNED else "three_quarter"


def _covered(anatomy: Anatomy, shape: tuple[int, ...]) -> tuple[float, float]:
    """How much of the trunk's middle each forearm lies over, by its bones alone."""
    left, right = (
        middle_covered(
            draw_bones((shape[0], shape[1]), list(arm.segments[1:]), 2 * _FOREARM * anatomy.torso),
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
    if float(face_width(face)) < _READABLE_FACE:
        return (yaw, pitch), 0.5
    points = face[:, :2].astype(np.float64)
    gap = float(np.hypot(*(points[13] - points[14])))
    mouth = float(np.hypot(*(points[78] - points[308]))) + 1e-6
    closed = float(smoothstep(0.30, 0.08, gap / mouth))
    awake = float(smoothstep(0.12, 0.24, float(eye_opening(face).min())))
    return (yaw, pitch), (closed + awake) / 2


def _detail(rgb: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    return float(fine[inside].mean()) if inside.any() else float(fine.mean())
