"""Portraits of which only the face is recognised: a body is laid out below it.

Inside a close picture, or under a large hat, the tracker imagines a small whole body or none, but
finds the face again and again. Where shoulders and hips lie is then told by the face alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from understudy.character.figure.joints import JOINTS, LIMBS, Joint, landmarks_of
from understudy.geometry.face_mesh import (
    CANTHI,
    CHIN,
    LEFT_CHEEK,
    NOSE_TIP,
    RIGHT_CHEEK,
    face_width,
)
from understudy.geometry.landmarks import Body, Float32, Landmarks


@dataclass(frozen=True, slots=True)
class PortraitNumbers:
    """Where a body lies below its face, in face widths: the middle of what the tracker finds in
    photos and in drawings, which differ by a half.
    """

    neck: float = 0.5
    """From the chin down to the middle of the shoulders,"""
    shoulders: float = 1.7
    """between these,"""
    torso: float = 2.8
    """and down to the middle of the hips;"""
    hips: float = 0.9
    """between these."""
    limb: float = 1.4
    """Length of the limbs' bones, of which none is seen."""
    moved: float = 0.3
    """Two searches that find the same face differ by less,"""
    resized: float = 0.25
    """and so does its width, as a share."""
    votes: int = 2
    """Searches that must find it."""


NUMBERS = PortraitNumbers()


SeenFace = tuple[Float32, Float32]
"""A face (468, 3) that a search found, and the search's mask (h, w) of the figure."""

ONLY_A_FACE = (
    "Only the face of the figure was recognised: the head moves, and the trunk sways with it."
)


def below_face(faces: Sequence[SeenFace], height: int) -> tuple[Landmarks, Float32] | None:
    """The landmarks and the mask of the figure whose face enough searches found.

    faces: the most promising search's first. height: of the picture. None where no face was found
    often enough, or where its hips would be in the picture: a whole figure has more than a face.
    """
    for face, mask in faces:
        if sum(_is_same(face, other) for other, _ in faces) >= NUMBERS.votes:
            landmarks = portrait_landmarks(face, height)
            return None if landmarks is None else (landmarks, mask)
    return None


def _is_same(one: Float32, other: Float32) -> bool:
    width = float(face_width(one))
    apart = float(np.linalg.norm((one - other)[:, :2].mean(axis=0)))
    resized = abs(float(face_width(other)) - width)
    return apart < NUMBERS.moved * width and resized < NUMBERS.resized * width


def portrait_landmarks(face: Float32, height: int) -> Landmarks | None:
    """Landmarks of an upright figure with this face, whose hips the lower edge cuts off; None for
    one whose hips would be in the picture.

    face: (468, 3), pixels. height: of the picture. No limb is visible.
    """
    n, width = NUMBERS, float(face_width(face))
    chin = face[CHIN, :2].astype(np.float64)
    neck = chin + np.array([0, n.neck * width])
    pelvis = neck + np.array([0, n.torso * width])
    if pelvis[1] < height:
        return None
    joints = np.zeros((JOINTS, 2))
    joints[Joint.HEAD] = face[NOSE_TIP, :2]
    for shoulder, elbow, wrist, hip, knee, ankle, side in (
        (*LIMBS["left arm"], *LIMBS["left leg"], 0.5),
        (*LIMBS["right arm"], *LIMBS["right leg"], -0.5),
    ):
        joints[shoulder] = neck + np.array([side * n.shoulders * width, 0])
        joints[hip] = pelvis + np.array([side * n.hips * width, 0])
        for root, middle, end in ((shoulder, elbow, wrist), (hip, knee, ankle)):
            joints[middle] = joints[root] + np.array([0, n.limb * width])
            joints[end] = joints[middle] + np.array([0, n.limb * width])
    landmarks = landmarks_of(joints, frozenset(LIMBS))
    body = landmarks.body.copy()
    body[[Body.LEFT_EAR, Body.RIGHT_EAR], :2] = face[[LEFT_CHEEK, RIGHT_CHEEK], :2]
    for first, canthi in ((Body.LEFT_EYE_INNER, CANTHI[0]), (Body.RIGHT_EYE_INNER, CANTHI[1])):
        inner, outer = (face[point, :2] for point in canthi)
        body[first : first + 3, :2] = inner, (inner + outer) / 2, outer
    return replace(landmarks, body=body, face=face)
