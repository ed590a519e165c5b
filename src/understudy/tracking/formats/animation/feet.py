"""Feet that stand do not slide: contacts found in the image, hips and legs corrected.

After Kovar, Schreiner and Gleicher, "Footskate cleanup for motion capture editing" (2002): while a
foot stands, its ball is held where it stands; the hips take what is common to both feet, and the
rest is left to the legs, bent or stretched in their own plane.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian, stretches
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import SIDES, Side
from understudy.tracking.formats.animation.body import BodyJoint
from understudy.tracking.formats.animation.hierarchy import Hierarchy
from understudy.tracking.formats.animation.rotations import across, shortest_arc, unit
from understudy.tracking.formats.animation.solve import Solved
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlantingNumbers:
    """When a foot stands, and how it is held. Seconds and metres."""

    slow: float = 0.3
    """Metres per second in the image below which a foot stands."""
    speed_seconds: float = 0.05
    """Over which the speed is smoothed (sigma)."""
    raised: float = 0.2
    """A foot this much higher than the other one does not stand."""
    shortest: float = 0.15
    """A foot stands at least for this long."""
    level: float = 0.3
    """Within this much of the floor a foot stands on it, else on something."""
    ball_height: float = 0.02
    """Of the ball's joint above the floor."""
    hips_seconds: float = 0.08
    """Over which the hips' correction is smoothed (sigma)."""
    ease_seconds: float = 0.05
    """Over which a leg is taken hold of and let go (sigma)."""
    stretch: float = 0.9999
    """Of a leg's length that it may reach."""
    least_visibility: float = 0.4
    """Of a foot that can be told to stand."""
    rounds: int = 8
    """Of finding pins and the hips' correction by turns."""
    lowest: float = 5.0
    """Percentile of the feet's height that is the floor where no foot ever stands."""


NUMBERS = PlantingNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """The path of the hips (T, 3) and rotations against the world (T, J, 3, 3)."""

    hips: Float64
    turned: Float64


def standing_feet(performance: Performance, scale: Float64, seconds: float) -> dict[Side, Flags]:
    """The frames (T,) in which each foot stands, by its speed in the image of a still camera.

    scale: (T,) pixels per metre. seconds: between frames.
    """
    toes = {side: performance.body[:, Body[f"{side.upper()}_FOOT_INDEX"]] for side in SIDES}
    heights = {side: toe[:, 1].astype(np.float64) / scale for side, toe in toes.items()}
    lowest = np.fmax(heights["left"], heights["right"])
    standing: dict[Side, Flags] = {}
    for side, toe in toes.items():
        place = np.nan_to_num(toe[:, :2].astype(np.float64)) / scale[:, None]
        speed = np.linalg.norm(np.gradient(place, seconds, axis=0), axis=1)
        slow = gaussian(speed, NUMBERS.speed_seconds / seconds) < NUMBERS.slow
        down = heights[side] > lowest - NUMBERS.raised
        seen = np.isfinite(toe[:, 0]) & (toe[:, 3] > NUMBERS.least_visibility)
        flags = slow & down & seen & (toe[:, 1] < performance.size[1])
        for first, last in stretches(flags):
            if (last - first) * seconds < NUMBERS.shortest:
                flags[first:last] = False
        standing[side] = flags
    return standing


def planted(
    solved: Solved, hips: Float64, standing: Mapping[Side, Flags], seconds: float
) -> Planted:
    """Hold the feet where they stand.

    hips: (T, 3) path of the root. standing: as `standing_feet`. seconds: between frames. The floor
    is y = 0 afterwards, and the hips start above the origin.
    """
    balls = {side: hips + solved.places[:, _joint(side, "TOE_BASE")] for side in SIDES}
    floor = _floor(balls, standing)
    offset = np.zeros_like(hips)
    # Where a foot is held and how the hips move depend on each other: a few rounds settle both.
    for _ in range(NUMBERS.rounds):
        pins = {side: _pins(balls[side] + offset, standing[side]) for side in SIDES}
        offset = _common_offset(balls, pins, standing, seconds)
    _set_on_floor(pins, standing, floor, seconds)
    offset = _common_offset(balls, pins, standing, seconds)
    hips = hips + offset
    turned = solved.turned.copy()
    for side in SIDES:
        if standing[side].any():
            held = gaussian(standing[side].astype(np.float64), NUMBERS.ease_seconds / seconds)
            _reach(solved.hierarchy, turned, pins[side] - hips, held, side)
    start = np.array([hips[0, 0], floor - NUMBERS.ball_height, hips[0, 2]])
    return Planted(hips - start, turned)


def _floor(balls: Mapping[Side, Float64], standing: Mapping[Side, Flags]) -> float:
    """The usual height of feet that stand, else of the lower foot at its lowest."""
    heights = np.concatenate([balls[side][standing[side], 1] for side in SIDES])
    if len(heights):
        return float(np.median(heights))
    lower = np.minimum(balls["left"][:, 1], balls["right"][:, 1])
    return float(np.percentile(lower, NUMBERS.lowest))


def _pins(ball: Float64, standing: Flags) -> Float64:
    """Where the ball of a foot is held, (T, 3): a place for each time that it stands."""
    pins = ball.copy()
    for first, last in stretches(standing):
        pins[first:last] = np.median(ball[first:last], axis=0)
    # Before and after, a foot is let go from where it was held.
    frames = np.flatnonzero(standing)
    if len(frames):
        nearest = frames[np.abs(np.arange(len(ball))[:, None] - frames).argmin(axis=1)]
        pins = np.where(standing[:, None], pins, pins[nearest])
    return pins


def _set_on_floor(
    pins: Mapping[Side, Float64], standing: Mapping[Side, Flags], floor: float, seconds: float
) -> None:
    """Bring the places where feet are held to the floor; of two, the middle.

    How much higher the one stands than the other stays. pins: changed in place.
    """
    count = np.sum([standing[side].astype(np.float64) for side in SIDES], axis=0)
    total = np.sum([pins[side][:, 1] * standing[side] for side in SIDES], axis=0)
    height = total / np.maximum(count, 1) - floor
    lowered = np.where((count > 0) & (np.abs(height) < NUMBERS.level), height, np.nan)
    known = np.isfinite(lowered)
    if known.any():
        frames = np.arange(len(lowered))
        drop = np.interp(frames, frames[known], lowered[known])
        for pin in pins.values():
            pin[:, 1] -= gaussian(drop, NUMBERS.hips_seconds / seconds)


def _common_offset(
    balls: Mapping[Side, Float64],
    pins: Mapping[Side, Float64],
    standing: Mapping[Side, Flags],
    seconds: float,
) -> Float64:
    """What the hips move by, (T, 3): the mean over the feet that stand, eased in between."""
    count = np.sum([flags.astype(np.float64) for flags in standing.values()], axis=0)
    known = count > 0
    if not known.any():
        return np.zeros((len(known), 3))
    apart = [(pins[side] - balls[side]) * standing[side][:, None] for side in SIDES]
    offset = np.sum(apart, axis=0) / np.maximum(count, 1)[:, None]
    frames = np.arange(len(known))
    filled = [np.interp(frames, frames[known], column[known]) for column in offset.T]
    return gaussian(np.stack(filled, axis=1), NUMBERS.hips_seconds / seconds)


def _reach(hierarchy: Hierarchy, turned: Float64, pins: Float64, held: Float64, side: Side) -> None:
    """Turn thigh and shank so that the ball of the foot comes to its pin; the foot keeps its turn.

    turned: changed in place. pins: (T, 3) from the hips. held: (T,) how far, in 0..1.
    """
    thigh, shank, foot, ball = (
        _joint(side, name) for name in ("UP_LEG", "LEG", "FOOT", "TOE_BASE")
    )
    offsets = {joint: np.array(hierarchy[joint].offset) for joint in (thigh, shank, foot, ball)}
    hip = turned[:, BodyJoint.HIPS] @ offsets[thigh]
    knee = hip + turned[:, thigh] @ offsets[shank]
    ankle = knee + turned[:, shank] @ offsets[foot]
    wanted = pins - turned[:, foot] @ offsets[ball]
    target = ankle + held[:, None] * (wanted - ankle)
    upper, lower = (float(np.linalg.norm(offsets[joint])) for joint in (shank, foot))
    way = target - hip
    distance = np.clip(
        np.linalg.norm(way, axis=1), abs(upper - lower) * 1.01, NUMBERS.stretch * (upper + lower)
    )
    # The law of cosines, in the plane in which the knee is bent now.
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    along = unit(way)
    forward = turned[:, thigh] @ np.array([0.0, 0.0, 1.0])
    bent = unit(across(unit(knee - hip) + 1e-3 * forward, along))
    sine = np.sqrt(np.maximum(1 - cosine**2, 0))
    new_knee = hip + upper * (cosine[:, None] * along + sine[:, None] * bent)
    reached = hip + distance[:, None] * along
    touched = held > 1e-3
    turns = shortest_arc(knee - hip, new_knee - hip) @ turned[:, thigh]
    turned[touched, thigh] = turns[touched]
    turns = shortest_arc(ankle - knee, reached - new_knee) @ turned[:, shank]
    turned[touched, shank] = turns[touched]


def _joint(side: Side, name: str) -> BodyJoint:
    return BodyJoint[f"{side.upper()}_{name}"]
