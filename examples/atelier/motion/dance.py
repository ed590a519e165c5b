"""The choreography of the whole-body clip, `dance.score`, with two waves through the arms."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..solid.arrays import Float
from .curves import Keys, blinks, follow, hits, sample
from .score import Channel, read_score

TEMPO = 120.0
"""Beats a minute; the score counts in beats."""
BEATS = 12

_SPRINGS = {
    "_flex": (4.2, 0.55),
    "_curl": (4.5, 0.7),
    "_spread": (4.5, 0.7),
    "head_": (3.6, 0.7),
    "neck_": (4.0, 0.75),
    "_elbow": (6.5, 0.75),
    "_raised": (7.0, 0.8),
    "chest_": (5.5, 0.8),
}
_BLINKS = (0.42, 2.18, 3.98, 5.62, 7.92, 9.72)


def wave(hand: float, sign: float) -> dict[str, Keys]:
    """What a hump does to an arm when it is at the hand at beat `hand` and runs inwards from there
    (sign 1) or has come from inside (sign -1)."""
    wrist, elbow, shoulder = hand, hand + sign * 0.26, hand + sign * 0.52

    def hump(middle: float, base: float, dip: float, top: float) -> list[tuple[float, float]]:
        around = [(-0.42, base), (-sign * 0.24, dip), (0, top), (sign * 0.24, base), (0.43, base)]
        return [(middle + delay, value) for delay, value in around]

    raised = [
        (wrist - sign * 0.3, 86.0),
        (wrist, 80.0),
        (elbow, 106.0),
        (shoulder + sign * 0.06, 74.0),
        (shoulder + sign * 0.4, 86.0),
    ]
    return {
        "flex": sorted([*hump(wrist, 0, -22, 52), (elbow + sign * 0.20, -24.0)]),
        "elbow": sorted(hump(elbow, 8, 4, 58)),
        "raised": sorted(raised),
        "shrug": sorted([(elbow, 0.0), (shoulder, 15.0), (shoulder + sign * 0.3, 0.0)]),
    }


_WAVES = {"R": (wave(4.98, 1), wave(7.62, -1)), "L": (wave(6.30, -1), wave(6.34, 1))}


def _with_waves(name: str, channel: Channel) -> Keys:
    """An arm's keys: the score's before, the two waves, the score's after."""
    start = hits(channel.keys)
    start = [*start[:-1], (start[-2][0] + 0.12, start[-1][1])]
    low, high = start[-1][0] + 0.05, channel.after[0][0] - 0.05
    between: dict[float, float] = {}
    for part in _WAVES[name[0]]:
        for time, value in part[name[2:]]:
            if low < time < high and all(abs(time - other) > 0.07 for other in between):
                between[time] = value
    return [*start, *sorted(between.items()), *channel.after]


def dance(rate: float) -> dict[str, Float]:
    """Controls of every frame at `rate` frames a second, BEATS beats long."""
    count = round(BEATS * 60 / TEMPO * rate)
    beat = np.arange(count) / rate * TEMPO / 60
    channels, _ = read_score(Path(__file__).with_name("dance.score"))
    keys: dict[str, Keys] = {}
    for name, channel in channels.items():
        if channel.after:
            keys[name] = _with_waves(name, channel)
        else:
            keys[name] = hits(channel.keys) if channel.hit else channel.keys
    curves = sample(keys, beat)
    follow(curves, rate, _SPRINGS)
    # The body sinks into every beat and is up between; lower where the stance is wide.
    width = np.maximum(curves["L_foot_x"] - curves["R_foot_x"], 0)
    depth = np.interp(beat, [0, 0.7, 7.6, 8.0, 8.4, 11, 11.5], [0.6, 1, 1, 1.5, 1, 1, 0.25])
    bounce = depth * (1 + np.cos(2 * np.pi * (beat % 1.0 - 0.06)))
    curves["sway_y"] = -0.022 - 0.022 * bounce - 0.30 * width**2
    curves["L_blink"] = blinks(beat, (*_BLINKS, 11.42), 0.24)
    curves["R_blink"] = blinks(beat, _BLINKS, 0.24)
    return curves
