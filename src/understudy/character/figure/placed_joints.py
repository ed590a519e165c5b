"""Joints that a person or another program placed, and the landmarks that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.joint_names import JOINTS, JointName
from understudy.geometry.landmarks import BODY_LANDMARKS, Body, Float32, Landmarks

WHOLE_SET = frozenset(JOINTS) - {"left_eye", "right_eye", "left_ear", "right_ear"}
"""With these a figure needs no tracker: eyes and ears are placed beside the nose."""

Joints = Mapping[JointName, tuple[float, float]]
Points = NDArray[np.float64]

_HEAD = range(Body.NOSE, Body.MOUTH_RIGHT + 1)
_HEAD_JOINTS: tuple[JointName, ...] = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class FigureNumbers:
    """Where landmarks lie about the joints that were placed, in T, the torso's length: the
    proportions of a grown person, by eye. The first of a pair is outwards, the second down."""

    eye: tuple[float, float] = (0.09, -0.09)  # from the nose
    ear: tuple[float, float] = (0.2, -0.03)  # from the nose
    mouth: tuple[float, float] = (0.06, 0.1)  # from the nose
    lids: float = 0.03  # from an eye to its corners
    knuckles: float = 0.25  # of the forearm: from the wrist, as `joints.landmarks_of` has them
    spread: float = 0.05  # from the middle of the knuckles to the first and the last
    thumb: float = 0.1  # from the wrist
    heel: tuple[float, float] = (-0.02, 0.08)  # from the ankle
    toes: tuple[float, float] = (0.08, 0.16)  # from the ankle
    metres: float = 0.5  # of a torso, for the world landmarks
    agrees: float = 0.25  # the median distance up to which a tracker saw the figure meant


NUMBERS = FigureNumbers()


def joint_name(text: str) -> JointName:
    """The joint of that name. Raises KeyError where there is none."""
    for name in JOINTS:
        if name == text:
            return name
    raise KeyError(text)


def joint(name: JointName) -> Body:
    """The body landmark of a joint."""
    return Body[name.upper()]


def joints_of(landmarks: Landmarks) -> dict[JointName, tuple[float, float]]:
    """The 17 joints among the landmarks, in their frame."""
    body = landmarks.body
    return {name: (float(body[joint(name), 0]), float(body[joint(name), 1])) for name in JOINTS}


def landmarks_from_joints(joints: Joints, size: tuple[int, int]) -> Landmarks:
    """Landmarks of a figure of which no more is known than its joints, in their frame.

    joints: at least `WHOLE_SET`. size: (w, h) of the image; what lies in it counts as seen. There
    are no hands and no face to move.
    """
    n = NUMBERS
    at = {name: np.array(place, float) for name, place in joints.items()}
    pelvis = (at["left_hip"] + at["right_hip"]) / 2
    torso = float(np.linalg.norm((at["left_shoulder"] + at["right_shoulder"]) / 2 - pelvis))
    torso = max(torso, 1.0)
    body = np.zeros((BODY_LANDMARKS, 4), np.float32)
    left_is_right = np.sign(at["left_shoulder"][0] - at["right_shoulder"][0]) or 1.0
    for side, way in zip(_SIDES, (left_is_right, -left_is_right), strict=True):
        outwards = np.array([way, 1.0]) * torso
        body[_side("{}_EYE", side), :2] = at["nose"] + n.eye * outwards
        body[_side("{}_EAR", side), :2] = at["nose"] + n.ear * outwards
        body[_side("MOUTH_{}", side), :2] = at["nose"] + n.mouth * outwards
    for name, place in at.items():
        body[joint(name), :2] = place
    for side, way in zip(_SIDES, (left_is_right, -left_is_right), strict=True):
        outwards = np.array([way, 1.0]) * torso
        eye = body[_side("{}_EYE", side), :2].astype(np.float64)
        lid = np.array([n.lids * outwards[0], 0.0])
        body[_side("{}_EYE_INNER", side), :2] = eye - lid
        body[_side("{}_EYE_OUTER", side), :2] = eye + lid
        wrist, ankle = at[_name(side, "wrist")], at[_name(side, "ankle")]
        forearm = wrist - at[_name(side, "elbow")]
        along = forearm / max(1.0, float(np.linalg.norm(forearm))) * torso
        across = np.array([-along[1], along[0]]) * n.spread
        body[_side("{}_INDEX", side), :2] = wrist + n.knuckles * forearm + across
        body[_side("{}_PINKY", side), :2] = wrist + n.knuckles * forearm - across
        body[_side("{}_THUMB", side), :2] = wrist + n.thumb * along + across
        body[_side("{}_HEEL", side), :2] = ankle + n.heel * outwards
        body[_side("{}_FOOT_INDEX", side), :2] = ankle + n.toes * outwards
    body[:, 3] = _inside(body[:, :2], size)
    world = np.zeros((BODY_LANDMARKS, 3), np.float32)
    world[:, :2] = (body[:, :2] - pelvis) * (n.metres / torso)
    return Landmarks(body=body, world=world)


def move_joints(landmarks: Landmarks, joints: Joints, size: tuple[int, int]) -> Landmarks:
    """The landmarks with some joints elsewhere, and what hangs on them moved along.

    The face goes with nose, eyes and ears, a hand with elbow and wrist, a foot with its ankle.
    size: (w, h) of the image; a joint that was placed in it counts as seen, one outside as unseen.
    """
    if not joints:
        return landmarks
    old = landmarks.body[:, :2].astype(np.float64)
    body, face = landmarks.body.copy(), landmarks.face
    hands = {"left": landmarks.left_hand, "right": landmarks.right_hand}
    head = [name for name in _HEAD_JOINTS if name in joints]
    if head:
        turn = _similarity(
            old[[joint(name) for name in head]],
            np.array([joints[name] for name in head], np.float64),
        )
        body[_HEAD.start : _HEAD.stop, :2] = turn.of(old[_HEAD.start : _HEAD.stop])
        face = turn.moved(face)
    for side in _SIDES:
        elbow, wrist, ankle = (_name(side, part) for part in ("elbow", "wrist", "ankle"))
        if wrist in joints or elbow in joints:
            pair = [joint(elbow), joint(wrist)]
            there = np.array([joints.get(name, old[joint(name)]) for name in (elbow, wrist)])
            turn = _similarity(old[pair], there, rigid=True)
            group = [_side(f"{{}}_{part}", side) for part in ("PINKY", "INDEX", "THUMB")]
            body[group, :2] = turn.of(old[group])
            hands[side] = turn.moved(hands[side])
        if ankle in joints:
            group = [_side(f"{{}}_{part}", side) for part in ("HEEL", "FOOT_INDEX")]
            body[group, :2] = old[group] + (np.array(joints[ankle]) - old[joint(ankle)])
    for name, place in joints.items():
        body[joint(name), :2] = place
        body[joint(name), 3] = _inside(np.array([place]), size)[0]
    moved = body[:, :2] - old
    world = landmarks.world.copy()
    world[:, :2] += (moved / _pixels_per_metre(landmarks)).astype(np.float32)
    return Landmarks(body, world, hands["left"], hands["right"], face)


def agree(landmarks: Landmarks, joints: Joints) -> bool:
    """Whether landmarks are those of the figure whose joints were placed."""
    names = sorted(joints)
    placed = np.array([joints[name] for name in names], float)
    found = landmarks.body[[joint(name) for name in names], :2]
    trunk = [joints[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
    corners = np.array(trunk, float)
    torso = float(np.linalg.norm(corners[:2].mean(axis=0) - corners[2:].mean(axis=0)))
    apart = np.linalg.norm(found - placed, axis=1)
    return bool(np.median(apart) < NUMBERS.agrees * max(torso, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Similarity:
    """A turn with a change of size, as a complex factor, about a centre that moves."""

    factor: complex
    before: Points
    after: Points

    def of(self, points: NDArray[Any]) -> Points:
        """(n, 2) points moved."""
        offset = points - self.before
        turned = (offset[:, 0] + 1j * offset[:, 1]) * self.factor
        return np.stack([turned.real, turned.imag], axis=1) + self.after

    def moved(self, points: Float32 | None) -> Float32 | None:
        """(n, 3) landmarks moved; their depth grows with the size."""
        if points is None:
            return None
        out = points.copy()
        out[:, :2] = self.of(points[:, :2])
        out[:, 2] *= np.float32(abs(self.factor))
        return out


def _similarity(before: Points, after: Points, *, rigid: bool = False) -> _Similarity:
    """The similarity (or, `rigid`, the turn and shift) that fits points (n, 2) best.

    A rigid one keeps the last point exact.
    """
    start = before[-1] if rigid else before.mean(axis=0)
    end = after[-1] if rigid else after.mean(axis=0)
    p, q = before - start, after - end
    p_line, q_line = p[:, 0] + 1j * p[:, 1], q[:, 0] + 1j * q[:, 1]
    weight = float((np.abs(p_line) ** 2).sum())
    factor = complex((np.conj(p_line) * q_line).sum()) / weight if weight > 1e-9 else 1 + 0j
    if abs(factor) < 1e-6:
        factor = 1 + 0j
    return _Similarity(factor / abs(factor) if rigid else factor, start, end)


def _pixels_per_metre(landmarks: Landmarks) -> float:
    shoulders, hips = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], [Body.LEFT_HIP, Body.RIGHT_HIP]

    def torso(points: Float32) -> float:
        line = points[shoulders, :2].mean(axis=0) - points[hips, :2].mean(axis=0)
        return float(np.linalg.norm(line))

    return max(torso(landmarks.body), 1.0) / max(torso(landmarks.world), 0.05)


def _inside(points: NDArray[Any], size: tuple[int, int]) -> Float32:
    inside = (points >= 0).all(axis=1) & (points < np.array(size)).all(axis=1)
    return np.asarray(inside, np.float32)


def _side(pattern: str, side: str) -> Body:
    return Body[pattern.format(side.upper())]


def _name(side: str, part: str) -> JointName:
    return joint_name(f"{side}_{part}")
