"""The figure's measures: joints, the length that everything is scaled by, the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.face_mesh import FACE_OVAL, LEFT_CHEEK, RIGHT_CHEEK
from understudy.geometry.hand_landmarks import KNUCKLES
from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.geometry.skeleton import Side

Points = NDArray[np.float64]

LEGS = (
    (Body.LEFT_HIP, Body.LEFT_KNEE, Body.LEFT_ANKLE, Body.LEFT_FOOT_INDEX, Body.LEFT_HEEL),
    (Body.RIGHT_HIP, Body.RIGHT_KNEE, Body.RIGHT_ANKLE, Body.RIGHT_FOOT_INDEX, Body.RIGHT_HEEL),
)


@dataclass(frozen=True, slots=True)
class AnatomyNumbers:
    """Bounds of a figure's measures. T is the torso's length."""

    least_torso: float = 8.0
    """px: a torso is taken for no shorter than this."""
    face_width: float = 0.45
    """T: of a face that was not found;"""
    least_face_width: float = 0.15
    """T: of any."""
    least_shoulders: float = 0.2
    """T: half the shoulders' distance, also of a figure that is turned,"""
    least_hips: float = 0.12
    """T: and half that of the hip joints."""
    axis: tuple[float, float] = (-0.2, 1.3)
    """Along the trunk, 0 at the neck and 1 at the pelvis: beyond these its axis is held straight.
    """


NUMBERS = AnatomyNumbers()

_FRACTION_BITS = 3  # of a polygon's corners: eighths of a pixel
_FARTHEST = 1 << 14  # px: what is drawn further off is drawn here, within what OpenCV can hold


_LEAST_BONE = 1e-6  # px: joints may lie on one another


@dataclass(frozen=True, slots=True, eq=False)
class NearestOnArm:
    """Places on an arm's bones, (n, 2) canvas pixels. along: (n,) pixels from the shoulder to them,
    by way of the bones. bone: (n,) which of the segments they lie on."""

    places: Points
    along: Points
    bone: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class ArmBones:
    """One arm's joints in canvas pixels: `hand` is the middle of the knuckles."""

    side: Side
    shoulder: Points
    elbow: Points
    wrist: Points
    hand: Points
    visibility: float
    fingers: Points | None

    @property
    def segments(self) -> tuple[tuple[Points, Points], ...]:
        """Upper arm, forearm and hand, each as its two ends."""
        return (
            (self.shoulder, self.elbow),
            (self.elbow, self.wrist),
            (self.wrist, self.hand),
        )

    def nearest(self, points: Points) -> NearestOnArm:
        """The places on the bones that are nearest to points (n, 2), n at least 1."""
        places, lengths, before = [], [], 0.0
        for start, end in self.segments:
            bone = end - start
            length = float(np.hypot(*bone))
            t = np.clip((points - start) @ bone / max(length, _LEAST_BONE) ** 2, 0.0, 1.0)
            places.append(start + t[:, None] * bone)
            lengths.append(before + t * length)
            before += length
        away = np.stack([np.linalg.norm(points - place, axis=1) for place in places])
        on = np.argmin(away, axis=0)
        each = np.arange(len(points))
        return NearestOnArm(np.stack(places)[on, each], np.stack(lengths)[on, each], on)


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """Measures of the figure, in canvas pixels.

    joints: (33, 2); visibility: (33,). torso: distance from the middle of the shoulders to the
    middle of the hips: the unit of length of everything that scales with the figure. neck,
    pelvis, head: (2,), the middles of shoulders, hips and ears. face: (36, 2) outline of the face
    or None; face_centre (2,) and face_width hold with or without one. arms: left, right.
    """

    joints: Points
    visibility: Points
    torso: float
    neck: Points
    pelvis: Points
    head: Points
    face: Points | None
    face_centre: Points
    face_width: float
    arms: tuple[ArmBones, ArmBones]

    def in_frame(self, origin: Points, scale: float) -> Anatomy:
        """The same measures in a piece of the canvas that starts at `origin`, resized."""

        def place(points: Points) -> Points:
            return np.asarray((points - origin) * scale, dtype=np.float64)

        arms = tuple(
            ArmBones(
                arm.side,
                place(arm.shoulder),
                place(arm.elbow),
                place(arm.wrist),
                place(arm.hand),
                arm.visibility,
                None if arm.fingers is None else place(arm.fingers),
            )
            for arm in self.arms
        )
        return Anatomy(
            place(self.joints),
            self.visibility,
            self.torso * scale,
            place(self.neck),
            place(self.pelvis),
            place(self.head),
            None if self.face is None else place(self.face),
            place(self.face_centre),
            self.face_width * scale,
            (arms[0], arms[1]),
        )

    @property
    def shoulder_half_width(self) -> float:
        """Half the distance between the shoulders, at least a fifth of the torso."""
        left, right = self.joints[Body.LEFT_SHOULDER], self.joints[Body.RIGHT_SHOULDER]
        return max(float(np.linalg.norm(left - right)) / 2, NUMBERS.least_shoulders * self.torso)

    @property
    def hip_half_width(self) -> float:
        """Half the distance between the hip joints, at least an eighth of the torso."""
        left, right = self.joints[Body.LEFT_HIP], self.joints[Body.RIGHT_HIP]
        return max(float(np.linalg.norm(left - right)) / 2, NUMBERS.least_hips * self.torso)

    def axis_x(self, y: NDArray[Any]) -> Points:
        """Canvas x of the torso's axis at the rows `y`, held straight past neck and pelvis."""
        span = max(1.0, self.pelvis[1] - self.neck[1])
        t = np.clip((y - self.neck[1]) / span, *NUMBERS.axis)
        return np.asarray(self.neck[0] + (self.pelvis[0] - self.neck[0]) * t, dtype=np.float64)


def measure(landmarks: Landmarks) -> Anatomy:
    """Take the figure's measures from its landmarks (canvas pixels)."""
    joints = landmarks.body[:, :2].astype(np.float64)
    visibility = landmarks.body[:, 3].astype(np.float64)
    neck = (joints[Body.LEFT_SHOULDER] + joints[Body.RIGHT_SHOULDER]) / 2
    pelvis = (joints[Body.LEFT_HIP] + joints[Body.RIGHT_HIP]) / 2
    head = (joints[Body.LEFT_EAR] + joints[Body.RIGHT_EAR]) / 2
    torso = max(NUMBERS.least_torso, float(np.linalg.norm(neck - pelvis)))
    face = None
    face_centre, face_width = head, NUMBERS.face_width * torso
    if landmarks.face is not None:
        face = landmarks.face[list(FACE_OVAL), :2].astype(np.float64)
        face_centre = face.mean(axis=0)
        across = landmarks.face[LEFT_CHEEK, :2] - landmarks.face[RIGHT_CHEEK, :2]
        face_width = float(np.linalg.norm(across))
        face_width = max(face_width, NUMBERS.least_face_width * torso)
    arms = (
        _arm("left", joints, visibility, landmarks.left_hand),
        _arm("right", joints, visibility, landmarks.right_hand),
    )
    return Anatomy(
        joints, visibility, torso, neck, pelvis, head, face, face_centre, face_width, arms
    )


def _arm(side: Side, joints: Points, visibility: Points, fingers: Float32 | None) -> ArmBones:
    first = Body.LEFT_SHOULDER if side == "left" else Body.RIGHT_SHOULDER
    # Left and right alternate in the numbering, so that one side's joints are two apart.
    elbow, wrist, pinky, index = first + 2, first + 4, first + 6, first + 8
    hand = (joints[pinky] + joints[index]) / 2
    points = None if fingers is None else fingers[:, :2].astype(np.float64)
    if points is not None:
        hand = points[list(KNUCKLES)].mean(axis=0)
    return ArmBones(
        side,
        joints[first],
        joints[elbow],
        joints[wrist],
        hand,
        float(min(visibility[elbow], visibility[wrist])),
        points,
    )


def draw_bones(
    shape: tuple[int, int], bones: list[tuple[Points, Points]], width: float
) -> NDArray[np.bool_]:
    """Bones drawn as thick lines: a (h, w) mask. `width` in pixels."""
    mask = np.zeros(shape, np.uint8)
    for a, b in bones:
        cv2.line(mask, _pixel(a), _pixel(b), 1, max(1, round(width)))
    return mask > 0


def draw_disc(shape: tuple[int, int], centre: Points, radius: float) -> NDArray[np.bool_]:
    """A disc as a (h, w) mask."""
    mask = np.zeros(shape, np.uint8)
    cv2.circle(mask, _pixel(centre), max(1, round(radius)), 1, -1)
    return mask > 0


def draw_polygon(shape: tuple[int, int], points: Points) -> NDArray[np.bool_]:
    """A filled polygon, (n, 2) canvas pixels, as a (h, w) mask."""
    mask = np.zeros(shape, np.uint8)
    corners = np.round(points * (1 << _FRACTION_BITS)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, _FRACTION_BITS)
    return mask > 0


def _pixel(point: Points) -> tuple[int, int]:
    x, y = round(float(point[0])), round(float(point[1]))
    return min(_FARTHEST, max(-_FARTHEST, x)), min(_FARTHEST, max(-_FARTHEST, y))
