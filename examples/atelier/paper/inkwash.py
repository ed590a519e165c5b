"""Pen and watercolour: ink lines, hatching, washes and paper, as images of one size.

Washes multiply: a paint of screen colour C laid on with density d lets C ** d of the light through
(Beer's law, as in Curtis et al., Computer-Generated Watercolor, 1997).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..solid.arrays import Float32, f32
from ..solid.noise import noise


def grain(
    shape: tuple[int, int], period: float, seed: int, octaves: int = 1, stretch: float = 1.0
) -> Float32:
    """(H, W) noise, about -1..1, with bumps of `period` pixels, `stretch` times as wide as high."""
    h, w = shape
    step = max(1, int(period / 8))
    y, x = np.mgrid[0 : h + step : step, 0 : w + step : step].astype(np.float32)
    p = np.stack([x.ravel() / stretch, y.ravel(), np.full(x.size, 0.5 + seed, np.float32)], axis=1)
    small = noise(p, 1 / period, seed, octaves).reshape(x.shape)
    if step == 1:
        return np.ascontiguousarray(small[:h, :w])
    large = cv2.resize(small, (x.shape[1] * step, x.shape[0] * step), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(large[:h, :w], np.float32)


def soften(image: Float32, sigma: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def wobbled(image: Float32, amount: float, period: float, seed: int) -> Float32:
    """The image as an unsteady hand would place it: shifted by up to `amount` pixels."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    dx, dy = grain((h, w), period, seed), grain((h, w), period, seed + 50)
    return np.asarray(
        cv2.remap(
            image,
            x + amount * dx,
            y + amount * dy,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def outlines(
    distance: Float32, normal: Float32, paint: NDArray[np.int32], scale: int
) -> tuple[Float32, Float32]:
    """(H, W) strength 0..1 of contours (jumps in depth) and of inner lines (creases, colour edges).

    distance (H, W) metres, normal (H, W, 3), paint (H, W) number of the colour; `scale` samples a
    pixel.
    """
    contour = np.zeros(distance.shape, np.float32)
    inner = np.zeros(distance.shape, np.float32)
    near = np.minimum(distance, 60)
    for dy, dx in ((0, scale), (scale, 0), (scale, scale), (scale, -scale)):
        other = np.roll(near, (-dy, -dx), (0, 1))
        jump = np.abs(near - other)
        contour = np.maximum(contour, np.clip((jump - 0.012) / 0.02, 0, 1))
        turned = np.roll(normal, (-dy, -dx), (0, 1))
        bend = 1 - np.einsum("ijk,ijk->ij", normal, turned)
        same = jump < 0.05
        inner = np.maximum(inner, np.clip((bend - 0.16) / 0.25, 0, 1) * same * (near < 50))
        inner = np.maximum(inner, 0.75 * ((np.roll(paint, (-dy, -dx), (0, 1)) != paint) & same))
    return contour, inner


def ink(strength: Float32, width: float, seed: int) -> Float32:
    """(H, W) 0..1 of ink: lines as wide as `width` samples, swelling and thinning as a nib does."""
    spread = soften(strength, 0.5 * width)
    press = 0.30 + 0.13 * grain(strength.shape, 130, seed, 2)
    line = np.clip((spread - press * 0.55) / 0.12, 0, 1)
    dry = np.clip(1.05 + 0.45 * grain(strength.shape, 40, seed + 7, 2), 0.72, 1)
    return np.asarray(line * dry, np.float32)


def hatching(
    tone: Float32,
    bend: Float32,
    levels: tuple[tuple[float, float, float], ...],
    seed: int,
    weight: float,
) -> Float32:
    """(H, W) 0..1 of ink strokes where the picture is darker than a level.

    tone: (H, W) 0 dark .. 1 light, NaN where nothing is hatched; bend: (H, W) degrees by which
    strokes turn with the form; levels: (tone below which, angle in degrees, pixels apart).
    """
    h, w = tone.shape
    sheet: NDArray[np.uint8] = np.zeros((h, w), np.uint8)
    rng = np.random.default_rng(seed)
    diagonal = int(np.hypot(h, w)) // 2 + 2
    for level, angle, apart in levels:
        a = np.radians(angle)
        along, across = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
        for offset in np.arange(-diagonal, diagonal, apart):
            start = -float(diagonal)
            while start < diagonal:
                length = rng.uniform(22, 64)
                middle = (
                    np.array([w / 2, h / 2])
                    + across * (offset + rng.normal(0, apart * 0.16))
                    + along * (start + length / 2)
                )
                start += length + rng.uniform(1, 6)
                x, y = int(middle[0]), int(middle[1])
                if not (0 <= x < w and 0 <= y < h) or np.isnan(tone[y, x]):
                    continue
                turn = np.radians(float(bend[y, x]) + rng.normal(0, 2.0))
                d = np.array([np.cos(a + turn), np.sin(a + turn)])
                t = np.linspace(-0.5, 0.5, 15)
                bow = (0.25 - t * t) * length * 0.05 * rng.uniform(-0.3, 1.0)
                points = middle + t[:, None] * length * d + bow[:, None] * np.array([-d[1], d[0]])
                _stroke(
                    sheet,
                    points,
                    tone,
                    level + rng.normal(0, 0.025),
                    weight * rng.uniform(0.75, 1.15),
                )
    return np.asarray(sheet.astype(np.float32) / 255, np.float32)


def _stroke(
    sheet: NDArray[np.uint8],
    points: NDArray[np.float64],
    tone: Float32,
    level: float,
    weight: float,
) -> None:
    h, w = sheet.shape
    for k in range(len(points) - 1):
        x, y = int(points[k, 0]), int(points[k, 1])
        if not (0 <= x < w and 0 <= y < h):
            continue
        here = tone[y, x]
        if np.isnan(here) or here > level:
            continue
        fade = min(1.0, (level - float(here)) / 0.10 + 0.25) * min(1.0, (len(points) - 1 - k) / 5)
        a, b = (tuple(np.round(points[i] * 16).astype(int).tolist()) for i in (k, k + 1))
        cv2.line(sheet, a, b, int(255 * min(1.0, weight * fade)), 1, cv2.LINE_AA, 4)


def wash(
    cover: Float32,
    colour: Float32,
    density: Float32 | float,
    seed: int,
    edge: float = 0.5,
    scale: float = 1.0,
) -> Float32:
    """(H, W, 3) share of light that a wash lets through.

    cover: (H, W) 0..1 where it lies; colour: (3,) or (H, W, 3) linear; density: how thick. Pigment
    gathers at the rim (`edge`), clouds in the wet and settles in the paper's pits.
    """
    shape = cover.shape
    clouds = (
        1 + 0.20 * grain(shape, 120 * scale, seed, 3) + 0.05 * grain(shape, 14 * scale, seed + 3)
    )
    pits = 1 + 0.10 * grain(shape, 2.6 * scale, seed + 5) * (
        0.6 + 0.4 * grain(shape, 60 * scale, seed + 6)
    )
    inside = soften(cover, 2.6 * scale)
    rim = np.clip(cover - inside, 0, 1) * 2.0
    thick = cover * density * clouds * pits * (1 + edge * rim)
    return np.asarray(
        np.power(np.maximum(colour, 0.012), np.maximum(thick, 0)[..., None]), np.float32
    )


def blot(inside: Float32, ragged: float, seed: int, soft: float = 1.5) -> Float32:
    """(H, W) 0..1 cover of a brushed patch. inside: (H, W) distance to its edge in pixels, positive
    inside; the rough edge moves by up to `ragged`."""
    rough = 0.7 * grain(inside.shape, 70, seed, 3) + 0.3 * grain(inside.shape, 9, seed + 2)
    return np.asarray(np.clip((inside + ragged * rough) / soft + 0.5, 0, 1), np.float32)


def paper(shape: tuple[int, int]) -> Float32:
    """(H, W, 3) linear light of rough watercolour paper."""
    tooth = 0.55 * grain(shape, 3.2, 1) + 0.45 * grain(shape, 7, 2, 2)
    light = cv2.Sobel(soften(tooth, 0.7), cv2.CV_32F, 1, 1, ksize=3)
    tone = 1 + 0.016 * tooth + 0.020 * np.clip(light, -2, 2) + 0.012 * grain(shape, 240, 4, 2)
    warm = f32(0.915, 0.875, 0.785)
    return np.asarray(warm * tone[..., None], np.float32)
