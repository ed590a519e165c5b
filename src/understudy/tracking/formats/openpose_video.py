"""A performance as a skeleton on black, the form of pose video that diffusion tools accept.

Eighteen joints in the order of COCO with the neck between the shoulders, limbs and colours as
OpenPose draws them (https://arxiv.org/abs/1812.08008) and ControlNet's annotator after it: limbs at
six tenths of their colour, joints at full; hands in all hues with blue joints; 68 face points in
white.
"""

from __future__ import annotations

import colorsys
from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.hand_landmarks import FINGERS, WRIST
from understudy.geometry.landmarks import Body, Float32
from understudy.media.output.encode import VideoWriter
from understudy.tracking.formats.frame_rate import frame_rate
from understudy.tracking.formats.keypoints import COCO_18, FACE_68, body_points, is_seen
from understudy.tracking.performance import Performance

Rgb = NDArray[np.uint8]
Colour = tuple[int, int, int]

LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10),
    (1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLOURS: tuple[Colour, ...] = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0),
    (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255),
    (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
LIMB_SHARE = 0.6  # of its colour: how bright a limb is beside its joints

# Joints that some models know beside the eighteen, each at the end of a limb from another: ankle,
# toe, colour.
TOES: tuple[tuple[int, Body, Colour], ...] = (
    (13, Body.LEFT_FOOT_INDEX, (200, 200, 0)),
    (10, Body.RIGHT_FOOT_INDEX, (100, 100, 0)),
)

# OpenPose draws every finger from the wrist; the knuckles are not joined.
_FINGER_BONES = tuple(bone for finger in FINGERS for bone in pairwise((WRIST, *finger)))
_HAND_JOINT: Colour = (0, 0, 255)
_FACE_POINT: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class DrawingNumbers:
    """How the skeleton is drawn. Sizes are shares of the picture's short side."""

    stick: float = 4 / 512
    """Half width of a limb and radius of a joint."""
    stick_less: float = 0.0
    """Pixels by which it is less than that."""
    toes: bool = False
    """Draw the toes as well."""
    hand_line: float = 2 / 512
    """Width of a hand's bone."""
    least_hand_line: float = 0.75
    """Pixels: half a hand's bone is at least this wide."""
    hand_dot: float = 3 / 512
    """Radius of a hand's joint."""
    face_dot: float = 2.5 / 512
    """Radius of a point of the face."""
    least_radius: float = 1.0
    """Pixels: limbs and dots have at least this radius."""
    ellipse_points: int = 36
    """Corners of the polygon that stands for a limb's ellipse."""
    shift: int = 4
    """Binary places of OpenCV's fixed-point pixels."""


NUMBERS = DrawingNumbers()


def write_openpose_video(
    performance: Performance, path: Path, *, hands: bool = True, face: bool = True
) -> None:
    """Write a performance as a skeleton video of the clip's size and rate, without sound.

    The file is there whole or not at all. Raises what `VideoWriter` raises.
    """
    width, height = (side - side % 2 for side in performance.size)
    with VideoWriter(path, (width, height), frame_rate(performance)) as writer:
        for index in range(len(performance)):
            frame = draw_skeleton(performance, index, hands=hands, face=face)
            writer.write_rgb(np.ascontiguousarray(frame[:height, :width]))


def draw_skeleton(
    performance: Performance,
    index: int,
    *,
    hands: bool = True,
    face: bool = True,
    numbers: DrawingNumbers = NUMBERS,
) -> Rgb:
    """One frame of the skeleton (H, W, 3) RGB, of the clip's size."""
    width, height = performance.size
    canvas = np.zeros((height, width, 3), np.uint8)
    short = min(width, height)
    stick = max(numbers.least_radius, numbers.stick * short - numbers.stick_less)
    _draw_body(canvas, performance.body[index], stick, toes=numbers.toes)
    if hands:
        for hand in (performance.left_hand[index], performance.right_hand[index]):
            _draw_hand(canvas, hand, short, numbers)
    if face and np.isfinite(performance.face[index, 0, 0]):
        face_dot = max(numbers.least_radius, numbers.face_dot * short)
        for point in performance.face[index, FACE_68, :2]:
            _draw_dot(canvas, point, face_dot, _FACE_POINT)
    return canvas


def skeleton_frames(
    performance: Performance, size: tuple[int, int]
) -> Generator[NDArray[np.uint8]]:
    """The frames of the skeleton (H, W, 3) RGB, scaled to a (width, height)."""
    for index in range(len(performance)):
        frame = draw_skeleton(performance, index)
        yield np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def openpose_joints(body: Float32) -> tuple[Float32, NDArray[np.bool_]]:
    """OpenPose's joints (18, 2) in pixels of body landmarks (33, 4), and which are seen (18,)."""
    points = body_points(body, COCO_18)
    return points[:, :2], is_seen(points)


def _draw_body(canvas: Rgb, body: Float32, stick: float, *, toes: bool) -> None:
    points, shown = openpose_joints(body)
    limbs, colours = list(LIMBS), list(COLOURS)
    if toes:
        ends = body_points(body, tuple(toe for _, toe, _ in TOES))
        points, shown = np.vstack([points, ends[:, :2]]), np.append(shown, is_seen(ends))
        for number, (ankle, _, colour) in enumerate(TOES):
            limbs.append((ankle, len(COLOURS) + number))
            colours.append(colour)
    # Limbs are numbered through, and take their colours in that order.
    for (one, other), colour in zip(limbs, colours, strict=False):
        if shown[one] and shown[other]:
            dark = (int(LIMB_SHARE * c) for c in colour)
            _draw_limb(canvas, points[one], points[other], stick, tuple(dark))
    for point, colour, there in zip(points, colours, shown, strict=True):
        if there:
            _draw_dot(canvas, point, stick, colour)


def _draw_hand(canvas: Rgb, hand: Float32, short: int, numbers: DrawingNumbers) -> None:
    if not np.isfinite(hand[0, 0]):
        return
    line = max(numbers.least_hand_line, numbers.hand_line * short / 2)
    for number, (one, other) in enumerate(_FINGER_BONES):
        red, green, blue = colorsys.hsv_to_rgb(number / len(_FINGER_BONES), 1.0, 1.0)
        colour = (round(255 * red), round(255 * green), round(255 * blue))
        _draw_limb(canvas, hand[one, :2], hand[other, :2], line, colour)
    dot = max(numbers.least_radius, numbers.hand_dot * short)
    for point in hand[:, :2]:
        _draw_dot(canvas, point, dot, _HAND_JOINT)


def _draw_limb(
    canvas: Rgb, one: Float32, other: Float32, radius: float, colour: tuple[int, ...]
) -> None:
    """A filled ellipse from joint to joint."""
    along = np.asarray(other - one, np.float64) / 2
    length = float(np.hypot(*along))
    if length < 1e-3:
        return
    across = np.array([-along[1], along[0]]) * (radius / length)
    angle = np.linspace(0, 2 * np.pi, NUMBERS.ellipse_points, endpoint=False)[:, None]
    outline = (one + other) / 2 + np.cos(angle) * along + np.sin(angle) * across
    cv2.fillConvexPoly(canvas, _fixed(outline), colour, cv2.LINE_AA, NUMBERS.shift)


def _draw_dot(canvas: Rgb, point: Float32, radius: float, colour: Colour) -> None:
    centre = _fixed(point)
    scale = 1 << NUMBERS.shift
    cv2.circle(
        canvas, (int(centre[0]), int(centre[1])), round(radius * scale), colour, -1, cv2.LINE_AA,
        NUMBERS.shift,
    )  # fmt: skip


def _fixed(points: NDArray[np.floating]) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point pixels, kept within what those can hold."""
    fixed = np.clip(np.rint(points * (1 << NUMBERS.shift)), -(1 << 20), 1 << 20)
    return np.asarray(fixed, np.int32)
