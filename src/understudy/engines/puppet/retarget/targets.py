"""What a figure is to do: the driver's motion beside the picture, as far as it is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import MotionControls
from understudy.engines.puppet.retarget.controls import of_strength
from understudy.engines.puppet.retarget.directions import directions, turned_away
from understudy.engines.puppet.retarget.driver import (
    BodyTrack,
    Part,
    figure_of_performance,
    figure_of_skeleton,
)
from understudy.engines.puppet.retarget.face import FaceMotion, read_face, upright_share
from understudy.engines.puppet.retarget.stance import starting_value
from understudy.geometry.filters import gaussian
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import Skeleton
from understudy.geometry.transforms import wrap_angle
from understudy.media.limits import Orientation
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TargetNumbers:
    """How far size, turn and nod of the driver are followed.

    farthest, nearest: bounds of the figure's size as the driver goes and comes (1 at the start).
    picture_turn: radians up to which the tracker is believed that a picture's figure is turned.
    narrowest: a front view that faces us while the driver turns away is no narrower than this.
    nod, most_nod: share of the driver's nod that a head in profile follows; the most, radians.
    nod_seconds: smoothing of the nod (sigma).
    """

    farthest: float = 0.7
    nearest: float = 1.35
    picture_turn: float = 0.6
    narrowest: float = 0.72
    nod: float = 0.7
    most_nod: float = 0.5
    nod_seconds: float = 0.1


NUMBERS = TargetNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What the figure is to do in each of T frames.

    driver, rest: the driver, and the picture's figure as it stands there. face: the driver's, as
    much as is taken. turn_back: radians (T,) by which the driver is turned against the picture's
    figure; taken_out: those of them that are taken out. vectors: where every bone points, see
    `directions`. roll: of the head on the screen, radians (T,), clockwise. size: of the figure
    (T,), 1 at the start.
    """

    driver: BodyTrack
    rest: BodyTrack
    face: FaceMotion
    turn_back: Float64
    taken_out: Float64
    vectors: dict[Part, Float64]
    roll: Float64
    size: Float64


def read_targets(
    performance: Performance,
    skeleton: Skeleton,
    orientation: Orientation,
    controls: MotionControls,
    *,
    turns_round: bool,
) -> Targets:
    """Read driver and picture alike. The options are those of `retarget`."""
    driver = figure_of_performance(performance)
    rest = figure_of_skeleton(skeleton)
    turn_back = driver.yaw - _picture_turn(rest)
    away = _turned_back(driver, skeleton, orientation, turns_round=turns_round)
    filmed = _vectors(driver, turn_back, away, narrows=orientation == "video")
    face = _taken_face(read_face(performance.face, driver, skeleton.face), controls)
    if skeleton.near is not None:
        roll = _taken_nod(driver, rest, controls)
    else:
        roll = face.head[:, 2] * (upright_share(driver.yaw) if turns_round else 1.0)
    return Targets(
        driver=driver,
        rest=rest,
        face=face,
        turn_back=turn_back,
        taken_out=turn_back * away,
        vectors=_taken_vectors(filmed, rest, controls),
        roll=roll,
        size=_taken_size(driver, skeleton, controls),
    )


def _picture_turn(rest: BodyTrack) -> float:
    """How far the picture's figure is turned, as far as the tracker is believed: radians."""
    return float(np.clip(wrap_angle(rest.yaw[0]), -NUMBERS.picture_turn, NUMBERS.picture_turn))


def _taken_vectors(
    filmed: dict[Part, Float64], rest: BodyTrack, controls: MotionControls
) -> dict[Part, Float64]:
    """Where every bone points, between the picture's pose and the driver's as strength has it."""
    strength = controls.strength if controls.body else 0.0
    return of_strength(filmed, directions(rest, np.zeros(len(rest))), strength)


def _taken_nod(driver: BodyTrack, rest: BodyTrack, controls: MotionControls) -> Float64:
    """The nod of a head in profile, as far as it is taken: (T,) radians, clockwise."""
    return _nod(driver, rest) * (controls.strength if controls.head else 0.0)


def _taken_size(driver: BodyTrack, skeleton: Skeleton, controls: MotionControls) -> Float64:
    """The figure's size (T,) by the driver's distance, as far as it is taken."""
    if not controls.travel or not controls.body:
        return np.ones(len(driver))
    return 1.0 + min(1.0, controls.strength) * (_size(driver, skeleton) - 1.0)


def _taken_face(face: FaceMotion, controls: MotionControls) -> FaceMotion:
    """As much of the face's motion as is wanted."""
    features = controls.strength if controls.face else 0.0
    turns = controls.strength if controls.head else 0.0
    return replace(
        face,
        head=face.head * turns,
        expression=face.expression if features == 1.0 else face.expression * np.float32(features),
        eyes_closed=np.clip(face.eyes_closed * features, 0.0, 1.0),
    )


def _turned_back(
    driver: BodyTrack, skeleton: Skeleton, orientation: Orientation, *, turns_round: bool
) -> Float64:
    """How far the driver's own turn is taken out: (T,) in 0..1."""
    if orientation == "image":
        return np.ones(len(driver))
    if skeleton.near is not None:
        return np.zeros(len(driver))
    return turned_away(driver.yaw, turns_round=turns_round)


def _size(driver: BodyTrack, skeleton: Skeleton) -> Float64:
    """How large the figure is, 1 at the start: (T,)."""
    if skeleton.cut and driver.legs_seen:
        # Who steps forward would push a portrait out of its frame.
        return np.ones(len(driver))
    size = driver.scale / starting_value(driver.scale, driver)
    return np.asarray(np.clip(size, NUMBERS.farthest, NUMBERS.nearest))


def _nod(driver: BodyTrack, rest: BodyTrack) -> Float64:
    """How far the head is bowed or thrown back against the picture's, both in profile: (T,)
    radians, clockwise."""

    def gaze(figure: BodyTrack) -> Float64:
        ears = figure.points[:, [Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=1)
        ahead = figure.points[:, Body.NOSE] - ears
        return np.asarray(np.arctan2(ahead[:, 1], ahead[:, 0]))

    turn = gaussian(
        wrap_angle(gaze(driver) - gaze(rest)), NUMBERS.nod_seconds / driver.frame_seconds
    )
    return np.asarray(NUMBERS.nod * np.clip(turn, -NUMBERS.most_nod, NUMBERS.most_nod))


def _vectors(
    driver: BodyTrack, turn_back: Float64, away: Float64, *, narrows: bool
) -> dict[Part, Float64]:
    """Directions as filmed where the driver faces the camera, turned back where `away` is 1."""
    if np.all(away == 0.0):
        return directions(driver, np.zeros(len(driver)))
    mixed = directions(driver, turn_back)
    if not np.all(away == 1.0):
        filmed = directions(driver, np.zeros(len(driver)))
        share = away[:, None]
        mixed = {part: filmed[part] * (1 - share) + mixed[part] * share for part in filmed}
    if narrows:
        width = np.maximum(np.abs(np.cos(driver.yaw)), NUMBERS.narrowest) * away + 1.0 - away
        mixed["shoulders"] = mixed["shoulders"] * width[:, None]
        mixed["hips"] = mixed["hips"] * width[:, None]
    return mixed
