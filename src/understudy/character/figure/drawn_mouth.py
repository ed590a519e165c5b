"""A face's mesh laid onto a drawn face whose mouth it missed.

Drawn eyes are large and drawn mouths a short stroke right below a nose that is hardly there. The
mesh then puts its nose where the mouth is drawn, its lips onto the jaw and its chin onto the neck:
squeezed, which is how it is told. Left so, a second mouth would open on the jaw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.face_mesh import (
    CHIN,
    INNER_LIPS,
    LOWER_LID_EDGES,
    NOSE_TIP,
    UPPER_LID_EDGES,
)
from understudy.geometry.landmarks import Float32, Landmarks

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MouthNumbers:
    """Lengths are in distances between the eyes, down from between them. Found on faces of photos,
    where chin and lips lie .65 apart and more, and of drawings, where it is .5 or .2 to .35.
    """

    squeezed: float = 0.4
    """From the lips to the chin: a mesh with less missed the mouth."""
    least_eyes: float = 12.0
    """px between the eyes: in smaller faces no stroke is seen."""
    scale: int = 64
    """px per length, at which strokes are looked for,"""
    reach: tuple[float, float] = (0.4, 2.0)
    """from here to there."""
    stroke: float = 0.2
    """The height of the tallest stroke that is seen, and the width over which it must go on;"""
    aside: float = 0.12
    """its middle is so near to the face's."""
    dark: float = 5.0
    """How much darker than its surroundings a stroke is, 0..255 in green: lips are red."""
    apart: float = 0.08
    """Strokes nearer to each other are one."""
    above_lips: float = 0.1
    """The mouth lies so far above the mesh's lips,"""
    chin: tuple[float, float] = (0.3, 0.8)
    """the chin's stroke so far below the mouth,"""
    usual_chin: float = 0.5
    """or, where none is seen, so far."""
    nose: float = 0.6
    """Of the way from the eyes to the mouth: where the nose's tip is."""
    narrow: float = 0.4
    """Share by which a drawn mouth is narrower than the mesh's,"""
    near: float = 0.2
    """at the mouth, and fading up and down from there."""


NUMBERS = MouthNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """A face's own frame: between the eyes (2,), (2, 2) the directions along and down in rows, and
    the eyes' distance in pixels."""

    origin: Float64
    axes: Float64
    unit: float

    def local(self, points: Float64) -> Float64:
        return np.asarray((points - self.origin) @ self.axes.T / self.unit)

    def pixels(self, local: Float64) -> Float64:
        return np.asarray(self.origin + local @ self.axes * self.unit)


def with_drawn_mouth(landmarks: Landmarks, rgb: NDArray[np.uint8]) -> Landmarks:
    """The landmarks with nose, lips and chin of a squeezed mesh where they are drawn.

    rgb: (h, w, 3) uint8 sRGB. A mesh that is not squeezed, or above whose lips no mouth is seen,
    stays as it is.
    """
    if landmarks.face is None:
        return landmarks
    frame = _frame_of(landmarks.face)
    face = frame.local(landmarks.face[:, :2].astype(np.float64))
    lips, chin = float(face[list(INNER_LIPS), 1].mean()), float(face[CHIN, 1])
    if chin - lips > NUMBERS.squeezed or frame.unit < NUMBERS.least_eyes:
        return landmarks
    strokes = _strokes(rgb, frame)
    above = [stroke for stroke in strokes if stroke[0] < lips - NUMBERS.above_lips]
    if not above:
        return landmarks
    mouth = max(above, key=lambda stroke: stroke[1])[0]
    low, high = NUMBERS.chin
    below = [place for place, _ in strokes if mouth + low < place < mouth + high]
    moved = _laid(face, lips, mouth, below[0] if below else mouth + NUMBERS.usual_chin)
    points = landmarks.face.copy()
    points[:, :2] = frame.pixels(moved)
    return replace(landmarks, face=points)


def _frame_of(face: Float32) -> _Frame:
    points = face[:, :2].astype(np.float64)
    left, right = (
        points[[*upper, *lower]].mean(axis=0)
        for upper, lower in zip(UPPER_LID_EDGES, LOWER_LID_EDGES, strict=True)
    )
    unit = max(1e-6, float(np.hypot(*(left - right))))
    along = (left - right) / unit
    down = np.array([-along[1], along[0]])
    middle = (left + right) / 2
    if (points[CHIN] - middle) @ down < 0:
        down = -down
    return _Frame(middle, np.stack([along, down]), unit)


def _strokes(rgb: NDArray[np.uint8], frame: _Frame) -> list[tuple[float, float]]:
    """Dark strokes across the face's middle, from above: how far down each is, and how dark."""
    n = NUMBERS
    down = np.arange(int(n.reach[0] * n.scale), int(n.reach[1] * n.scale))
    along = np.arange(-n.scale // 2, n.scale // 2 + 1)
    grid = np.stack(np.meshgrid(along, down), axis=-1) / n.scale
    places = frame.pixels(grid).astype(np.float32)
    green = np.ascontiguousarray(rgb[..., 1]).astype(np.float32)
    seen = cv2.remap(
        green, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    seen = cv2.GaussianBlur(seen, (0, 0), 0.02 * n.scale)
    tall = round(n.stroke * n.scale) | 1
    dark = cv2.morphologyEx(seen, cv2.MORPH_BLACKHAT, np.ones((tall, 1), np.uint8))
    dark = cv2.blur(dark, (tall, 3))
    middle, reach = n.scale // 2, round(n.aside * n.scale)
    rows = np.asarray(dark[:, middle - reach : middle + reach + 1].max(axis=1))
    near = round(n.apart * n.scale)
    return [
        (float(down[row]) / n.scale, float(rows[row]))
        for row in range(1, len(rows) - 1)
        if rows[row] > n.dark and rows[row] == rows[max(0, row - near) : row + near + 1].max()
    ]


def _laid(face: Float64, lips: float, mouth: float, chin: float) -> Float64:
    """The mesh (468, 2) in the face's frame with its parts below the eyes moved up or down."""
    n = NUMBERS
    x, y = face.T
    known = [0.0, float(face[NOSE_TIP, 1]), lips, float(face[CHIN, 1])]
    wanted = [0.0, n.nose * mouth, mouth, chin]
    if not 0 < known[1] < lips:
        known, wanted = [known[0], *known[2:]], [wanted[0], *wanted[2:]]
    below = np.where(y > known[-1], y - known[-1], 0.0)
    moved = np.where(y > 0, np.interp(y, known, wanted) + below, y)
    narrower = n.narrow * np.exp(-(((moved - mouth) / n.near) ** 2)) * (np.abs(x) < 0.5)
    return np.stack([x * (1 - narrower), moved], axis=1)
