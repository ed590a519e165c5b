"""The cartoon's background: a desert at sunset."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .vector import Canvas, at, ellipse, smooth, stroke

WIDTH, HEIGHT = 864, 1152


def _hills(c: Canvas, heights: ArrayLike, colour: str) -> NDArray[np.uint8]:
    line = smooth(heights, closed=False)
    return c.fill(np.concatenate([line, [[WIDTH + 40, HEIGHT + 40], [-40, HEIGHT + 40]]]), colour)


def _cactus(c: Canvas, x: float, y: float, s: float, colour: str, light: str) -> None:
    trunk = stroke([(x, y), (x, y - 190 * s)], [50 * s, 46 * s])
    left = stroke(
        [(x, y - 70 * s), (x - 58 * s, y - 76 * s), (x - 64 * s, y - 140 * s)],
        [32 * s, 30 * s, 28 * s],
    )
    right = stroke(
        [(x, y - 104 * s), (x + 52 * s, y - 110 * s), (x + 58 * s, y - 165 * s)],
        [30 * s, 28 * s, 26 * s],
    )
    for part in (trunk, left, right):
        c.fill(part, colour)
    for dx in (-10, 4, 16):
        c.fill(
            stroke([(x + dx * s, y - 8 * s), (x + dx * s, y - 186 * s)], [3.2 * s, 3.2 * s]), light
        )


def _agave(c: Canvas, x: float, y: float, s: float, colour: str, light: str) -> None:
    for angle in (-78, 74, -56, 54, -34, 32, -12, 10):
        a = np.radians(angle)
        tip = (x + 120 * s * np.sin(a), y - 120 * s * np.cos(a) * (0.9 + 0.1 * np.cos(a)))
        side = np.array([np.cos(a), np.sin(a)]) * 15 * s
        mid = np.array([x, y]) * 0.5 + np.array(tip) * 0.5
        c.fill(smooth([(x, y), tuple(mid + side), tip, tip, tuple(mid - side)]), colour)
        c.fill(smooth([(x, y), tuple(mid + side * 0.15), tip, tip, tuple(mid - side * 0.8)]), light)


def desert(c: Canvas) -> None:
    """Paint the whole background, down to the shadow on the ground."""
    for k, colour in enumerate(("#f96f5d", "#fb8168", "#fd9473", "#ffa77f", "#ffba8d")):
        c.fill([(0, 130 * k), (WIDTH, 130 * k), (WIDTH, 900), (0, 900)], colour)
    for radius, colour in ((318, "#ffb066"), (262, "#ffbc55"), (206, "#ffca4f")):
        c.fill(ellipse(432, 330, radius, radius), colour)
    for x, y, s in ((120, 150, 1.0), (748, 236, 1.2), (96, 398, 0.7)):
        shape = [
            (x - 90 * s, y),
            (x - 60 * s, y - 22 * s),
            (x - 20 * s, y - 40 * s),
            (x + 26 * s, y - 30 * s),
            (x + 62 * s, y - 18 * s),
            (x + 96 * s, y),
        ]
        c.fill(
            np.concatenate(
                [smooth(shape, closed=False), [[x + 96 * s, y + 7], [x - 90 * s, y + 7]]]
            ),
            "#ffe2c4",
            opacity=0.85,
        )
    _hills(
        c, at("-40,560 80,520 190,560 300,600 420,585 560,545 690,500 800,540 910,580"), "#e8596b"
    )
    mesa = at("-10,640 30,520 40,500 140,500 152,520 190,640")
    c.fill(mesa, "#c9476a")
    c.fill(at("30,520 40,500 140,500 152,520"), "#d9566f")
    mesa = at("650,640 690,560 698,470 790,462 800,556 850,640")
    c.fill(mesa, "#c9476a")
    c.fill(at("698,470 790,462 793,490 696,498"), "#d9566f")
    _hills(c, at("-40,640 100,622 260,655 430,640 600,650 760,612 910,640"), "#a63a68")
    _hills(c, at("-40,740 120,712 300,735 470,760 640,735 800,705 910,730"), "#7a2c62")
    _cactus(c, 120, 815, 0.95, "#4b1f57", "#5f2b68")
    _cactus(c, 762, 800, 0.72, "#4b1f57", "#5f2b68")
    _hills(c, at("-40,842 200,822 432,835 660,818 910,840"), "#f4a261")
    _hills(c, at("-40,900 160,880 380,905 620,885 910,900"), "#f7b375")
    _hills(c, at("-40,985 220,962 470,990 700,965 910,985"), "#fac88e")
    for x, y, w in (
        (90, 1010, 60),
        (250, 945, 44),
        (640, 932, 52),
        (790, 1040, 64),
        (560, 1104, 70),
        (180, 1110, 54),
    ):
        c.fill(ellipse(x, y, w, 5), "#eea75f")
    _agave(c, 74, 1075, 1.0, "#17766f", "#1f948a")
    _agave(c, 806, 1120, 1.15, "#17766f", "#1f948a")
    c.fill(ellipse(452, 1080, 170, 17), "#e39a56")
    c.fill(ellipse(446, 1080, 120, 11), "#c97a45")
