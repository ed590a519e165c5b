"""How a clip's camera moves, and a performance seen from a camera that stands still."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.geometry.transforms import rotation
from understudy.geometry.visibility import share_inside
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CameraNumbers:
    """Below what nobody notices that a camera moves."""

    steady_shift: float = 0.004
    """Longer sides of the frame."""
    steady_zoom: float = 0.01
    """Of the zoom's logarithm."""
    steady_roll: float = 0.006
    """Radians."""


NUMBERS = CameraNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class ClipCamera:
    """What each of T frames shows of the scene, which is measured in the first frame's pixels.

    centre: (T, 2), the place in the scene in the middle of the frame. zoom: (T,), 1 in the first
    frame, more where things look larger. roll: (T,) radians by which the scene is turned clockwise
    on the screen. size: (width, height) of the frames.
    """

    centre: Float64
    zoom: Float64
    roll: Float64
    size: tuple[int, int]

    def __len__(self) -> int:
        return len(self.zoom)

    @property
    def is_steady(self) -> bool:
        """Whether nobody would notice that the camera moves."""
        way = np.ptp(self.centre, axis=0).max() / max(self.size)
        return bool(
            way < NUMBERS.steady_shift
            and np.ptp(np.log(self.zoom)) < NUMBERS.steady_zoom
            and np.ptp(self.roll) < NUMBERS.steady_roll
        )

    def in_scene(self, places: Float64) -> Float64:
        """Where places on the screen (T, N, 2), pixels, lie in the scene."""
        off = (places - np.array(self.size) / 2) / self.zoom[:, None, None]
        return (
            np.asarray(np.einsum("tij,tnj->tni", rotation(-self.roll), off)) + self.centre[:, None]
        )


def without_camera(performance: Performance, camera: ClipCamera) -> Performance:
    """The performance as a camera would have filmed it that stands where the clip's began.

    Its frame is as large as everything that the clip's camera passed over. Where a landmark lies no
    longer tells whether it was on the screen: those that were not are marked as not visible.
    """
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * np.array(camera.size)
    passed = camera.in_scene(np.repeat(corners[None], len(camera), axis=0)).reshape(-1, 2)
    origin = passed.min(axis=0)
    width, height = np.ceil(np.ptp(passed, axis=0)).astype(int).tolist()

    def moved(track: Float32) -> Float32:
        still = track.copy()
        still[..., :2] = camera.in_scene(track[..., :2].astype(np.float64)) - origin
        still[..., 2] /= camera.zoom[:, None]
        return still

    body = moved(performance.body)
    body[..., 3] *= share_inside(performance.body[..., :2], camera.size)
    world = performance.world.copy()
    world[..., :2] = np.einsum("tij,tnj->tni", rotation(-camera.roll), world[..., :2])
    return replace(
        performance,
        body=body,
        world=world,
        left_hand=moved(performance.left_hand),
        right_hand=moved(performance.right_hand),
        face=moved(performance.face),
        size=(width, height),
    )
