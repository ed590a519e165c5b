"""The five samples: who stands where, before which camera, doing what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import music
from .body.figure import Figure
from .body.truth import Joints, joints
from .cast.fox import fox
from .cast.kit import kit
from .cast.mei import mei
from .cast.robin import robin
from .film import write_clip
from .light import stage
from .light.camera import Camera
from .light.painter import Stage, develop, paint
from .motion.curves import frame
from .motion.dance import BEATS, TEMPO, dance
from .motion.talk import talk
from .paper.cartoon import cartoon
from .paper.drawing import drawing, on_screen

Picture = NDArray[np.uint8]

RATE = 24
"""Frames a second of the clips."""

STANDING = {
    "L_raised": 19, "L_elbow": 26, "L_forward": 4, "L_roll": 14, "L_curl": 12, "L_thumb": 8,
    "R_raised": 15, "R_elbow": 16, "R_forward": 16, "R_roll": 16, "R_curl": 15, "R_thumb": 10,
    "L_spread": 4, "R_spread": 3, "L_foot_x": 0.035, "L_foot_z": 0.03, "L_foot_yaw": 24,
    "R_foot_yaw": 12, "L_knee_out": 8, "sway_x": -0.030, "sway_y": -0.012, "pelvis_roll": 4,
    "pelvis_yaw": 5, "spine_roll": -5, "chest_yaw": 3, "chest_roll": -1, "neck_roll": 2,
    "head_roll": 5, "head_yaw": 5, "head_pitch": -2, "smile": 0.85, "squint": 0.5, "L_brow": 0.35,
    "R_brow": 0.25,
}  # fmt: skip
"""At ease, the weight on one leg; controls as in `body.rig` and `body.expression`."""


@dataclass(frozen=True, slots=True, eq=False)
class Shoot:
    """A clip: a performer before a camera on a set, and the curves of every control."""

    figure: Figure
    camera: Camera
    stage: Stage
    curves: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(next(iter(self.curves.values())))

    def draw(self, k: int) -> Picture:
        """(H, W, 3) RGB of frame k."""
        _, vertices = self.figure.pose(frame(self.curves, k))
        return develop(
            paint(self.figure.mesh, vertices, self.figure.materials, self.camera, self.stage)
        )

    def joints(self) -> Joints:
        """Where the performer's joints are in every frame."""
        poses = [self.figure.pose(frame(self.curves, k))[0] for k in range(len(self))]
        return joints(poses, self.camera, RATE)

    def frames(self, jobs: int) -> Iterator[Picture]:
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(self.draw, range(len(self)))

    def save(
        self, path: Path, jobs: int, sound: tuple[NDArray[np.float32], int] | None = None
    ) -> None:
        """Write the clip, and its joints beside it as `NAME.joints.npz`."""
        size = (self.camera.width, self.camera.height)
        write_clip(path, self.frames(jobs), RATE, size, sound)
        self.joints().save(path.with_suffix(".joints.npz"))


def shoot_dance(fine: float = 1.0, scale: float = 1.0) -> Shoot:
    """The whole-body clip; `fine` scales the triangles, `scale` the frame."""
    camera = Camera((0, 1.05, 6.0), (0, 1.06, 0), 864, 1080, 1080 * 6 / 2.4).scaled(scale)
    return Shoot(kit(fine), camera, stage.sunset(camera), dance(RATE))


def shoot_talk(fine: float = 1.0, scale: float = 1.0) -> Shoot:
    """The upper-body clip."""
    camera = Camera((0, 1.40, 3.2), (0, 1.375, 0), 960, 720, 720 * 3.2 / 0.92).scaled(scale)
    return Shoot(mei(fine), camera, stage.study(camera), talk(RATE))


def draw_dance(out: Path, jobs: int) -> None:
    shoot_dance().save(out / "dance.mp4", jobs, (music.music(BEATS, TEMPO), music.RATE))


def draw_talk(out: Path, jobs: int) -> None:
    shoot_talk().save(out / "talk.mp4", jobs)


def draw_photo(out: Path, jobs: int) -> None:
    del jobs
    camera = Camera((0, 1.05, 6.0), (-0.005, 0.89, 0), 864, 1152, 1152 * 6 / 1.98)
    figure = robin()
    _, vertices = figure.pose(STANDING)
    set_ = stage.sunroom(camera)
    picture = develop(paint(figure.mesh, vertices, figure.materials, camera, set_, samples=3))
    Image.fromarray(picture).save(out / "photo.jpg", quality=92, subsampling=0, optimize=True)


def draw_cartoon(out: Path, jobs: int) -> None:
    del jobs
    Image.fromarray(cartoon()).save(out / "cartoon.png", optimize=True)


def draw_drawing(out: Path, jobs: int) -> None:
    del jobs
    sheet = on_screen(drawing(fox()))
    Image.fromarray(sheet).save(out / "drawing.jpg", quality=90, subsampling=0, optimize=True)
