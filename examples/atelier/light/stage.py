"""The sets that figures stand on: a floor that curves up into a wall, and a blurred room."""

from __future__ import annotations

import cv2
import numpy as np

from ..solid.arrays import Float32, f32
from ..solid.noise import noise
from .camera import Camera
from .materials import linear, step
from .painter import Light, Lighting, Stage

_SKY, _GROUND = (0.25, 0.27, 0.31), (0.18, 0.15, 0.14)


def _key(x: float, colour: tuple[float, float, float]) -> Light:
    return Light((x, 1.05, 0.85), colour, shadows=True, softness=0.014)


def cove(camera: Camera, wall: float = -2.2, radius: float = 1.3) -> Float32:
    """(H, W, 3) points where the camera's rays meet the floor, which bends up into a wall at
    z = `wall`."""
    rays = camera.rays(1).astype(np.float64)
    eye = np.array(camera.eye)
    angle = np.linspace(0, 1, 400) * np.pi / 2
    z = np.concatenate([[eye[2] + 1], wall + radius - radius * np.sin(angle), [wall]])
    y = np.concatenate([[0], radius - radius * np.cos(angle), [30]])
    # The set is the same at every x: find where on the profile each ray's slope dy / dz falls.
    slope = (y - eye[1]) / (z - eye[2])
    ahead = z < eye[2] - 0.1
    ray_slope = rays[..., 1] / rays[..., 2]
    order = np.argsort(slope[ahead])
    depth = np.interp(ray_slope, slope[ahead][order], z[ahead][order])
    below = ray_slope > slope[ahead].max()
    to_floor = -eye[1] / np.minimum(rays[..., 1], -1e-9)
    reach = np.where(below, to_floor, (depth - eye[2]) / rays[..., 2])
    return np.asarray(eye + rays * reach[..., None], np.float32)


def _soft(image: Float32, sigma: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def sunroom(camera: Camera) -> Stage:
    """A plastered studio in the afternoon: a window's light lies across the wall."""
    points = cove(camera)
    x, y = points[..., 0], points[..., 1]
    flat = points.reshape(-1, 3)
    plaster = noise(flat, 2.2, 3, 4).reshape(x.shape)
    trowel = noise(flat * f32(1, 0.5, 1), 14, 9, 2).reshape(x.shape)
    tone = 1 + 0.055 * plaster + 0.022 * trowel
    wall = linear(126, 158, 152)
    # The window's panes, slanting; leaves before it break the light.
    u, v = x - 0.42 * y + 0.62, y - 0.20 * x - 0.92
    panes = np.zeros(x.shape, np.float32)
    for i in range(2):
        for j in range(3):
            across = np.abs(u - 0.70 * (i - 0.5)) - 0.305
            up = np.abs(v - 0.62 * (j - 1) - 0.35) - 0.265
            panes = np.maximum(panes, step(0.035, -0.035, np.maximum(across, up)))
    leaves = np.ones(x.shape, np.float32)
    rng = np.random.default_rng(4)
    for _ in range(34):
        cx, cy = rng.uniform(-1.35, 1.0), rng.uniform(-0.9, 1.5)
        cy -= 0.5 * cx
        turn, long = rng.uniform(0, np.pi), rng.uniform(0.13, 0.24)
        a, b = np.cos(turn), np.sin(turn)
        p, q = (u - cx) * a + (v - cy) * b, (v - cy) * a - (u - cx) * b
        blade = np.abs(q) - 0.30 * long * np.clip(1 - (p / long) ** 2, 0, 1)
        leaves *= 1 - 0.75 * step(0.012, -0.012, blade) * (np.abs(p) < long)
    light = _soft(panes * leaves, camera.width / 260)
    pool = np.exp(-((x + 0.1) ** 2 / 3.4 + (y - 1.1) ** 2 / 2.6))
    falloff = 0.42 + 0.40 * pool
    sun = f32(1.25, 1.02, 0.74)
    base = (
        wall
        * tone[..., None]
        * (falloff[..., None] + 0.62 * (light * (0.35 + 0.65 * step(0.0, 0.7, y)))[..., None] * sun)
    )
    lighting = Lighting(
        [
            _key(-0.42, (1.34, 1.21, 1.03)),
            Light((0.8, 0.1, 1.0), (0.30, 0.31, 0.33)),
            Light((0.85, 0.5, -0.8), (1.0, 1.1, 1.15)),
        ],
        _SKY,
        _GROUND,
    )
    return Stage(lighting, base.astype(np.float32), points, np.full(x.shape, 0.34, np.float32))


def sunset(camera: Camera) -> Stage:
    """A dusky cove with a great warm disc of light behind the dancer."""
    points = cove(camera, -2.0, 1.0)
    x, y, z = np.moveaxis(points, -1, 0)
    dusk = linear(70, 62, 128)
    r = np.hypot(x, y - 1.12)
    disc = step(1.015, 0.985, r) * step(-0.9, -1.15, z)
    halo = np.exp(-np.clip(r - 1.0, 0, None) / 0.34) * step(-0.2, -1.4, z)
    rise = np.clip((y - 0.1) / 2.0, 0, 1)[..., None]
    sun = linear(255, 138, 92) * (1 - rise) + linear(255, 204, 128) * rise
    pool = np.exp(-(x**2 / 2.4 + (z - 0.2) ** 2 / 2.0)) * step(0.5, 0.0, y)
    ground = dusk * (0.50 + 0.30 * step(0.0, 2.4, y)[..., None]) + 0.20 * halo[..., None] * linear(
        240, 120, 110
    )
    ground = ground + 0.16 * pool[..., None] * linear(255, 190, 160)
    base = ground * (1 - disc[..., None]) + sun * 0.86 * disc[..., None]
    lighting = Lighting(
        [
            _key(-0.5, (1.45, 1.32, 1.18)),
            Light((0.95, 0.35, 0.4), (0.30, 0.26, 0.52)),
            Light((0.9, 0.5, -0.9), (1.5, 0.85, 0.60)),
            Light((-0.9, 0.4, -0.9), (1.3, 0.70, 0.60)),
        ],
        (0.29, 0.27, 0.36),
        (0.26, 0.18, 0.18),
    )
    strength = 0.5 * (1 - 0.85 * disc)
    return Stage(lighting, base.astype(np.float32), points, strength.astype(np.float32))


def study(camera: Camera) -> Stage:
    """A room out of focus: shelves with books, a lamp, a plant, evening light."""
    h, w = camera.height, camera.width
    s = w / 720
    rng = np.random.default_rng(12)
    room = np.empty((h, w, 3), np.float32)
    room[:] = linear(164, 142, 118) * 0.62
    room *= np.linspace(1.12, 0.72, w, dtype=np.float32)[None, :, None]
    shades = [
        linear(*c)
        for c in (
            (142, 52, 44),
            (40, 76, 92),
            (196, 152, 84),
            (74, 96, 70),
            (216, 204, 184),
            (92, 60, 80),
            (48, 48, 58),
            (190, 106, 70),
        )
    ]

    def rect(x0: float, y0: float, x1: float, y1: float, colour: Float32) -> None:
        room[
            max(0, int(y0 * s)) : max(0, int(y1 * s)), max(0, int(x0 * s)) : max(0, int(x1 * s))
        ] = colour

    for row, y in enumerate((70, 270, 470, 670)):
        rect(-10, y + 150, 250, y + 168, linear(112, 76, 50) * 0.7)
        x = 8.0
        while x < 235:
            wide, high = rng.uniform(13, 30), rng.uniform(88, 138)
            if rng.random() < 0.82:
                rect(
                    x,
                    y + 150 - high,
                    x + wide - 2,
                    y + 150,
                    shades[int(rng.integers(len(shades)))] * rng.uniform(0.45, 0.8),
                )
            x += wide
        rect(-10, y - 34, 250, y - 32, linear(60, 40, 30) * (0.4 + 0.05 * row))
    rect(236, 0, 250, 860, linear(112, 76, 50) * 0.6)
    rect(520, 60, 706, 480, linear(226, 232, 240) * 1.25)
    rect(608, 60, 618, 480, linear(120, 96, 76))
    rect(520, 262, 706, 272, linear(120, 96, 76))
    room = _soft(room, 7 * s)
    lamp = np.zeros((h, w, 3), np.float32)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32) / s
    lamp += (
        np.exp(-(((xx - 372) / 60) ** 2 + ((yy - 92) / 70) ** 2))[..., None]
        * linear(255, 196, 120)
        * 0.5
    )
    for _ in range(70):
        cx, cy = 640 + rng.normal(0, 60), 620 + rng.normal(0, 90)
        turn, long = rng.uniform(0, np.pi), rng.uniform(26, 60)
        a, b = np.cos(turn), np.sin(turn)
        p, q = (xx - cx) * a + (yy - cy) * b, (yy - cy) * a - (xx - cx) * b
        leaf = (np.abs(q) < 0.28 * long * np.clip(1 - (p / long) ** 2, 0, 1)) & (np.abs(p) < long)
        room[leaf] = linear(58, 104, 62) * rng.uniform(0.35, 0.95)
    room = _disc_blur(room + lamp, round(11 * s))
    shade = 1 - 0.35 * (((xx - 360) / 420) ** 2 + ((yy - 480) / 620) ** 2)
    base = room * np.clip(shade, 0.4, 1)[..., None] * 0.9
    points = np.zeros((h, w, 3), np.float32)
    points[..., 1] = 1e3
    lighting = Lighting(
        [
            Light((-0.55, 0.55, 0.95), (1.18, 1.09, 0.97), shadows=True, softness=0.016),
            Light((0.9, 0.1, 0.8), (0.26, 0.26, 0.30)),
            Light((0.9, 0.45, -0.7), (1.1, 1.15, 1.25)),
            Light((-0.9, 0.5, -0.8), (0.7, 0.52, 0.36)),
        ],
        (0.24, 0.24, 0.25),
        (0.18, 0.15, 0.13),
    )
    return Stage(lighting, base.astype(np.float32), points, np.zeros((h, w), np.float32))


def _disc_blur(image: Float32, radius: int) -> Float32:
    """Out of focus as a lens does it: every point becomes a disc."""
    k = np.arange(-radius, radius + 1)
    disc = (k[:, None] ** 2 + k**2 <= radius * radius).astype(np.float32)
    return np.asarray(
        cv2.filter2D(image, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT), np.float32
    )
