"""The elements that the library ships with: each member of the cast from several sides.

A character stands at ease before its set and is turned about the vertical; the camera comes closer
for the face. The pictures go where the library reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .body.figure import Figure
from .body.rig import Controls
from .body.skeleton import Posed
from .cast.fox import fox
from .cast.kit import kit
from .cast.mei import mei
from .cast.robin import robin
from .light import stage
from .light.camera import Camera
from .light.painter import Stage, develop, paint
from .paper.drawing import drawing, on_screen
from .solid.arrays import Float32

AT_EASE: Controls = {
    "L_raised": 21, "L_elbow": 20, "L_forward": 4, "L_roll": 14, "L_curl": 12, "L_thumb": 8,
    "R_raised": 20, "R_elbow": 20, "R_forward": 6, "R_roll": 14, "R_curl": 13, "R_thumb": 9,
    "L_spread": 4, "R_spread": 3, "L_foot_yaw": 16, "R_foot_yaw": 14, "L_foot_x": 0.02,
    "R_foot_x": -0.02, "smile": 0.55, "squint": 0.3, "L_brow": 0.2, "R_brow": 0.2,
}  # fmt: skip
"""Arms free of the body, mouth closed: what moves best; controls as in `body.rig`."""

SPEAKING: Controls = {
    **AT_EASE, "L_raised": 30, "L_elbow": 70, "R_raised": 28, "R_elbow": 74, "L_roll": 30,
    "R_roll": 30,
}  # fmt: skip
"""The forearms lifted to the sides, so that a picture to the hips shows both hands."""

CALM: Controls = {**AT_EASE, "smile": 0.35}

QUALITY = 88


def turned(points: Float32, degrees: float) -> Float32:
    """(V, 3) points of the world turned about the vertical, positive to the figure's left."""
    a = np.radians(degrees)
    across = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    return np.ascontiguousarray(points @ across.T, np.float32)


@dataclass(frozen=True, slots=True)
class Look:
    """One picture of an element: how far the figure is turned, before which camera."""

    name: str
    degrees: float
    camera: Camera
    controls: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Turned:
    """A figure that stands turned about the vertical."""

    figure: Figure
    degrees: float

    @property
    def mesh(self) -> object:
        return self.figure.mesh

    @property
    def materials(self) -> object:
        return self.figure.materials

    def pose(self, controls: Controls) -> tuple[Posed, Float32]:
        posed, vertices = self.figure.pose(controls)
        return posed, turned(vertices, self.degrees)


def _looks(
    height: float, middle: float, face: float, stance: Controls = AT_EASE
) -> tuple[Look, ...]:
    """Front, back, right side and face. height: metres that the whole figure's pictures show, round
    the height `middle`; face: the height of the eyes."""
    whole = Camera((0, 1.05, 6.0), (0, middle, 0), 720, 960, 960 * 6 / height)
    # From farther away the far leg is hidden behind the near one.
    aside = Camera((0, 1.05, 24.0), (0, middle, 0), 720, 960, 960 * 24 / height)
    close = Camera((0, face, 2.2), (0, face - 0.03, 0), 512, 640, 640 * 2.2 / 0.52)
    return (
        Look("front", 0, whole, stance),
        Look("back", 180, whole, stance),
        Look("side", 90, aside, stance),
        Look("face", 0, close, CALM),
    )


def _shaded(
    figure: Figure, set_: Callable[[Camera], Stage], looks: tuple[Look, ...], folder: Path
) -> None:
    for look in looks:
        _, vertices = figure.pose(look.controls)
        light = paint(
            figure.mesh,
            turned(vertices, look.degrees),
            figure.materials,
            look.camera,
            set_(look.camera),
            samples=3,
        )
        _save(develop(light), folder / f"{look.name}.jpg")


def _drawn(figure: Figure, folder: Path) -> None:
    for name, degrees in (("front", 0.0), ("back", 180.0), ("side", -90.0)):
        sheet = on_screen(drawing(_Turned(figure, degrees)))  # type: ignore[arg-type]
        small = cv2.resize(sheet, (720, 960), interpolation=cv2.INTER_AREA)
        _save(np.asarray(small, np.uint8), folder / f"{name}.jpg")


def _save(picture: NDArray[np.uint8], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=QUALITY, optimize=True)


def draw_robin(out: Path, jobs: int) -> None:
    del jobs
    _shaded(robin(), stage.sunroom, _looks(1.98, 0.89, 1.60), out / "robin")


def draw_kit(out: Path, jobs: int) -> None:
    del jobs
    _shaded(kit(), stage.sunset, _looks(2.10, 0.95, 1.62), out / "kit")


def draw_mei(out: Path, jobs: int) -> None:
    del jobs
    front, _, side, face = _looks(1.02, 1.43, 1.62, SPEAKING)
    _shaded(mei(), stage.study, (front, side, face), out / "mei")


def draw_fox(out: Path, jobs: int) -> None:
    del jobs
    _drawn(fox(), out / "fox")
