"""What the speaker of the upper-body clip does, `talk.score`, and how her mouth shapes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..solid.arrays import Float
from .curves import Keys, blinks, follow, sample
from .score import read_score

SECONDS = 5.0

_SHAPES = ("jaw", "wide", "pucker", "lip_up", "lip_down", "press")
_MOUTHS = {
    "rest": (0.00, 0.00, 0.00, 0.00, 0.00, 0.00),
    "m": (0.00, 0.00, 0.10, 0.00, 0.00, 1.00),
    "a": (0.85, 0.20, 0.00, 0.30, 0.40, 0.00),
    "e": (0.40, 0.75, 0.00, 0.35, 0.40, 0.00),
    "i": (0.22, 1.00, 0.00, 0.35, 0.45, 0.00),
    "o": (0.60, 0.00, 0.75, 0.15, 0.20, 0.00),
    "u": (0.22, 0.00, 1.00, 0.20, 0.15, 0.00),
    "f": (0.10, 0.20, 0.00, 0.60, -0.55, 0.00),
    "s": (0.08, 0.55, 0.00, 0.35, 0.55, 0.00),
    "l": (0.32, 0.30, 0.00, 0.25, 0.20, 0.00),
}
"""How much of each of _SHAPES a sound takes."""

_SPRINGS = {
    "_flex": (4.6, 0.6),
    "_tilt": (6.0, 0.7),
    "_roll": (6.0, 0.85),
    "_curl": (6.0, 0.75),
    "_elbow": (5.5, 0.75),
    "_raised": (5.5, 0.85),
    "head_": (4.2, 0.75),
    "neck_": (4.0, 0.8),
    "chest_": (3.5, 0.85),
}
_BLINKS = (0.14, 1.10, 1.68, 2.92, 3.60, 4.42)


def talk(rate: float) -> dict[str, Float]:
    """Controls of every frame at `rate` frames a second, SECONDS long."""
    second = np.arange(round(SECONDS * rate)) / rate
    channels, said = read_score(Path(__file__).with_name("talk.score"))
    keys: dict[str, Keys] = {name: channel.keys for name, channel in channels.items()}
    for k, shape in enumerate(_SHAPES):
        keys[shape] = [(time, _MOUTHS[sound][k]) for time, sound in said]
    curves = sample(keys, second)
    follow(curves, rate, _SPRINGS)
    breath = np.sin(2 * np.pi * second / 2.6)
    curves["sway_y"] = 0.0015 * breath
    curves["chest_pitch"] = curves["chest_pitch"] - 0.5 * breath
    curves["L_blink"] = curves["R_blink"] = blinks(second, _BLINKS, 0.125)
    return curves
