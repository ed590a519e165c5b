"""The clip's camera carried over: the picture seen through a window that moves as the clip's frame
moved over its scene, as far as the picture, and plain ground past its edges, goes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.camera.free_room import FreeRoom
from understudy.engines.puppet.camera.path import CameraPath
from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.rig import Rig
from understudy.geometry.skeleton import Bone
from understudy.geometry.transforms import affine, rotation
from understudy.tracking.clip_camera import ClipCamera

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CarriedNumbers:
    """How far a picture is entered or left so that the camera has room. Chosen by eye.

    closer: how much closer than the picture the video may begin, or how much farther off where
        plain ground goes on around it, in steps, the smallest change first.
    most_zoom: beyond it a picture's pixels show.
    shares: of the clip's way that are tried, the largest first.
    margin: share of the frame's height that stays free round the head, and below the feet's joints.
    """

    closer: tuple[float, ...] = (1.0, 1.06, 0.94, 1.12, 0.88, 1.18, 0.82, 1.24)
    most_zoom: float = 2.0
    shares: tuple[float, ...] = tuple(np.linspace(1.0, 0.0, 51).tolist())
    margin: float = 0.015


NUMBERS = CarriedNumbers()
NO_ROOM = FreeRoom()


@dataclass(frozen=True, slots=True, eq=False)
class CarriedCamera:
    """The path, and which share of the clip's camera's way it is, 0 to 1."""

    path: CameraPath
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class FigurePlaces:
    """Where the figure is in each frame, canvas pixels, before the camera moves.

    heads: (T, 4) left, top, right and bottom of its head. soles: (T,) the lowest y of its feet.
    """

    heads: Float64
    soles: Float64

    def within(self, first: Float64, last: Float64, margin: float) -> FigurePlaces:
        """With a margin round the head, and none of it past first and last (2,), x and y."""
        low, high = np.clip(self.heads[:, :2], first, last), np.clip(self.heads[:, 2:], first, last)
        heads = np.hstack([np.maximum(low - margin, first), np.minimum(high + margin, last)])
        return FigurePlaces(heads, np.minimum(self.soles + margin, last[1]))


def carried_camera(
    camera: ClipCamera,
    per_pixel: float,
    size: tuple[int, int],
    figure: FigurePlaces,
    room: FreeRoom = NO_ROOM,
) -> CarriedCamera:
    """The largest share of the clip's camera's way in which the window never leaves the picture, or
    the plain ground past its edges, and the head never leaves the window. Where it can be, the feet
    are in the widest view.

    per_pixel: canvas pixels of the figure per clip pixel of the driver as the take begins. size:
    (w, h) of the canvas. figure: where it is on the canvas. room: what may be seen past the canvas.
    """
    canvas = np.array(size, np.float64)
    figure = figure.within(-room.before, canvas + room.after, NUMBERS.margin * size[1])
    steps = per_pixel * (camera.centre - camera.centre[0])
    for share, keeps_feet, closer in product(NUMBERS.shares, (True, False), NUMBERS.closer):
        zoom = camera.zoom**share
        scale = closer * zoom / zoom.min()
        if scale.max() > max(NUMBERS.most_zoom, closer):
            continue
        window = _Window(canvas, scale, share * camera.roll, share * steps)
        centre = window.centre(figure, room, keeps_feet=keeps_feet)
        if centre is not None:
            turn = rotation(window.roll) * scale[:, None, None]
            middle = np.repeat(canvas[None] / 2, len(camera), axis=0)
            maps = affine(turn, np.zeros(2), np.zeros((len(camera), 2)))
            maps[:, :, 2] = middle - np.einsum("tij,tj->ti", turn, centre + window.steps)
            return CarriedCamera(CameraPath(maps, maps), share)
    still = np.repeat(np.eye(3)[None, :2], len(camera), axis=0)
    return CarriedCamera(CameraPath(still, still), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """What the camera sees of the canvas in each frame.

    canvas: (2,) width and height. scale: (T,) enlargement of the figure. roll: (T,) radians.
    steps: (T, 2) canvas pixels that its middle moves from where it begins.
    """

    canvas: Float64
    scale: Float64
    roll: Float64
    steps: Float64

    def centre(self, figure: FigurePlaces, room: FreeRoom, *, keeps_feet: bool) -> Float64 | None:
        """Where the middle (2,) begins so that the window stays in the picture and its room, and
        the heads in the window, with the feet in the widest view if they are to be; None where
        nothing does."""
        half = self.canvas / 2 / self.scale[:, None]
        # In the picture the turned corners must stay, round the heads the largest upright inside.
        along, across = np.abs(np.cos(self.roll))[:, None], np.abs(np.sin(self.roll))[:, None]
        outer, inner = along * half + across * half[:, ::-1], along * half - across * half[:, ::-1]
        before, after = inner + self.steps, inner - self.steps
        low = np.maximum(
            (outer - self.steps - room.before).max(axis=0),
            (figure.heads[:, 2:] - before).max(axis=0),
        )
        high = np.minimum(
            (self.canvas + room.after - outer - self.steps).min(axis=0),
            (figure.heads[:, :2] + after).min(axis=0),
        )
        if keeps_feet:
            widest = int(self.scale.argmin())
            low[1] = max(low[1], figure.soles[widest] - before[widest, 1])
        if (low > high + 1e-6).any():
            return None
        # The head stays at its place in the frame where it can.
        head = (figure.heads[0, :2] + figure.heads[0, 2:]) / 2
        wanted = head + (self.canvas / 2 - head) / self.scale[0]
        return np.asarray(np.clip(wanted, low, np.maximum(low, high)))


def figure_places(motion: Motion, rig: Rig, framing: Float64) -> FigurePlaces:
    """Where the figure is. framing: affine maps (T, 2, 3) of the canvas."""

    def framed(points: Float64) -> Float64:
        turned = np.einsum("tij,tnj->tni", framing[:, :, :2], points)
        return np.asarray(turned + framing[:, None, :, 2])

    joints = framed(motion.joints.astype(np.float64))
    body = rig.body
    on_head = np.where(body.bones == Bone.HEAD, body.weights, 0.0).sum(axis=1) > 0.5
    head = joints[:, :1]
    if on_head.any():
        low, high = body.vertices[on_head].min(axis=0), body.vertices[on_head].max(axis=0)
        corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
        maps = motion.bones[:, Bone.HEAD].astype(np.float64)
        head = framed(np.einsum("tij,nj->tni", maps[:, :, :2], corners) + maps[:, None, :, 2])
    heads = np.concatenate([head.min(axis=1), head.max(axis=1)], axis=1)
    return FigurePlaces(heads, joints[:, :, 1].max(axis=1))


def composed(after: CameraPath, before: CameraPath) -> CameraPath:
    """The path that does `before` and then `after`."""
    return CameraPath(
        _composed(after.figure, before.figure), _composed(after.background, before.background)
    )


def _composed(after: Float64, before: Float64) -> Float64:
    maps = after[:, :, :2] @ before
    maps[:, :, 2] += after[:, :, 2]
    return np.asarray(maps)
