"""The drawing's background: an autumn road in watercolour."""

from __future__ import annotations

import numpy as np

from ..light.materials import linear
from ..solid.arrays import Float32
from . import inkwash as wc

WIDTH, HEIGHT = 864, 1152


def landscape() -> Float32:
    """(HEIGHT, WIDTH, 3) share of light that the background's washes let through."""
    shape = (HEIGHT, WIDTH)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    # Paint stops short of the sheet's edge.
    margin = wc.blot(
        np.minimum(np.minimum(x, WIDTH - x), np.minimum(y, HEIGHT - y)) - 40,
        15,
        3,
        3,
    )
    out = np.ones((HEIGHT, WIDTH, 3), np.float32)

    sky = margin * np.clip((620 - y) / 340, 0, 1)
    clouds = np.clip(0.62 + 0.75 * wc.grain(shape, 230, 11, 3, 1.8), 0.05, 1.3)
    out *= wc.wash(sky * np.clip(clouds, 0, 1), linear(140, 188, 206), 0.80 * clouds, 21, 0.2)
    glow = margin * np.exp(-(((y - 560) / 150) ** 2))
    out *= wc.wash(glow, linear(250, 206, 140), 0.65, 23, 0.1)

    rng = np.random.default_rng(17)
    hills = (
        (600, 60, linear(150, 176, 190), 0.50),
        (662, 44, linear(186, 170, 130), 0.50),
        (716, 26, linear(206, 172, 96), 0.62),
    )
    crests = [
        top + swell * np.sin(x / 190 + 1.7 * k) + 8 * np.sin(x / 47 + k)
        for k, (top, swell, _, _) in enumerate(hills)
    ]
    crests.append(748 + 10 * np.sin(x / 80))
    layers = [wc.blot(y - crest, 8, 31 + k, 2.5) for k, crest in enumerate(crests)]
    for k, (_, _, colour, density) in enumerate(hills):
        out *= wc.wash(layers[k] * (1 - layers[k + 1]) * margin, colour, density, 41 + k, 0.7)
    # Round crowns of trees on the second hill, wet in wet.
    for k in range(15):
        cx, cy = rng.uniform(30, WIDTH - 30), rng.uniform(585, 690)
        if abs(cx - 432) < 120:
            continue
        r = rng.uniform(26, 62)
        shade = (
            linear(206, 110, 44),
            linear(222, 150, 52),
            linear(178, 74, 44),
            linear(132, 128, 62),
        )[int(rng.integers(4))]
        crown = (
            wc.blot(
                r - np.hypot(x - cx, (y - cy) * 1.12),
                0.34 * r,
                60 + k,
                3,
            )
            * margin
        )
        out *= wc.wash(crown, shade, rng.uniform(0.45, 0.85), 80 + k, 0.8)
        trunk = (
            wc.blot(
                np.minimum(3.0 - np.abs(x - cx), np.minimum(y - cy, cy + r * 1.5 - y)),
                1.5,
                100 + k,
                1.2,
            )
            * margin
        )
        out *= wc.wash(trunk, linear(110, 72, 56), 0.7, 120 + k, 0.3)

    road_half = 60 + 330 * np.clip((y - 760) / 390, 0, 1) ** 1.2
    road = (
        wc.blot(
            np.minimum(road_half - np.abs(x - 432 - 26 * np.sin((y - 760) / 120)), y - 752),
            9,
            141,
            3,
        )
        * margin
    )
    grass = layers[3] * margin * (1 - road)
    depth = np.clip((y - 750) / 380, 0, 1)
    out *= wc.wash(grass, linear(206, 192, 104), 0.70 + 0.30 * depth, 145, 0.7)
    patches = np.clip(wc.grain(shape, 90, 149, 3, 3.0) * 2.2 - 0.2, 0, 1)
    out *= wc.wash(grass * patches, linear(150, 158, 76), 0.55, 151, 0.8)
    out *= wc.wash(road, linear(232, 206, 160), 0.62, 147, 0.8)
    ruts = np.clip(wc.grain(shape, 40, 153, 3, 5.0) * 2 - 0.5, 0, 1)
    out *= wc.wash(road * ruts, linear(190, 150, 116), 0.40, 155, 0.6)
    for _ in range(90):
        gy = rng.uniform(765, HEIGHT - 62)
        gx = rng.uniform(50, WIDTH - 50)
        if abs(gx - 432) < 78 + 330 * ((gy - 760) / 390) ** 1.2:
            continue
        size = 0.45 + 1.1 * (gy - 760) / 390
        box = np.s_[max(0, int(gy - 40)) : int(gy + 6), max(0, int(gx - 30)) : int(gx + 30)]
        for lean in (-7.0, -2.0, 4.0):
            long = size * rng.uniform(10, 19)
            up = np.clip((gy - y[box]) / long, 0, 1)
            blade = (
                np.clip(
                    1.3 * size * (1 - up) + 0.5 - np.abs(x[box] - gx - size * lean * up**1.6), 0, 1
                )
                * (up > 0)
                * (up < 1)
            )
            out[box] *= np.power(linear(128, 124, 52), 0.62 * (blade * margin[box])[..., None])
    return out


def leaves() -> Float32:
    """Leaves in the air and on the road, and a few drops from the brush."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    rng = np.random.default_rng(29)
    out = np.ones((HEIGHT, WIDTH, 3), np.float32)
    colours = (linear(214, 96, 36), linear(226, 158, 46), linear(186, 62, 40))
    for k in range(30):
        cx = rng.uniform(60, WIDTH - 60)
        cy = rng.uniform(90, 700) if k < 18 else rng.uniform(860, HEIGHT - 70)
        if abs(cx - 440) < 225 and 60 < cy < 1100:
            continue
        turn, long = rng.uniform(0, np.pi), rng.uniform(9, 19)
        a, b = np.cos(turn), np.sin(turn)

        p, q = (x - cx) * a + (y - cy) * b, (y - cy) * a - (x - cx) * b
        leaf = 0.42 * long * (1 - (p / long) ** 2) - np.abs(q)
        out *= wc.wash(wc.blot(leaf, 1.6, 200 + k, 1.4), colours[k % 3], 0.95, 230 + k, 0.7)
    for k in range(26):
        cx, cy, r = (
            rng.uniform(20, WIDTH - 20),
            rng.uniform(20, HEIGHT - 20),
            rng.exponential(1.6) + 0.8,
        )
        if abs(cx - 440) < 200:
            continue
        drop = wc.blot(r - np.hypot(x - cx, y - cy), 0.3, 260, 1.0)
        out *= wc.wash(drop, colours[k % 3], 0.5, 270 + k, 0.8)
    return out
