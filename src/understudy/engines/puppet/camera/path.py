"""The camera's path: what the wording of a prompt does to figure and background in each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.camera.wording import CameraScript
from understudy.geometry.filters import smoothstep
from understudy.geometry.transforms import affine, rotation

Float64 = NDArray[np.float64]

# The whole of a movement: growth of the figure, and travel as a share of the frame's width.
ZOOM, PAN, TILT, ORBIT = 0.22, 0.07, 0.06, 0.08
# The background grows this much less when the camera itself moves in or out.
BACKGROUND_SHARE = 0.6
SHAKE = 0.006
SHAKE_TURN = np.radians(0.35)


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
    moves = [part for part in script.parts if any(m.move != "static" for m in part)]
    if not moves or len(times) < 2:
        return None
    width, height = size
    span = float(times[-1] - times[0])
    progress = (times - times[0]) / span
    zoom, dolly = np.zeros(len(times)), np.zeros(len(times))
    pan, tilt, orbit = (np.zeros(len(times)) for _ in range(3))
    shake = 0.0
    for i, part in enumerate(script.parts):
        count = len(script.parts)
        # Eased at both ends, over at most eight seconds: a longer take holds where it arrived.
        length = min(1.0 / count, 8.0 / span)
        eased = smoothstep(i / count, i / count + length, progress)
        for movement in part:
            step = movement.amount * eased
            match movement.move:
                case "zoom in":
                    zoom += step
                case "zoom out":
                    zoom -= step
                case "push in":
                    dolly += step
                case "pull out":
                    dolly -= step
                case "pan left":
                    pan -= step
                case "pan right":
                    pan += step
                case "tilt up":
                    tilt -= step
                case "tilt down":
                    tilt += step
                case "orbit left":
                    orbit -= step
                case "orbit right":
                    orbit += step
                case "hand-held":
                    shake = max(shake, movement.amount)
                case "static":
                    pass
    # A way out begins near: the picture holds nothing beyond its edges.
    zoom, dolly = (ZOOM * (way - min(0.0, float(way.min()))) for way in (zoom, dolly))
    pan, tilt = (way - (way.max() + way.min()) / 2 for way in (pan, tilt))
    orbit = orbit - (orbit.max() + orbit.min()) / 2
    x, y = -PAN * width * pan, -TILT * width * tilt
    turn = np.zeros(len(times))
    if shake > 0:
        x = x + shake * SHAKE * width * _wander(times, 0)
        y = y + shake * SHAKE * width * _wander(times, 1)
        turn = shake * SHAKE_TURN * _wander(times, 2)
    lean = ORBIT * orbit * width / height

    # Room for everything that moves sideways, so that no edge of the background comes into view.
    room = 1.0 + 2.0 * max(
        float(np.abs(x).max()) / width,
        float(np.abs(y).max()) / height,
        float(np.abs(lean).max()) * height / width,
        float(np.abs(turn).max()) * max(width, height) / min(width, height) / 2,
    )
    scale = room * (1.0 + zoom) * (1.0 + dolly)
    farther = (1.0 + BACKGROUND_SHARE * dolly) / (1.0 + dolly)
    # No less than what keeps the background's upper edge out of view.
    farther = np.maximum(farther, 1.0 - focus[1] / ground[1] * (1.0 - 1.0 / scale))
    linear = np.zeros((len(times), 2, 2))
    linear[:, 0, 0] = linear[:, 1, 1] = scale
    rotate = rotation(turn)
    middle = np.array([width / 2.0, height / 2.0])
    figure = affine(rotate @ linear, focus, np.einsum("tij,j->ti", rotate, focus - middle) + middle)
    figure[:, :, 2] += np.stack([x, y], axis=1)
    # Against the figure the background leans and shrinks about the ground that both stand on.
    against = np.zeros((len(times), 2, 2))
    against[:, 0, 0] = against[:, 1, 1] = farther
    against[:, 0, 1] = -lean
    behind = affine(against, ground, np.repeat(ground[None], len(times), axis=0))
    background = figure[:, :, :2] @ behind
    background[:, :, 2] += figure[:, :, 2]
    return CameraPath(figure, background)


def _wander(times: Float64, seed: int) -> Float64:
    """A slow irregular sway in -1..1: three waves whose periods share no multiple."""
    phases = np.array([0.3, 1.7, 4.1]) + 2.4 * seed
    rates = np.array([0.37, 0.83, 1.61]) * (1.0 + 0.13 * seed)
    weights = np.array([0.55, 0.30, 0.15])
    waves = np.sin(2 * np.pi * rates * times[:, None] + phases)
    return np.asarray((waves * weights).sum(axis=1))
