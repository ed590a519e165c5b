"""The interface of a tracker, and the values that it exchanges.

A tracker lives in a process of its own (`worker`); the rest of the project talks to that process
(`process`, `pool`) and never imports a tracker's libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32, Landmarks

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Region:
    """A square of an image: centre and side in pixels, turned clockwise by `angle` radians."""

    x: float
    y: float
    side: float
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Detection:
    """One person found in an image.

    box: left, top, right, bottom of the head and shoulders in pixels.
    region: the square that holds the whole person, also what the image does not show.
    score: in 0..1.
    """

    box: tuple[float, float, float, float]
    region: Region
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class PictureTrack:
    """What a tracker finds in one picture.

    landmarks: of the largest person, in the picture's pixels; None where nobody was found.
    mask: (H, W) float32 in 0..1, how surely a pixel belongs to that person.
    presence: in 0..1, how surely there is a person at all.
    """

    landmarks: Landmarks | None
    mask: Float32
    presence: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class FrameTrack:
    """What a tracker finds of one person in one frame.

    landmarks: in the frame's pixels; a part that was not looked for is None, as an unseen one is.
    region: where to look for the same person in the next frame.
    presence: in 0..1, how surely there is a person in the region that was looked at.
    face_presence, left_presence, right_presence: the same of the parts, 0 where there are none.
    """

    landmarks: Landmarks
    region: Region
    presence: float
    face_presence: float
    left_presence: float
    right_presence: float


class Follower(Protocol):
    """Follows one person through the frames of a clip, in order."""

    def follow(
        self, rgb: Rgb, region: Region, *, face: bool, left_hand: bool, right_hand: bool
    ) -> FrameTrack | None:
        """Find the landmarks of the person whom a region of the frame holds.

        rgb: (H, W, 3) uint8. `face`, `left_hand` and `right_hand` say whether to look for
        these as well. None where there is nobody in the region.
        """
        ...


class Tracker(Protocol):
    """Finds people and their landmarks."""

    @property
    def version(self) -> str:
        """Changes whenever the landmarks of the same image may change."""
        ...

    def detect(self, rgb: Rgb) -> list[Detection]:
        """The people of one image (H, W, 3) uint8, most certain first."""
        ...

    def track_picture(
        self, rgb: Rgb, region: Region | None = None, heavy: Path | None = None
    ) -> PictureTrack:
        """Landmarks and mask of the largest person in one image (H, W, 3) uint8.

        With a region, of whoever fills it: for figures whose heads no detector knows. heavy: the
        file of a more accurate model of the body, if wanted.
        """
        ...

    def follower(self) -> Follower:
        """Start to follow somebody."""
        ...

    def unload_detector(self) -> None:
        """Give back the memory that only `detect` needs, until it is called again."""
        ...
