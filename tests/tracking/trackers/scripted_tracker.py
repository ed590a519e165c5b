"""A tracker that sees what a test says is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.tracking.trackers.tracker import Detection, FrameTrack, PictureTrack, Region

Rgb = NDArray[np.uint8]


def body_in(region: Region) -> Float32:
    """A body (33, 4) that fills a region."""
    body = np.ones((33, 4), np.float32)
    body[:, :3] = region.x, region.y, 0
    body[Body.NOSE, 1] = region.y - region.side / 3
    for left, right, height in ((11, 12, -0.25), (23, 24, 0.0), (25, 26, 0.2), (27, 28, 0.38)):
        body[left, :2] = region.x + region.side / 20, region.y + height * region.side
        body[right, :2] = region.x - region.side / 20, region.y + height * region.side
    for wrist, knuckle, side in ((15, 19, 1), (16, 20, -1)):
        body[wrist, 0] = region.x + 0.15 * side * region.side
        body[knuckle, 0] = region.x + 0.26 * side * region.side
    return body


@dataclass
class ScriptedTracker:
    """Sees `people`; the detector overlooks those in `overlooked` and sees `ghosts` besides.

    looked_at: the regions whose landmarks were asked for.
    """

    people: list[Region] = field(default_factory=list)
    overlooked: list[Region] = field(default_factory=list)
    ghosts: list[Region] = field(default_factory=list)
    score: float = 0.9
    version: str = "scripted"
    looked_at: list[Region] = field(default_factory=list)

    def detect(self, rgb: Rgb) -> list[Detection]:
        seen = [person for person in self.people if person not in self.overlooked]
        return [
            Detection((0, 0, 1, 1), region, score)
            for regions, score in ((seen, self.score), (self.ghosts, 0.4))
            for region in regions
        ]

    def track_picture(
        self, rgb: Rgb, region: Region | None = None, heavy: Path | None = None
    ) -> PictureTrack:
        return PictureTrack(None, np.zeros(rgb.shape[:2], np.float32), 0.0)

    def follower(self) -> ScriptedTracker:
        return self

    def unload_detector(self) -> None:
        return None

    def follow(
        self, rgb: Rgb, region: Region, *, face: bool, left_hand: bool, right_hand: bool
    ) -> FrameTrack | None:
        self.looked_at.append(region)
        near = [p for p in self.people if abs(p.x - region.x) < 0.3 * p.side]
        if not near:
            return None
        person = min(near, key=lambda p: abs(p.x - region.x))
        hand = np.ones((21, 3), np.float32)
        landmarks = Landmarks(
            body=body_in(person),
            world=np.zeros((33, 3), np.float32),
            left_hand=hand if left_hand else None,
            right_hand=hand if right_hand else None,
            face=np.ones((468, 3), np.float32) if face else None,
        )
        return FrameTrack(landmarks, person, 0.99, 0.99 * face, float(left_hand), float(right_hand))
