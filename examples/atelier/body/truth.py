"""Where a performer's joints are in the picture: the known truth to measure a tracker against.

The order is MediaPipe's: 33 landmarks of the body, 21 of each hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..light.camera import Camera
from ..solid.arrays import Float32
from .skeleton import FINGERS, Posed

_PAIRS = (
    "shoulder",
    "elbow",
    "wrist",
    "pinky1",
    "index1",
    "thumb2",
    "hip",
    "knee",
    "ankle",
    "heel",
    "foot_index",
)

BODY = (
    "nose",
    *(f"{side}_eye_{part}" for side in "LR" for part in ("inner", "front", "outer")),
    *(f"{side}_{part}" for part in ("ear", "mouth") for side in "LR"),
    *(f"{side}_{part}" for part in _PAIRS for side in "LR"),
)


def hand_points(side: str) -> tuple[str, ...]:
    fingers = (
        (*(f"{side}_{finger}{k}" for k in (1, 2, 3)), f"{side}_{finger}_tip") for finger in FINGERS
    )
    return (f"{side}_wrist", *(point for finger in fingers for point in finger))


@dataclass(frozen=True, slots=True, eq=False)
class Joints:
    """times: (T,) s; body: (T, 33, 2), left_hand, right_hand: (T, 21, 2) pixels; size: w, h."""

    times: NDArray[np.float64]
    body: Float32
    left_hand: Float32
    right_hand: Float32
    size: tuple[int, int]

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            times=self.times,
            body=np.round(self.body, 1),
            left_hand=np.round(self.left_hand, 1),
            right_hand=np.round(self.right_hand, 1),
            size=np.array(self.size),
        )


def joints(poses: list[Posed], camera: Camera, rate: float) -> Joints:
    def track(names: tuple[str, ...]) -> Float32:
        points = np.array([[posed.at(name) for name in names] for posed in poses])
        flat = camera.project(points.reshape(-1, 3))[:, :2]
        return flat.reshape(len(poses), len(names), 2)

    return Joints(
        times=np.arange(len(poses)) / rate,
        body=track(BODY),
        left_hand=track(hand_points("L")),
        right_hand=track(hand_points("R")),
        size=(camera.width, camera.height),
    )
