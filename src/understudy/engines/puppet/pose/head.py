"""Turning the head of a flat picture: what lies nearer slides farther.

The head is taken for a bulge over the picture. Yaw and pitch move every point by its depth, so the
features parallax over the head while its outline stays, which is what a small turn looks like.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.rig.weights import BodyFrame, head_weight
from understudy.geometry.face_mesh import (
    CHIN,
    FOREHEAD,
    LEFT_CHEEK,
    RIGHT_CHEEK,
    head_angles,
    head_frame,
)
from understudy.geometry.filters import smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HeadNumbers:
    """The bulge over a head and how far it turns. Angles are radians.

    most_yaw, most_pitch: beyond these the missing side of the head would have to be shown.
    facing, sideways: a head that the picture shows turned by the first angle turns as any other,
        one by the second not at all: features that parallax over its outline would draw it out into
        a snout.
    cut_share: of the turn of a head that the picture cuts; it must not be moved away from the cut.
    narrowest: a face counts as at least this share of its height wide.
    head_width: without a face, the head's width at least, in torsos. head_height: in its widths.
    radius: of the bulge, and depth: how far it slides for a turn of 1, in widths of the head.
    """

    most_yaw: float = 0.55
    most_pitch: float = 0.38
    facing: float = 0.5
    sideways: float = 0.9
    cut_share: float = 0.35
    narrowest: float = 0.6
    head_width: float = 0.25
    head_height: float = 1.25
    radius: float = 0.80
    depth: float = 0.40


NUMBERS = HeadNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class HeadRelief:
    """The bulge: centre (2,) in canvas pixels, axes (2, 2) of the head (right, down; unit vectors,
    one per row), radii (2,) along them and depth, all in pixels."""

    centre: Float64
    axes: Float64
    radii: Float64
    depth: float

    def at(self, points: Float64) -> Float64:
        """Depth of points (V, 2) in pixels, nearer is more; 0 outside the head."""
        offset = (points - self.centre) @ self.axes.T / self.radii
        return np.asarray(self.depth * np.clip(1.0 - (offset**2).sum(axis=1), 0.0, None) ** 2)


def head_relief(skeleton: Skeleton) -> HeadRelief:
    """The bulge over a skeleton's head."""
    if skeleton.face is not None:
        face = skeleton.face[:, :2].astype(np.float64)
        right = face[LEFT_CHEEK] - face[RIGHT_CHEEK]
        down = face[CHIN] - face[FOREHEAD]
        width, height = float(np.hypot(*right)), float(np.hypot(*down))
        width = max(width, NUMBERS.narrowest * height)
        centre = (face[LEFT_CHEEK] + face[RIGHT_CHEEK] + face[CHIN] + face[FOREHEAD]) / 4
        turn = float(abs(head_angles(head_frame(skeleton.face))[0]))
    else:
        ears = skeleton.joints[Body.LEFT_EAR] - skeleton.joints[Body.RIGHT_EAR]
        width = max(float(np.hypot(*ears)), NUMBERS.head_width * skeleton.torso)
        height = NUMBERS.head_height * width
        centre = skeleton.joints[Body.NOSE]
        right = ears if np.hypot(*ears) > 1e-3 else np.array([1.0, 0.0])
        turn = _turned_sideways(skeleton)
    facing = float(smoothstep(NUMBERS.sideways, NUMBERS.facing, np.array(turn)))
    axis = right / (np.hypot(*right) + 1e-9)
    return HeadRelief(
        centre=centre,
        axes=np.array([axis, (-axis[1], axis[0])]),
        radii=np.array([NUMBERS.radius * width, NUMBERS.radius * height]),
        depth=NUMBERS.depth * width * facing,
    )


def _turned_sideways(skeleton: Skeleton) -> float:
    """How far the head is turned about the neck, radians, by where the nose is between the ears."""
    ears = skeleton.joints[[Body.LEFT_EAR, Body.RIGHT_EAR]]
    across = np.array([skeleton.head[1] - skeleton.neck[1], skeleton.neck[0] - skeleton.head[0]])
    across = across / (np.hypot(*across) + 1e-9)
    before = abs(float((skeleton.joints[Body.NOSE] - skeleton.head) @ across))
    return float(np.arctan2(before, abs(float((ears[0] - ears[1]) @ across)) / 2))


def bounded_turn(head: NDArray[np.floating], *, cut: bool) -> tuple[float, float]:
    """Yaw and pitch as they are shown: small turns as they are, larger ones held in."""
    share = NUMBERS.cut_share if cut else 1.0
    yaw = share * NUMBERS.most_yaw * float(np.tanh(head[0] / NUMBERS.most_yaw))
    pitch = share * NUMBERS.most_pitch * float(np.tanh(head[1] / NUMBERS.most_pitch))
    return yaw, pitch


def parallax_direction(relief: HeadRelief, yaw: float, pitch: float) -> Float64:
    """How far a point of depth 1 slides, (2,): to the figure's left and up."""
    return np.asarray(np.array([np.sin(yaw), -np.sin(pitch)]) @ relief.axes)


def parallax_depths(
    points: Float64, skeleton: Skeleton, frame: BodyFrame, relief: HeadRelief
) -> Float64:
    """How far each of points (V, 2) takes part in the head's turn: its depth in pixels, (V,)."""
    return relief.at(points) * head_weight(points, skeleton, frame)
