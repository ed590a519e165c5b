"""The thirteen joints of a figure on two legs, and the landmarks made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from understudy.character.figure.anatomy import Points
from understudy.geometry.landmarks import BODY_LANDMARKS, Body, Landmarks


class Joint(IntEnum):
    """Index of a joint. Left and right are the figure's own."""

    HEAD = 0
    RIGHT_SHOULDER = 1
    RIGHT_ELBOW = 2
    RIGHT_WRIST = 3
    LEFT_SHOULDER = 4
    LEFT_ELBOW = 5
    LEFT_WRIST = 6
    RIGHT_HIP = 7
    RIGHT_KNEE = 8
    RIGHT_ANKLE = 9
    LEFT_HIP = 10
    LEFT_KNEE = 11
    LEFT_ANKLE = 12


JOINTS = len(Joint)
LIMBS = {
    "right arm": (Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST),
    "left arm": (Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
    "right leg": (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    "left leg": (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
}
"""Each limb's joints from its root on."""

_BODY = (
    Body.NOSE,
    Body.RIGHT_SHOULDER,
    Body.RIGHT_ELBOW,
    Body.RIGHT_WRIST,
    Body.LEFT_SHOULDER,
    Body.LEFT_ELBOW,
    Body.LEFT_WRIST,
    Body.RIGHT_HIP,
    Body.RIGHT_KNEE,
    Body.RIGHT_ANKLE,
    Body.LEFT_HIP,
    Body.LEFT_KNEE,
    Body.LEFT_ANKLE,
)
_EXCHANGED = (0, 4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9)


@dataclass(frozen=True, slots=True)
class LandmarkNumbers:
    """Where the landmarks lie that the joints do not tell, in T (the torso's length).

    Those of a person in BlazePose's landmarks, by eye.
    """

    ear: float = 0.17
    """From the head's middle to either side."""
    eye: tuple[float, float] = (0.07, 0.08)
    """To either side, and up."""
    mouth: tuple[float, float] = (0.06, 0.10)
    """To either side, and down."""
    hand: float = 0.25
    """Of the forearm: how far beyond the wrist the knuckles are."""
    foot: tuple[float, float] = (0.12, 0.10)
    """Outwards and down from the ankle to the toes."""
    heel: tuple[float, float] = (0.02, 0.08)
    """And to the heel."""
    metres: float = 0.5
    """Of a torso, for the world landmarks."""


NUMBERS = LandmarkNumbers()


def joints_of(landmarks: Landmarks) -> Points:
    """The joints (13, 2) among a tracker's landmarks, in the same pixels."""
    return landmarks.body[list(_BODY), :2].astype(np.float64)


def facing_viewer(joints: Points) -> Points:
    """The joints with left and right exchanged where shoulders and hips both run the wrong way.

    joints: (..., 13, 2). A figure shown from the front has its right side on the image's left.
    """
    x = joints[..., 0]
    turned = (x[..., Joint.RIGHT_SHOULDER] > x[..., Joint.LEFT_SHOULDER]) & (
        x[..., Joint.RIGHT_HIP] > x[..., Joint.LEFT_HIP]
    )
    return np.where(turned[..., None, None], joints[..., list(_EXCHANGED), :], joints)


def mirrored(joints: Points, width: float) -> Points:
    """The joints of the picture that this picture, of that width, is the mirror image of."""
    return np.asarray(joints[..., list(_EXCHANGED), :] * (-1, 1) + (width, 0))


def landmarks_of(joints: Points, missing: frozenset[str]) -> Landmarks:
    """Landmarks of a figure whose joints (13, 2) are known: flat, without a face mesh or hands.

    missing: names out of `LIMBS` that the picture does not show; their landmarks are not visible.
    """
    n = NUMBERS
    body = np.zeros((BODY_LANDMARKS, 4), np.float64)
    body[:, 3] = 1
    body[list(_BODY), :2] = joints
    neck = (joints[Joint.RIGHT_SHOULDER] + joints[Joint.LEFT_SHOULDER]) / 2
    pelvis = (joints[Joint.RIGHT_HIP] + joints[Joint.LEFT_HIP]) / 2
    unit = max(8.0, float(np.hypot(*(pelvis - neck))))
    head = joints[Joint.HEAD]
    for side, sign in ((0, 1), (1, -1)):  # the figure's left lies on the image's right
        body[Body.LEFT_EAR + side, :2] = head + unit * np.array([sign * n.ear, 0])
        eyes = [j + 3 * side for j in (Body.LEFT_EYE_INNER, Body.LEFT_EYE, Body.LEFT_EYE_OUTER)]
        body[eyes, :2] = head + unit * np.array([sign * n.eye[0], -n.eye[1]])
        body[Body.MOUTH_LEFT + side, :2] = head + unit * np.array([sign * n.mouth[0], n.mouth[1]])
        wrist, elbow = body[Body.LEFT_WRIST + side, :2], body[Body.LEFT_ELBOW + side, :2]
        knuckles = wrist + n.hand * (wrist - elbow)
        across = 0.3 * (knuckles - wrist)[::-1] * (1, -1)
        body[Body.LEFT_PINKY + side, :2] = knuckles + across
        body[Body.LEFT_INDEX + side, :2] = knuckles - across
        body[Body.LEFT_THUMB + side, :2] = wrist - across
        ankle = body[Body.LEFT_ANKLE + side, :2]
        toes, heel = (
            np.array([sign * n.foot[0], n.foot[1]]),
            np.array([-sign * n.heel[0], n.heel[1]]),
        )
        body[Body.LEFT_FOOT_INDEX + side, :2] = ankle + unit * toes
        body[Body.LEFT_HEEL + side, :2] = ankle + unit * heel
    for name in missing:
        side = 0 if name.startswith("left") else 1
        first, last = (
            (Body.LEFT_ELBOW, Body.LEFT_THUMB)
            if name.endswith("arm")
            else (Body.LEFT_KNEE, Body.LEFT_FOOT_INDEX)
        )
        body[list(range(first + side, last + side + 1, 2)), 3] = 0
    world = np.zeros((BODY_LANDMARKS, 3), np.float32)
    world[:, :2] = (body[:, :2] - pelvis) * (n.metres / unit)
    return Landmarks(body=body.astype(np.float32), world=world)
