"""A character drawn as a paper doll: the stick figure with flesh, cut into layers by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.geometry.stick_figure import Pose, landmarks_of
from understudy.character.character import Character, Layer, Traits
from understudy.geometry.landmarks import SIDES_EXCHANGED, Body, Landmarks
from understudy.geometry.skeleton import ARMS, LEGS, Limb, with_knuckles

SIZE = (240, 360)
SCALE = 100.0
AT = (120.0, 150.0)
SKIN, SHIRT, SLEEVE = (0.85, 0.65, 0.5), (0.2, 0.4, 0.8), (0.8, 0.25, 0.2)
TROUSERS, SHOE, HAIR = (0.2, 0.2, 0.25), (0.9, 0.9, 0.85), (0.35, 0.2, 0.1)

Colour = tuple[float, float, float]


def doll_landmarks(pose: Pose | None = None) -> Landmarks:
    """Where the doll's joints are."""
    return landmarks_of(pose or Pose((70.0, 75.0), (110.0, 105.0)), scale=SCALE, at=AT)


def paper_doll(pose: Pose | None = None, *, casts_shadow: bool = False) -> Character:
    """The doll on a background with a grid, so that any change of the background is seen."""
    marks = doll_landmarks(pose)
    joints = with_knuckles(marks.body)[:, :2]
    body = _Sheet()
    for limb in LEGS:
        body.bones(joints, limb, (TROUSERS, TROUSERS, SHOE), (11, 9, 8))
    trunk = joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.RIGHT_HIP, Body.LEFT_HIP]]
    body.polygon(trunk, SHIRT, 7)
    neck = joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=0)
    head = joints[[Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=0)
    body.line(neck, head, SKIN, 7)
    body.disc(head - (0, 3), HAIR, 15)
    body.disc(head, SKIN, 13)
    layers = [Layer("body", body.rgba)]
    for name, limb in (("left_arm", ARMS[0]), ("right_arm", ARMS[1])):
        sheet = _Sheet()
        sheet.bones(joints, limb, (SLEEVE, SLEEVE, SKIN), (7, 6, 6))
        layers.append(Layer(name, sheet.rgba))  # type: ignore[arg-type]
    alpha = np.maximum.reduce([layer.rgba[..., 3] for layer in layers])
    background = grid_background()
    picture = background.astype(np.float32) / 255
    for layer in layers:
        picture = picture * (1 - layer.rgba[..., 3:]) + layer.rgba[..., :3]
    return Character(
        size=SIZE,
        picture=np.rint(picture * 255).astype(np.uint8),
        alpha=alpha,
        background=background,
        layers=tuple(layers),
        landmarks=marks,
        traits=Traits("whole_body", "free", "free", casts_shadow=casts_shadow),
    )


def profile_doll() -> Character:
    """The doll from its right side, looking to the image's right, one leg before the other."""
    marks = doll_landmarks(Pose((88.0, 84.0), (88.0, 84.0), yaw=90.0))
    body, world = marks.body.copy(), marks.world.copy()
    for left, right in enumerate(SIDES_EXCHANGED):
        if left < right:
            body[left] = body[right]
            world[left] = world[right]
    for side, sign in ((Body.LEFT_FOOT_INDEX, 1), (Body.LEFT_HEEL, -1)):
        body[[side, side + 1], 0] += sign * 8
    joints = with_knuckles(body)[:, :2]
    leg, trunk, near, far = _Sheet(), _Sheet(), _Sheet(), _Sheet()
    leg.bones(joints, LEGS[1], (TROUSERS, TROUSERS, SHOE), (11, 9, 8))
    trunk.bones(joints, LEGS[1], (TROUSERS, TROUSERS, SHOE), (11, 9, 8))
    shoulder, hip = joints[Body.RIGHT_SHOULDER], joints[Body.RIGHT_HIP]
    trunk.line(shoulder, hip, SHIRT, 12)
    trunk.disc(joints[Body.RIGHT_EAR], HAIR, 14)
    trunk.disc(joints[Body.NOSE] + (5, 0), SKIN, 4)
    for sheet in (near, far):
        sheet.bones(joints, ARMS[1], (SLEEVE, SLEEVE, SKIN), (7, 6, 6))
    layers = (
        Layer("left_arm", far.rgba),
        Layer("far_leg", leg.rgba),
        Layer("body", trunk.rgba),
        Layer("right_arm", near.rgba),
    )
    return replace(
        paper_doll(),
        layers=layers,
        alpha=np.maximum.reduce([layer.rgba[..., 3] for layer in layers]),
        landmarks=Landmarks(body, world),
        traits=Traits("whole_body", "free", "free", near="right"),
    )


def grid_background() -> NDArray[np.uint8]:
    """A light ground with lines every 24 pixels."""
    background = np.full((SIZE[1], SIZE[0], 3), 225, np.uint8)
    background[::24] = (180, 200, 190)
    background[:, ::24] = (190, 180, 200)
    return background


class _Sheet:
    """A layer that is drawn on, four times as large and reduced at the end."""

    FINE = 4

    def __init__(self) -> None:
        shape = (SIZE[1] * self.FINE, SIZE[0] * self.FINE)
        self._colour = np.zeros((*shape, 3), np.float32)
        self._alpha = np.zeros(shape, np.float32)

    def line(
        self,
        a: NDArray[np.floating[Any]],
        b: NDArray[np.floating[Any]],
        colour: Colour,
        radius: int,
    ) -> None:
        start, end = (tuple(int(v) for v in np.rint(p * self.FINE)) for p in (a, b))
        width = 2 * radius * self.FINE
        cv2.line(self._colour, start, end, colour, width)
        cv2.line(self._alpha, start, end, 1.0, width)

    def disc(self, centre: NDArray[np.floating[Any]], colour: Colour, radius: int) -> None:
        self.line(centre, centre, colour, radius)

    def polygon(self, corners: NDArray[np.floating[Any]], colour: Colour, rim: int) -> None:
        points = np.rint(corners * self.FINE).astype(np.int32)
        for canvas, value in ((self._colour, colour), (self._alpha, 1.0)):
            cv2.fillPoly(canvas, [points], value)
            cv2.polylines(canvas, [points], True, value, 2 * rim * self.FINE)

    def bones(
        self,
        joints: NDArray[np.floating[Any]],
        limb: Limb,
        colours: tuple[Colour, Colour, Colour],
        radii: tuple[int, int, int],
    ) -> None:
        for i in (2, 1, 0):
            self.line(joints[limb.joints[i]], joints[limb.joints[i + 1]], colours[i], radii[i])

    @property
    def rgba(self) -> NDArray[np.floating[Any]]:
        premultiplied = np.dstack([self._colour * self._alpha[..., None], self._alpha])
        return np.asarray(cv2.resize(premultiplied, SIZE, interpolation=cv2.INTER_AREA), np.float32)
