"""Flat shapes on a canvas, drawn large and shrunk so that edges are smooth."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..solid.arrays import Float

Mask = NDArray[np.uint8]
Colour = tuple[int, int, int] | str

OVER = 3
"""Samples per pixel, each way."""


def rgb(colour: Colour) -> tuple[int, int, int]:
    """A colour from "#rrggbb" or from three numbers 0..255."""
    if isinstance(colour, str):
        return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
    return colour


def at(text: str) -> Float:
    """(K, 2) points from "x,y x,y ..."."""
    return np.array([[float(number) for number in pair.split(",")] for pair in text.split()])


def smooth(points: ArrayLike, closed: bool = True, steps: int = 14) -> Float:
    """A rounded line through (K, 2) points (centripetal Catmull-Rom, Yuksel et al. 2011).

    A point given twice stays a corner.
    """
    p = np.asarray(points, float)
    n = len(p)
    if closed:
        q = np.concatenate([p[-1:], p, p[:2]])
        spans = n
    else:
        q = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
        spans = n - 1
    u = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = []
    for k in range(spans):
        a, b, c, d = q[k : k + 4]
        ab, bc, cd = (float(np.sqrt(np.linalg.norm(y - x))) for x, y in ((a, b), (b, c), (c, d)))
        if bc < 1e-6:
            out.append(b[None])
            continue
        m1 = (c - b) if ab < 1e-6 else (c - b) + bc * ((b - a) / ab - (c - a) / (ab + bc))
        m2 = (c - b) if cd < 1e-6 else (c - b) + bc * ((d - c) / cd - (d - b) / (cd + bc))
        if ab < 1e-6:
            m1 = (c - b) * 0.5
        if cd < 1e-6:
            m2 = (c - b) * 0.5
        out.append(b + u * m1 + u**2 * (3 * (c - b) - 2 * m1 - m2) + u**3 * (2 * (b - c) + m1 + m2))
    if not closed:
        out.append(p[-1:])
    return np.concatenate(out)


def stroke(points: ArrayLike, widths: Sequence[float], steps: int = 14) -> Float:
    """Outline of a rounded line whose full width varies along it, with round ends."""
    line = smooth(points, closed=False, steps=steps)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    knots = np.linspace(0, along[-1], len(widths))
    half = np.interp(along, knots, np.asarray(widths, float)) / 2
    d = np.gradient(line, axis=0)
    d /= np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-d[:, 1], d[:, 0]], axis=1)
    left, right = line + normal * half[:, None], line - normal * half[:, None]
    a = np.linspace(0, np.pi, 9)[1:-1, None]
    end = line[-1] + half[-1] * (np.cos(a) * normal[-1] + np.sin(a) * d[-1])
    start = line[0] + half[0] * (-np.cos(a) * normal[0] - np.sin(a) * d[0])
    return np.concatenate([left, end, right[::-1], start])


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Float:
    a = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    p = np.stack([rx * np.cos(a), ry * np.sin(a)], axis=1)
    t = np.radians(turn)
    return np.asarray(p @ np.array([[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]]) + (x, y))


def mirror(points: ArrayLike, x: float) -> Float:
    p = np.asarray(points, float).copy()
    p[:, 0] = 2 * x - p[:, 0]
    return p


class Canvas:
    """A picture of width x height units, one unit a pixel."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.size = (width, height)
        self.image = np.full((height * OVER, width * OVER, 3), rgb(ground), np.uint8)

    def mask(self, *shapes: ArrayLike) -> Mask:
        """Where any of the closed (K, 2) shapes lies: 255 inside."""
        out = np.zeros(self.image.shape[:2], np.uint8)
        for shape in shapes:
            p = np.round(np.asarray(shape, float) * OVER * 16).astype(np.int32)
            cv2.fillPoly(out, [p], 255, shift=4)
        return out

    def fill(
        self, shape: ArrayLike, colour: Colour, within: Mask | None = None, opacity: float = 1.0
    ) -> Mask:
        """Paint a shape, only inside the mask `within` where given; its own mask comes back."""
        here = self.mask(shape)
        if within is not None:
            here &= within
        if opacity >= 1:
            self.image[here > 0] = rgb(colour)
        else:
            old = self.image[here > 0].astype(np.float32)
            new = old + (np.array(rgb(colour), np.float32) - old) * opacity
            self.image[here > 0] = np.round(new).astype(np.uint8)
        return here

    def picture(self) -> NDArray[np.uint8]:
        """(height, width, 3) RGB."""
        return np.asarray(cv2.resize(self.image, self.size, interpolation=cv2.INTER_AREA), np.uint8)
