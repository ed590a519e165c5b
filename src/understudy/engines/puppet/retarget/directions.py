"""Where each bone points: 2D direction times foreshortening, under an orientation.

The direction comes from the image, where a tracker is precise; its depth is not, so it is used only
to turn the figure about the vertical (orientation `image`, or a driver who turns away).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import (
    PARTS,
    BodyTrack,
    Part,
    part_confidence,
    part_vector,
)
from understudy.geometry.filters import gaussian, smoothstep, weighted_gaussian
from understudy.geometry.skeleton import Bone
from understudy.geometry.transforms import wrap_angle

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DirectionNumbers:
    """How far directions are followed and calmed.

    shortest, shortest_hand: a bone never gets shorter than this share of its length: a stump looks
        worse than a wrong pose.
    longest: above 1 by what tracking and perspective may add; cut at 1 the mean would come out
        short.
    turn: yaw, radians, between which the driver has turned too far for a front view to follow.
    round_turn: the same where another view takes over at the profile.
    hold_seconds: over which a joint that is hardly seen keeps its direction (sigma).
    calm_seconds: smoothing of a bone seen end-on (sigma).
    end_on: share of its length that is seen of a bone which counts as end-on, and which does not.
    """

    shortest: float = 0.3
    shortest_hand: float = 0.55
    longest: float = 1.12
    turn: tuple[float, float] = (float(np.radians(50.0)), float(np.radians(80.0)))
    round_turn: tuple[float, float] = (float(np.radians(105.0)), float(np.radians(135.0)))
    hold_seconds: float = 0.3
    calm_seconds: float = 0.1
    end_on: tuple[float, float] = (0.12, 0.4)


NUMBERS = DirectionNumbers()
HANDS = (Bone.LEFT_HAND, Bone.RIGHT_HAND)


def turned_away(yaw: Float64, *, turns_round: bool = False) -> Float64:
    """How far a driver has turned beyond what a front view can follow: (T,) in 0..1.

    turns_round: another view takes over at the profile, so that this one follows farther.
    """
    begins, ends = NUMBERS.round_turn if turns_round else NUMBERS.turn
    return smoothstep(begins, ends, np.abs(wrap_angle(yaw)))


def directions(figure: BodyTrack, turn_back: Float64) -> dict[Part, Float64]:
    """Per bone or span the image vector in units of its own true length: (T, 2), 0.3 to 1.12 long.

    turn_back: (T,) radians by which the figure is turned back about the vertical.
    """
    return {part: _direction(figure, part, turn_back) for part in PARTS}


def _direction(figure: BodyTrack, part: Part, turn_back: Float64) -> Float64:
    true = part_vector(figure.world, part)
    depth = true[:, 2] / (np.sqrt((true**2).sum(axis=1)) + 1e-9)
    flat = part_vector(figure.points, part) / (figure.scale * figure.lengths[part])[:, None]
    x = flat[:, 0] * np.cos(turn_back) + depth * np.sin(turn_back)
    vector = np.stack([x, flat[:, 1]], axis=1)
    # What is seen and the depth do not quite agree on one length; turned, their sum would show it.
    excess = np.maximum(1.0, np.sqrt((flat**2).sum(axis=1) + depth**2))
    vector = vector * (1.0 + (1.0 / excess - 1.0) * np.abs(np.sin(turn_back)))[:, None]
    return _bounded(_steadied(vector, figure, part), part)


def _steadied(vector: Float64, figure: BodyTrack, part: Part) -> Float64:
    """Calm what cannot be trusted: joints hardly seen, and the angle of a bone seen end-on."""
    if len(figure) < 2:
        return vector
    trust = part_confidence(figure.confidence, part)
    held = weighted_gaussian(vector, trust, NUMBERS.hold_seconds / figure.frame_seconds)
    vector = vector * trust[:, None] + held * (1.0 - trust[:, None])
    calm = gaussian(vector, NUMBERS.calm_seconds / figure.frame_seconds)
    end_on = 1.0 - smoothstep(*NUMBERS.end_on, np.sqrt((calm**2).sum(axis=1)))[:, None]
    return np.asarray(vector * (1.0 - end_on) + calm * end_on)


def _bounded(vector: Float64, part: Part) -> Float64:
    length = np.sqrt((vector**2).sum(axis=1, keepdims=True))
    shortest = NUMBERS.shortest_hand if part in HANDS else NUMBERS.shortest
    bounded = np.clip(length, shortest, NUMBERS.longest)
    down = np.array([0.0, 1.0])
    unit = np.where(length > 1e-6, vector / np.maximum(length, 1e-6), down)
    return np.asarray(unit * bounded)
