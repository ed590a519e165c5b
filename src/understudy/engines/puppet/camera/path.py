"""The camera's path: what a prompt's camera wording does to figure and background in each frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.camera.wording import CameraScript, Move
from understudy.geometry.filters import smoothstep
from understudy.geometry.transforms import affine, rotation

Float64 = NDArray[np.float64]
Axis = Literal["zoom", "dolly", "pan", "tilt", "orbit"]


@dataclass(frozen=True, slots=True)
class PathNumbers:
    """How far the camera goes. Travels are those of one whole movement of usual strength.

    zoom: growth of the figure, for zooming and for moving in or out. pan, tilt, orbit: shares of
        the frame's width. longest: seconds; a longer take holds where the movement ends.
    background_share: how much less the background grows when the camera itself moves in or out.
    shake: share of the frame's width. shake_turn: radians.
    rates, phases, weights: Hz, radians and shares of the three waves that a shake is made of. Their
        periods share no multiple, which looks irregular.
    faster, later: by how much, as a share and in radians, each axis' waves differ from the last's.
    """

    zoom: float = 0.22
    pan: float = 0.07
    tilt: float = 0.06
    orbit: float = 0.08
    longest: float = 8.0
    background_share: float = 0.6
    shake: float = 0.006
    shake_turn: float = float(np.radians(0.35))
    rates: tuple[float, float, float] = (0.37, 0.83, 1.61)
    phases: tuple[float, float, float] = (0.3, 1.7, 4.1)
    weights: tuple[float, float, float] = (0.55, 0.30, 0.15)
    faster: float = 0.13
    later: float = 2.4


NUMBERS = PathNumbers()

_AXES: Mapping[Move, tuple[Axis, float]] = MappingProxyType(
    {
        "zoom in": ("zoom", 1.0),
        "zoom out": ("zoom", -1.0),
        "push in": ("dolly", 1.0),
        "pull out": ("dolly", -1.0),
        "pan left": ("pan", -1.0),
        "pan right": ("pan", 1.0),
        "tilt up": ("tilt", -1.0),
        "tilt down": ("tilt", 1.0),
        "orbit left": ("orbit", -1.0),
        "orbit right": ("orbit", 1.0),
    }
)
_MOVING = {*_AXES, "hand-held"}


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath:
    """Affine maps of the canvas, (T, 2, 3) each: of the figure and of the background."""

    figure: Float64
    background: Float64


def camera_path(
    script: CameraScript,
    times: Float64,
    size: tuple[int, int],
    focus: Float64,
    ground: Float64,
) -> CameraPath | None:
    """The path over a take, None for a camera that stands still.

    times: (T,) seconds. size: (w, h) of the canvas. focus: (2,) what movements in and out close in
    on. ground: (2,) where the figure stands, and stays while the background moves against it.
    """
    if len(times) < 2 or not any(m.move in _MOVING for part in script.parts for m in part):
        return None
    width, height = size
    way = _travels(script, times)
    # A way out begins near: the picture holds nothing beyond its edges.
    zoom, dolly = (
        NUMBERS.zoom * (way[axis] - min(0.0, float(way[axis].min()))) for axis in ("zoom", "dolly")
    )
    pan, tilt, orbit = (_centred(way[axis]) for axis in ("pan", "tilt", "orbit"))
    x, y = -NUMBERS.pan * width * pan, -NUMBERS.tilt * width * tilt
    turn = np.zeros(len(times))
    shake = max(
        (m.amount for part in script.parts for m in part if m.move == "hand-held"), default=0.0
    )
    if shake > 0:
        x = x + shake * NUMBERS.shake * width * _wander(times, 0)
        y = y + shake * NUMBERS.shake * width * _wander(times, 1)
        turn = shake * NUMBERS.shake_turn * _wander(times, 2)
    lean = NUMBERS.orbit * orbit * width / height

    scale = _room(x, y, lean, turn, size) * (1.0 + zoom) * (1.0 + dolly)
    rotate = rotation(turn)
    middle = np.array([width / 2.0, height / 2.0])
    figure = affine(
        rotate @ _scaling(scale), focus, np.einsum("tij,j->ti", rotate, focus - middle) + middle
    )
    figure[:, :, 2] += np.stack([x, y], axis=1)

    farther = (1.0 + NUMBERS.background_share * dolly) / (1.0 + dolly)
    # No less than what keeps the background's upper edge out of view.
    farther = np.maximum(farther, 1.0 - focus[1] / ground[1] * (1.0 - 1.0 / scale))
    # Against the figure the background leans and shrinks about the ground that both stand on.
    against = _scaling(farther)
    against[:, 0, 1] = -lean
    behind = affine(against, ground, np.repeat(ground[None], len(times), axis=0))
    background = figure[:, :, :2] @ behind
    background[:, :, 2] += figure[:, :, 2]
    return CameraPath(figure, background)


def _travels(script: CameraScript, times: Float64) -> dict[Axis, Float64]:
    """How far the camera has moved along each axis, (T,) in whole movements."""
    way: dict[Axis, Float64] = {axis: np.zeros(len(times)) for axis, _ in _AXES.values()}
    span = float(times[-1] - times[0])
    progress = (times - times[0]) / span
    count = len(script.parts)
    for i, part in enumerate(script.parts):
        length = min(1.0 / count, NUMBERS.longest / span)
        eased = smoothstep(i / count, i / count + length, progress)
        for movement in part:
            if movement.move in _AXES:
                axis, sign = _AXES[movement.move]
                way[axis] = way[axis] + sign * movement.amount * eased
    return way


def _centred(way: Float64) -> Float64:
    """Travel to the side, as much to the one side of the middle as to the other."""
    return np.asarray(way - (way.max() + way.min()) / 2)


def _room(x: Float64, y: Float64, lean: Float64, turn: Float64, size: tuple[int, int]) -> float:
    """The zoom that keeps the background's edges out of view whatever moves sideways."""
    width, height = size
    return 1.0 + 2.0 * max(
        float(np.abs(x).max()) / width,
        float(np.abs(y).max()) / height,
        float(np.abs(lean).max()) * height / width,
        float(np.abs(turn).max()) * max(width, height) / min(width, height) / 2,
    )


def _scaling(factor: Float64) -> Float64:
    """Linear maps (T, 2, 2) that scale by `factor` (T,)."""
    linear = np.zeros((len(factor), 2, 2))
    linear[:, 0, 0] = linear[:, 1, 1] = factor
    return linear


def _wander(times: Float64, axis: int) -> Float64:
    """A slow irregular movement in -1..1, another one for each axis."""
    rates = np.array(NUMBERS.rates) * (1.0 + NUMBERS.faster * axis)
    phases = np.array(NUMBERS.phases) + NUMBERS.later * axis
    waves = np.sin(2 * np.pi * rates * times[:, None] + phases)
    return np.asarray((waves * NUMBERS.weights).sum(axis=1))
