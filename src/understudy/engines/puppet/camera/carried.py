"""The clip's camera carried over: the picture seen through a window that moves as the clip's frame
moved over its scene, as far as the picture goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.camera.path import CameraPath
from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.rig import Rig
from understudy.geometry.skeleton import Bone
from understudy.geometry.transforms import affine, rotation
from understudy.tracking.clip_camera import ClipCamera

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CarriedNumbers:
    """How far a picture is entered so that the camera has room. Chosen by eye.

    closer: how much closer than the picture the video may begin, in steps, the smallest first.
    most_zoom: beyond it a picture's pixels show.
    shares: of the clip's way that are tried, the largest first.
    margin: share of the frame's height that stays free round the head.
    """

    closer: tuple[float, ...] = (1.0, 1.06, 1.12, 1.18, 1.24)
    most_zoom: float = 2.0
    shares: tuple[float, ...] = tuple(np.linspace(1.0, 0.0, 51).tolist())
    margin: float = 0.015


NUMBERS = CarriedNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class CarriedCamera:
    """The path, and which share of the clip's camera's way it is, 0 to 1."""

    path: CameraPath
    share: float


def carried_camera(
    camera: ClipCamera, per_pixel: float, size: tuple[int, int], heads: Float64
) -> CarriedCamera:
    """The largest share of the clip's camera's way in which the window never leaves the picture and
    the head never leaves the window.

    per_pixel: canvas pixels of the figure per clip pixel of the driver as the take begins. size:
    (w, h) of the canvas. heads: (T, 4) left, top, right, bottom of the figure's head on the canvas.
    """
    canvas = np.array(size, np.float64)
    heads = np.clip(heads, 0.0, np.tile(canvas, 2))
    heads[:, :2] = np.maximum(heads[:, :2] - NUMBERS.margin * size[1], 0.0)
    heads[:, 2:] = np.minimum(heads[:, 2:] + NUMBERS.margin * size[1], canvas)
    steps = per_pixel * (camera.centre - camera.centre[0])
    for share in NUMBERS.shares:
        zoom = camera.zoom**share
        for closer in NUMBERS.closer:
            scale = closer * zoom / zoom.min()
            if scale.max() > max(NUMBERS.most_zoom, closer):
                continue
            centre = _window_centre(canvas, scale, share * steps, share * camera.roll, heads)
            if centre is not None:
                turn = rotation(share * camera.roll) * scale[:, None, None]
                middle = np.repeat(canvas[None] / 2, len(camera), axis=0)
                maps = affine(turn, np.zeros(2), np.zeros((len(camera), 2)))
                moved = np.einsum("tij,tj->ti", turn, centre + share * steps)
                maps[:, :, 2] = middle - moved
                return CarriedCamera(CameraPath(maps, maps), share)
    still = np.repeat(np.eye(3)[None, :2], len(camera), axis=0)
    return CarriedCamera(CameraPath(still, still), 0.0)


def _window_centre(
    canvas: Float64, scale: Float64, steps: Float64, roll: Float64, heads: Float64
) -> Float64 | None:
    """Where the middle of a window (2,) begins that then moves by `steps` (T, 2), so that it stays
    in the picture and the heads in it; None where nothing does."""
    half = canvas / 2 / scale[:, None]
    # In the picture the window's turned corners must stay, round the heads its upright inside.
    along, across = np.abs(np.cos(roll))[:, None], np.abs(np.sin(roll))[:, None]
    outer, inner = along * half + across * half[:, ::-1], along * half - across * half[:, ::-1]
    low = np.maximum((outer - steps).max(axis=0), (heads[:, 2:] - inner - steps).max(axis=0))
    high = np.minimum(
        (canvas - outer - steps).min(axis=0), (heads[:, :2] + inner - steps).min(axis=0)
    )
    if (low > high + 1e-6).any():
        return None
    # The head stays at its place in the frame where it can.
    head = (heads[0, :2] + heads[0, 2:]) / 2
    wanted = head + (canvas / 2 - head) / scale[0]
    return np.asarray(np.clip(wanted, low, np.maximum(low, high)))


def head_boxes(motion: Motion, rig: Rig, framing: Float64) -> Float64:
    """Left, top, right and bottom of the figure's head in each frame: (T, 4) canvas pixels.

    framing: affine maps (T, 2, 3) of the canvas.
    """
    body = rig.body
    on_head = np.where(body.bones == Bone.HEAD, body.weights, 0.0).sum(axis=1) > 0.5
    if not on_head.any():
        at_head = motion.joints[:, 0].astype(np.float64)
        return np.concatenate([at_head, at_head], axis=1)
    low, high = body.vertices[on_head].min(axis=0), body.vertices[on_head].max(axis=0)
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    maps = motion.bones[:, Bone.HEAD].astype(np.float64)
    posed = np.einsum("tij,nj->tni", maps[:, :, :2], corners) + maps[:, None, :, 2]
    framed = np.einsum("tij,tnj->tni", framing[:, :, :2], posed) + framing[:, None, :, 2]
    return np.concatenate([framed.min(axis=1), framed.max(axis=1)], axis=1)


def composed(after: CameraPath, before: CameraPath) -> CameraPath:
    """The path that does `before` and then `after`."""
    return CameraPath(
        _composed(after.figure, before.figure), _composed(after.background, before.background)
    )


def _composed(after: Float64, before: Float64) -> Float64:
    product = after[:, :, :2] @ before
    product[:, :, 2] += after[:, :, 2]
    return np.asarray(product)
