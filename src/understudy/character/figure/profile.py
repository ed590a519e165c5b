"""A figure seen from the side: whether a picture shows one, and its landmarks as one side's.

In profile one side of the body hides the other, and what a tracker says of the hidden one is a
guess. So both sides get the landmarks of the one that is seen: the far arm and leg rest exactly
behind the near ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Anatomy, measure
from understudy.character.figure.find import Track
from understudy.character.figure.plausibility import credibility, is_large_enough
from understudy.geometry.landmarks import SIDES_EXCHANGED, Body, Float32, Landmarks
from understudy.geometry.skeleton import Side


@dataclass(frozen=True, slots=True)
class ProfileNumbers:
    """What counts as a profile. T is the torso's length. All set by eye."""

    sideways: float = 66.0  # degrees that shoulders and hips are turned; three quarters are a front
    wide: float = 0.42  # T: the most between the shoulders
    ahead: float = 0.07  # T: the least from the ears to the nose
    apart: tuple[float, float] = (0.42, 0.30)  # T: the most between the ankles, between the wrists
    bent: float = 50.0  # degrees: the knee of a figure that stands straight is bent less
    straight: float = 1.2  # straightness of legs that are neither apart nor bent, cut off at 1
    least_straightness: float = 0.5  # below, the legs cannot be separated
    seen: float = 0.5  # visibility: what is seen less is hidden
    credible: float = 0.5
    depth: tuple[float, float] = (0.19, 0.16)  # T: half of a trunk's depth at shoulders and hips
    metres: float = 0.5  # of a torso, for the world landmarks


NUMBERS = ProfileNumbers()

_SHOULDERS = (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER)
_HIPS = (Body.LEFT_HIP, Body.RIGHT_HIP)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A figure seen from the side.

    near: which side of it is seen; a right side looks to the image's right. landmarks: pixels of
    the picture, those of the near side for both. mask: (h, w) float32 in 0..1, where the tracker
    sees the figure. straightness: 0..1, how straight it stands with its legs together.
    """

    near: Side
    landmarks: Landmarks
    mask: Float32
    straightness: float

    @property
    def anatomy(self) -> Anatomy:
        """The figure's measures, with shoulders and hips as far apart as the trunk is deep."""
        return _with_depth(measure(self.landmarks))


def find_profile(rgb: NDArray[np.uint8], alpha: Float32 | None, track: Track) -> Profile | None:
    """The figure of a picture, if it is seen from the side with its legs together and the far arm
    out of sight; None else.

    rgb: (h, w, 3) uint8 sRGB. alpha: (h, w) float32, the matte that came with the picture, or None.
    """
    found = track(rgb)
    marks = found.landmarks
    if marks is None:
        return None
    h, w = rgb.shape[:2]
    near = _near_side(marks)
    if (
        near is None
        or _straightness(marks) < NUMBERS.least_straightness
        or not is_large_enough(marks, (w, h))
    ):
        return None
    one = _of_one_side(marks, near)
    mask = found.mask if alpha is None else np.minimum(alpha, 1)
    # A profile is as narrow as no figure from the front may be.
    joints = _with_depth(measure(one)).joints.astype(np.float32)
    deep = replace(one, body=np.concatenate([joints, one.body[:, 2:]], axis=1))
    if credibility(deep, mask, found.presence, detected=True) < NUMBERS.credible:
        return None
    return Profile(near, one, mask, _straightness(marks))


def _near_side(marks: Landmarks) -> Side | None:
    """The side that is seen, None of a figure that is no profile or shows both arms or legs."""
    points = marks.body[:, :2].astype(np.float64)
    shoulders, hips = points[list(_SHOULDERS)], points[list(_HIPS)]
    torso = float(np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0)))
    across = marks.world[Body.LEFT_SHOULDER] - marks.world[Body.RIGHT_SHOULDER]
    across = across + 0.5 * (marks.world[Body.LEFT_HIP] - marks.world[Body.RIGHT_HIP])
    yaw = abs(float(np.degrees(np.arctan2(across[2], across[0]))))
    ears = points[[Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=0)
    ahead = float(points[Body.NOSE, 0] - ears[0])
    if (
        torso < 4
        or min(yaw, 180.0 - yaw) < NUMBERS.sideways
        or abs(shoulders[0, 0] - shoulders[1, 0]) > NUMBERS.wide * torso
        or abs(ahead) < NUMBERS.ahead * torso
    ):
        return None
    near, far = _sides_by_sight(marks)
    for joint, most in zip((Body.LEFT_ANKLE, Body.LEFT_WRIST), NUMBERS.apart, strict=True):
        a, b = points[joint + near], points[joint + far]
        shown = marks.body[[joint + near, joint + far], 3].min() > NUMBERS.seen
        if shown and float(np.linalg.norm(a - b)) > most * torso:
            return None
    return "right" if ahead > 0 else "left"


def _straightness(marks: Landmarks) -> float:
    points = marks.body[:, :2].astype(np.float64)
    near, _ = _sides_by_sight(marks)
    if marks.body[[Body.LEFT_KNEE + near, Body.LEFT_ANKLE + near], 3].min() < NUMBERS.seen:
        return 1.0
    hip, knee, ankle = (points[j + near] for j in (_HIPS[0], Body.LEFT_KNEE, Body.LEFT_ANKLE))
    torso = float(np.linalg.norm(points[list(_SHOULDERS)].mean(axis=0) - hip)) + 1e-6
    apart = max(
        float(np.linalg.norm(points[joint] - points[joint + 1])) / torso
        for joint in (Body.LEFT_KNEE, Body.LEFT_ANKLE)
    )
    thigh, shank = (np.degrees(np.arctan2(*(b - a))) for a, b in ((hip, knee), (knee, ankle)))
    bent = abs((thigh - shank + 180.0) % 360.0 - 180.0)
    faults = apart / NUMBERS.apart[0], bent / NUMBERS.bent
    together, straight = (np.clip(NUMBERS.straight - fault, 0, 1) for fault in faults)
    return float(together * straight)


def _sides_by_sight(marks: Landmarks) -> tuple[int, int]:
    """Which of left (0) and right (1) the tracker sees better, and the other one."""
    joints = [Body.LEFT_ELBOW, Body.LEFT_WRIST, Body.LEFT_KNEE, Body.LEFT_ANKLE]
    sight = [float(marks.body[[j + side for j in joints], 3].mean()) for side in (0, 1)]
    return (0, 1) if sight[0] > sight[1] else (1, 0)


def _of_one_side(marks: Landmarks, near: Side) -> Landmarks:
    """The landmarks with what is seen for both sides; flat, since depth is noise in profile."""
    body, hands = marks.body.copy(), (marks.left_hand, marks.right_hand)
    seen = _sides_by_sight(marks)[0]
    exchanged = np.array(SIDES_EXCHANGED)
    # Right ones have the higher numbers throughout.
    hidden = np.arange(len(body)) < exchanged if seen == 1 else np.arange(len(body)) > exchanged
    body[hidden] = body[exchanged[hidden]]
    torso = float(np.linalg.norm(body[_SHOULDERS[0], :2] - body[_HIPS[0], :2]))
    world = np.zeros((len(body), 3), np.float32)
    world[:, :2] = (body[:, :2] - body[_HIPS[0], :2]) * (NUMBERS.metres / max(torso, 1.0))
    hand = hands[seen]
    return Landmarks(
        body=body,
        world=world,
        left_hand=hand if near == "left" else None,
        right_hand=hand if near == "right" else None,
    )


def _with_depth(anatomy: Anatomy) -> Anatomy:
    joints = anatomy.joints.copy()
    for (left, right), depth in zip((_SHOULDERS, _HIPS), NUMBERS.depth, strict=True):
        joints[left, 0] += depth * anatomy.torso
        joints[right, 0] -= depth * anatomy.torso
    return replace(anatomy, joints=joints)
