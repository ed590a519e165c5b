"""A figure drawn from capsules, of which every part is known: what casting is measured against."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body, Landmarks
from understudy.media.picture import Picture
from understudy.tracking.trackers import PictureTrack, Region

Float32 = NDArray[np.float32]
Colour = tuple[float, float, float]

# Arms that hang in front of the trunk's sides.
CLOSE = ((0.36, 0.5), (0.33, 0.95), (0.32, 1.08))
SKIN: Colour = (0.93, 0.74, 0.60)
HAIR: Colour = (0.30, 0.18, 0.10)
SHIRT: Colour = (0.16, 0.38, 0.66)
TROUSERS: Colour = (0.24, 0.24, 0.30)
SHOES: Colour = (0.45, 0.12, 0.10)

# Joints in torso lengths from the middle of the shoulders, x to the figure's left, y down.
_REST = {
    "shoulder": (0.33, 0.0),
    "elbow": (0.52, 0.52),
    "wrist": (0.60, 0.98),
    "hand": (0.62, 1.12),
    "hip": (0.18, 1.0),
    "knee": (0.21, 1.75),
    "ankle": (0.22, 2.45),
    "toe": (0.30, 2.55),
}


@dataclass(frozen=True, kw_only=True)
class Design:
    """What to draw. torso: pixels; centre: x of the neck, y of the shoulders, shares of the size.
    left, right: where elbow, wrist and hand are, in torsos. Colours are sRGB in 0..1."""

    size: tuple[int, int] = (360, 520)
    torso: float = 120.0
    centre: tuple[float, float] = (0.5, 0.28)
    left: tuple[tuple[float, float], ...] = (_REST["elbow"], _REST["wrist"], _REST["hand"])
    right: tuple[tuple[float, float], ...] = (_REST["elbow"], _REST["wrist"], _REST["hand"])
    sleeve: Colour = SHIRT
    shirt: Colour = SHIRT
    skirt: bool = False
    background: Float32 | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Drawn:
    """picture, background: (h, w, 3) float32. alpha: (h, w), the figure. arms: the visible part of
    each arm. body: the body's colours without arms, and body_alpha where it is."""

    design: Design
    picture: Float32
    alpha: Float32
    arms: tuple[Float32, Float32]
    body: Float32
    body_alpha: Float32
    background: Float32
    landmarks: Landmarks

    @property
    def rgb(self) -> NDArray[np.uint8]:
        return np.round(self.picture * 255).astype(np.uint8)

    def opened(self, *, transparent: bool = False) -> Picture:
        """As `open_picture` would hand it on."""
        h, w = self.alpha.shape
        alpha = np.round(self.alpha * 255).astype(np.uint8) if transparent else None
        return Picture(self.rgb, alpha, (w, h), "0" * 64, (236, 236, 236) if transparent else None)

    def track(self, rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        """What a tracker says of it: the landmarks, and a coarse mask."""
        mask = cv2.GaussianBlur(self.alpha, (0, 0), 0.02 * self.design.torso)
        return PictureTrack(self.landmarks, np.asarray(mask, np.float32), 1.0)


def plain_background(size: tuple[int, int], colour: Colour = (0.86, 0.86, 0.84)) -> Float32:
    """A wall that gets a little darker downwards."""
    w, h = size
    fall = np.linspace(1.0, 0.94, h, dtype=np.float32)[:, None, None]
    return np.ones((h, w, 3), np.float32) * np.array(colour, np.float32) * fall


def striped_background(size: tuple[int, int]) -> Float32:
    """A wallpaper of upright stripes that repeats every 24 pixels."""
    w, h = size
    wave = 0.5 + 0.18 * np.sin(2 * np.pi * np.arange(w, dtype=np.float32) / 24)
    background = np.broadcast_to(wave[None, :, None], (h, w, 3)) * np.array([1.0, 0.8, 0.6])
    return np.ascontiguousarray(background, dtype=np.float32)


def draw(design: Design | None = None, **changes: object) -> Drawn:
    """Draw a figure. Keywords change the design."""
    design = replace(design or Design(), **changes)  # type: ignore[arg-type]
    w, h = design.size
    unit = design.torso
    origin = np.array([design.centre[0] * w, design.centre[1] * h])

    def place(point: tuple[float, float], side: int) -> NDArray[np.float64]:
        return origin + np.array([side * point[0], point[1]]) * unit

    background = plain_background(design.size) if design.background is None else design.background
    body = background.copy()
    body_alpha = np.zeros((h, w), np.float32)

    def lay(mask: Float32, colour: Colour) -> None:
        nonlocal body, body_alpha
        body = body * (1 - mask[..., None]) + np.array(colour, np.float32) * mask[..., None]
        body_alpha = np.maximum(body_alpha, mask)

    for side in (1, -1):
        hip, knee, ankle, toe = (place(_REST[j], side) for j in ("hip", "knee", "ankle", "toe"))
        lay(_line(h, w, [hip, knee, ankle], 0.22 * unit), TROUSERS)
        heel = ankle + np.array([0, 0.06 * unit])
        lay(_line(h, w, [heel, toe], 0.13 * unit), SHOES)
    trunk = [place((0.36, -0.02), s) for s in (1, -1)] + [place((0.27, 1.06), s) for s in (-1, 1)]
    lay(_polygon(h, w, trunk), design.shirt)
    if design.skirt:
        hem = [place((0.24, 0.7), 1), place((0.62, 1.75), 1)]
        hem += [place((0.62, 1.75), -1), place((0.24, 0.7), -1)]
        lay(_polygon(h, w, hem), (0.62, 0.12, 0.30))
    lay(_line(h, w, [origin, place((0, -0.2), 1)], 0.2 * unit), SKIN)
    head = place((0, -0.46), 1)
    lay(_ellipse(h, w, head, (0.21 * unit, 0.27 * unit)), SKIN)
    crown = head - np.array([0, 0.13 * unit])
    lay(_ellipse(h, w, crown, (0.23 * unit, 0.17 * unit)), HAIR)
    for side in (1, -1):
        eye = head + np.array([side * 0.08 * unit, 0])
        lay(_ellipse(h, w, eye, (0.03 * unit, 0.02 * unit)), HAIR)

    picture, alpha = body, body_alpha
    arms = []
    for side, joints in ((1, design.left), (-1, design.right)):
        shoulder = place(_REST["shoulder"], side)
        elbow, wrist, hand = (place(j, side) for j in joints)
        sleeve = _line(h, w, [shoulder, elbow], 0.18 * unit)
        bare = np.maximum(
            _line(h, w, [elbow, wrist], 0.14 * unit), _ellipse(h, w, hand, (0.09 * unit,) * 2)
        )
        for mask, colour in ((bare, SKIN), (sleeve, design.sleeve)):
            m = mask[..., None]
            picture = picture * (1 - m) + np.array(colour, np.float32) * m
        arm = np.maximum(sleeve, bare)
        alpha = np.maximum(alpha, arm)
        arms.append(arm)
    arms[0] = arms[0] * (1 - arms[1])
    return Drawn(
        design,
        picture.astype(np.float32),
        alpha,
        (arms[0], arms[1]),
        body.astype(np.float32),
        body_alpha,
        background,
        _landmarks(design, origin),
    )


def _landmarks(design: Design, origin: NDArray[np.float64]) -> Landmarks:
    w, h = design.size
    unit = design.torso
    body = np.zeros((33, 4), np.float32)
    body[:, 3] = 0.99

    def put(joint: Body, x: float, y: float) -> None:
        body[joint, :2] = origin + np.array([x, y]) * unit

    put(Body.NOSE, 0, -0.42)
    for side, first in ((1, 1), (-1, 4)):
        for i in range(3):
            body[first + i, :2] = origin + np.array([side * (0.05 + 0.03 * i), -0.47]) * unit
    for side, ear, mouth in (
        (1, Body.LEFT_EAR, Body.MOUTH_LEFT),
        (-1, Body.RIGHT_EAR, Body.MOUTH_RIGHT),
    ):
        put(ear, side * 0.2, -0.45)
        put(mouth, side * 0.06, -0.33)
    for side, offset, joints in ((1, 0, design.left), (-1, 1, design.right)):
        elbow, wrist, hand = joints
        reach = np.array(hand) + 0.35 * (np.array(hand) - np.array(wrist))
        places = {
            Body.LEFT_SHOULDER: _REST["shoulder"],
            Body.LEFT_ELBOW: elbow,
            Body.LEFT_WRIST: wrist,
            Body.LEFT_PINKY: tuple(hand),
            Body.LEFT_INDEX: tuple(hand),
            Body.LEFT_THUMB: tuple(reach),
            Body.LEFT_HIP: _REST["hip"],
            Body.LEFT_KNEE: _REST["knee"],
            Body.LEFT_ANKLE: _REST["ankle"],
            Body.LEFT_HEEL: (_REST["ankle"][0], _REST["toe"][1]),
            Body.LEFT_FOOT_INDEX: _REST["toe"],
        }
        for joint, (x, y) in places.items():
            put(Body(joint + offset), side * x, y)
    outside = (body[:, 1] > h) | (body[:, 0] < 0) | (body[:, 0] > w)
    body[outside, 3] = 0.05
    return Landmarks(body=body, world=np.zeros((33, 3), np.float32))


def _line(h: int, w: int, points: list[NDArray[np.float64]], width: float) -> Float32:
    mask = np.zeros((h, w), np.uint8)
    at = [tuple(round(float(v) * 16) for v in p) for p in points]
    for a, b in pairwise(at):
        cv2.line(mask, a, b, 255, max(1, round(width)), cv2.LINE_AA, 4)
    return np.asarray(mask / np.float32(255), np.float32)


def _polygon(h: int, w: int, points: list[NDArray[np.float64]]) -> Float32:
    mask = np.zeros((h, w), np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask / np.float32(255), np.float32)


def _ellipse(h: int, w: int, centre: NDArray[np.float64], axes: tuple[float, float]) -> Float32:
    mask = np.zeros((h, w), np.uint8)
    at = tuple(round(float(v) * 16) for v in centre)
    size = tuple(round(v * 16) for v in axes)
    cv2.ellipse(mask, at, size, 0, 0, 360, 255, -1, cv2.LINE_AA, 4)
    return np.asarray(mask / np.float32(255), np.float32)
