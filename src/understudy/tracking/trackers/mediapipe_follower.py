"""Following one person through a clip with MediaPipe's models.

A face or a hand is looked for where it was in the frame before, moved along with the body's
landmarks, as long as that agrees with the body; otherwise it is searched for again. That costs
a third less than finding it in every frame, as Holistic does, and keeps one hand's landmarks from
going over to the other.

Only worker processes import this module.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.tracking.trackers.mediapipe_models import (
    LEAST_WRIST_VISIBILITY,
    LEFT_ARM,
    RIGHT_ARM,
    Image,
    MediaPipeModels,
    PartLook,
)
from understudy.tracking.trackers.tracker import FrameTrack, Region, Rgb


@dataclass(frozen=True, slots=True)
class FollowerNumbers:
    """When a part is looked for where it was last seen, and where the body says that it is."""

    face_drift: float = 0.30
    """Sides of the region: a remembered face is dropped when its region's centre lies further than
    this from where the body says that it is."""
    hand_drift: float = 0.45
    """The same for a hand."""
    size_factor: float = 2.0
    """A remembered part is dropped when its size is off by more than this factor."""
    sure: float = 0.8
    """From this presence on a part is looked for from its own landmarks in the next frame."""
    hand_widths: float = 4.0
    """Width of a hand's region, in lengths of the way from wrist to knuckles."""
    face_widths: float = 2.2
    """Width of a face's region, in widths of the head's landmarks."""


NUMBERS = FollowerNumbers()


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Where the body says a part is: centre and width in pixels."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class _Memory:
    """Where a part was last seen, and where the body said it was then."""

    region: Region
    anchor: _Anchor

    def expected(self, anchor: _Anchor, drift: float) -> Region | None:
        """Where the part should be now; None where that is far from what the body says."""
        region = replace(
            self.region,
            x=self.region.x + anchor.x - self.anchor.x,
            y=self.region.y + anchor.y - self.anchor.y,
        )
        off = math.hypot(region.x - anchor.x, region.y - anchor.y)
        size = region.side / max(anchor.width, 1e-6)
        agrees = off <= drift * region.side and 1 / NUMBERS.size_factor < size < NUMBERS.size_factor
        return region if agrees else None


class MediaPipeFollower:
    """The memory of one person's face and hands from frame to frame."""

    def __init__(self, models: MediaPipeModels) -> None:
        self._models = models
        self._face: _Memory | None = None
        self._hands: dict[tuple[int, ...], _Memory] = {}

    def follow(
        self, rgb: Rgb, region: Region, *, face: bool, left_hand: bool, right_hand: bool
    ) -> FrameTrack | None:
        """Find the landmarks of the person whom a region of the frame (H, W, 3) holds."""
        image = Image(rgb)
        body = self._models.body(image, region)
        if body is None:
            self._face = None
            self._hands.clear()
            return None
        mesh = self._follow_face(image, body.points) if face else None
        left = self._follow_hand(image, body.points, LEFT_ARM) if left_hand else None
        right = self._follow_hand(image, body.points, RIGHT_ARM) if right_hand else None
        return FrameTrack(
            landmarks=Landmarks(
                body=body.points,
                world=body.world,
                left_hand=None if left is None else left.points,
                right_hand=None if right is None else right.points,
                face=None if mesh is None else mesh.points,
            ),
            region=body.region,
            presence=body.presence,
            face_presence=0.0 if mesh is None else mesh.presence,
            left_presence=0.0 if left is None else left.presence,
            right_presence=0.0 if right is None else right.presence,
        )

    def _follow_face(self, image: Image, body: Float32) -> PartLook | None:
        anchor = _head_anchor(body)
        region = self._face.expected(anchor, NUMBERS.face_drift) if self._face else None
        if region is None:
            region = self._models.find_face(image, body)
        look = None if region is None else self._models.face(image, region)
        sure = look is not None and look.presence >= NUMBERS.sure
        self._face = _Memory(look.region, anchor) if look is not None and sure else None
        return look

    def _follow_hand(self, image: Image, body: Float32, arm: tuple[int, ...]) -> PartLook | None:
        memory = self._hands.pop(arm, None)
        if body[arm[0], 3] < LEAST_WRIST_VISIBILITY:
            return None
        anchor = _hand_anchor(body[list(arm)])
        region = memory.expected(anchor, NUMBERS.hand_drift) if memory else None
        if region is None:
            region = self._models.find_hand(image, body[list(arm)])
        look = None if region is None else self._models.hand(image, region)
        if look is not None and look.presence >= NUMBERS.sure:
            self._hands[arm] = _Memory(look.region, anchor)
        return look


def _head_anchor(body: Float32) -> _Anchor:
    head = body[Body.NOSE : Body.MOUTH_RIGHT + 1, :2]
    low, high = head.min(axis=0), head.max(axis=0)
    nose = body[Body.NOSE, :2]
    return _Anchor(float(nose[0]), float(nose[1]), float((high - low).max()) * NUMBERS.face_widths)


def _hand_anchor(wrist_pinky_index: Float32) -> _Anchor:
    wrist, pinky, index = wrist_pinky_index[:, :2]
    knuckles = (pinky + 2 * index) / 3
    width = float(np.hypot(*(knuckles - wrist))) * NUMBERS.hand_widths
    return _Anchor(float(knuckles[0]), float(knuckles[1]), width)
