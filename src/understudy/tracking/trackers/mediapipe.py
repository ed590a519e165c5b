"""MediaPipe's BlazePose, face mesh and hand landmarks as a tracker.

The models are those in MediaPipe's 0.10.21 wheel, the last that carries any: BlazePose
(https://arxiv.org/abs/2006.10204), Attention Mesh (https://arxiv.org/abs/2006.10962) and MediaPipe
Hands (https://arxiv.org/abs/2006.10214). How they hang together follows MediaPipe's Holistic; what
is remembered between frames is remembered here and not in the graphs.

Only worker processes import this module.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from understudy.geometry.landmarks import Float32, Landmarks
from understudy.tracking.trackers.mediapipe_follower import MediaPipeFollower
from understudy.tracking.trackers.mediapipe_models import (
    LEAST_WRIST_VISIBILITY,
    LEFT_ARM,
    RIGHT_ARM,
    BodyLook,
    Image,
    MediaPipeModels,
    PartLook,
)
from understudy.tracking.trackers.mediapipe_version import VERSION
from understudy.tracking.trackers.tracker import Detection, PictureTrack, Region, Rgb

# A picture is looked at no larger than this on its long side: the models see 256 px of it at most.
_PICTURE_SIDE = 1600


class MediaPipeTracker:
    """Finds people and their landmarks with MediaPipe's models."""

    version = VERSION

    def __init__(self) -> None:
        self._models = MediaPipeModels()

    def detect(self, rgb: Rgb) -> list[Detection]:
        """The people of one image (H, W, 3) uint8, most certain first."""
        return self._models.detect(Image(rgb))

    def track_picture(
        self, rgb: Rgb, region: Region | None = None, heavy: Path | None = None
    ) -> PictureTrack:
        """Landmarks and mask of the largest person in one image (H, W, 3) uint8.

        With a region, of whoever fills it. heavy: the file of the heavy body model, if wanted.
        """
        height, width = rgb.shape[:2]
        shrink = min(1.0, _PICTURE_SIDE / max(height, width))
        if shrink < 1:
            size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
            rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
        image = Image(rgb)
        if region is not None:
            region = replace(
                region, x=region.x * shrink, y=region.y * shrink, side=region.side * shrink
            )
        body = self._largest_body(image, region, heavy)
        if body is None or body.mask is None:
            return PictureTrack(None, np.zeros((height, width), np.float32), 0.0)
        face, left, right = (
            self._face(image, body),
            self._hand(image, body, LEFT_ARM),
            self._hand(image, body, RIGHT_ARM),
        )
        landmarks = Landmarks(
            body=body.points,
            world=body.world,
            left_hand=None if left is None else left.points,
            right_hand=None if right is None else right.points,
            face=None if face is None else face.points,
        )
        mask: Float32 = np.clip(body.mask, 0, 1)
        if shrink < 1:
            mask = np.asarray(
                cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
            )
        return PictureTrack(landmarks.scaled(1 / shrink), mask, float(body.presence))

    def follower(self) -> MediaPipeFollower:
        """Start to follow somebody."""
        return MediaPipeFollower(self._models)

    def unload_detector(self) -> None:
        """Give back the memory that only `detect` needs, until it is called again."""
        self._models.unload_detector()

    def _largest_body(
        self, image: Image, region: Region | None, heavy: Path | None
    ) -> BodyLook | None:
        if region is None:
            people = self._models.detect(image)
            if not people:
                return None
            region = max((person.region for person in people), key=lambda found: found.side)
        first = self._models.body(image, region, segment=True, heavy=heavy)
        if first is None:
            return None
        # Where the landmarks say the person is, is nearer than what the detector said.
        second = self._models.body(image, first.region, segment=True, heavy=heavy)
        return first if second is None or second.presence < first.presence else second

    def _face(self, image: Image, body: BodyLook) -> PartLook | None:
        region = self._models.find_face(image, body.points)
        first = None if region is None else self._models.face(image, region)
        second = None if first is None else self._models.face(image, first.region)
        return second or first

    def _hand(self, image: Image, body: BodyLook, arm: tuple[int, ...]) -> PartLook | None:
        if body.points[arm[0], 3] < LEAST_WRIST_VISIBILITY:
            return None
        region = self._models.find_hand(image, body.points[list(arm)])
        return None if region is None else self._models.hand(image, region)
