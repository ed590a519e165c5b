"""The stance: legs, feet on the ground, and where the figure is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import BodyTrack, Part
from understudy.engines.puppet.retarget.limbs import (
    LimbBones,
    LimbPose,
    Parent,
    move_end,
    pose_limb,
)
from understudy.engines.puppet.retarget.root import (
    feet_of,
    ground_line,
    locked_feet,
    planted_feet,
    solve_root,
)
from understudy.engines.puppet.retarget.trunk import TrunkPose
from understudy.geometry.filters import gaussian
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import LEGS, Bone, Limb, Skeleton
from understudy.geometry.transforms import rotation, transform, wrap_angle

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StanceNumbers:
    """How legs stand and a figure without them sways. Chosen by eye. `carrying` and `steadying`
    hardly matter: a quarter more or less moves no joint of the sample takes by .002 torsos.

    leg_centre: radians, the middle of a leg's natural range: straight down.
    foot_turn: share of its shank's turn by which a foot turns. foot_roll: radians by which a foot
        seen from the side rolls at most.
    beginning: seconds of the take that say where it begins.
    sway: torsos by which a figure whose feet stay put follows a driver without legs at most.
    cut_sway: torsos by which a figure that the picture cuts sways with a driver who walks, to the
        side and up or down. travel: seconds (sigma); what takes longer is travel and left out.
    carrying: torsos over which a foot higher than the other loses its weight in where the figure
        stands. steadying: the weight that it keeps.
    """

    leg_centre: float = float(np.radians(90.0))
    foot_turn: float = 0.5
    foot_roll: float = 0.9
    beginning: float = 0.15
    sway: float = 0.12
    cut_sway: tuple[float, float] = (0.14, 0.06)
    travel: float = 0.8
    carrying: float = 0.05
    steadying: float = 0.05


NUMBERS = StanceNumbers()

UPPER = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_EAR, Body.RIGHT_EAR]


@dataclass(frozen=True, slots=True, eq=False)
class Stance:
    """legs: left and right. root: (T, 2) canvas pixels. planted: (T, 2) in 0..1, see `Motion`."""

    legs: tuple[LimbPose, LimbPose]
    root: Float64
    planted: Float64


def pose_stance(  # noqa: PLR0913 - picture, driver and what was read of both
    driver: BodyTrack,
    rest: BodyTrack,
    skeleton: Skeleton,
    trunk: TrunkPose,
    vectors: dict[Part, Float64],
    size: Float64,
    *,
    legs_move: bool,
    still: bool = False,
) -> Stance:
    """Stand the figure on its feet, or hold it where it is when its feet take no part.

    still: it does not move from its place at all. rest: the skeleton read as a figure. vectors: of
    the driver, see `directions`. size: (T,).
    """
    if still:
        left, right = (_resting_leg(limb, skeleton, trunk, size) for limb in LEGS)
        frames = len(driver)
        return Stance((left, right), np.zeros((frames, 2)), np.ones((frames, 2)))
    per_pixel = canvas_per_clip_pixel(driver, rest, legs=legs_move)
    if legs_move:
        planted = planted_feet(driver)
        legs = tuple(
            _moving_leg(limb, skeleton, rest, trunk, vectors, size, planted[:, side])
            for side, limb in enumerate(LEGS)
        )
        root = _root_on_feet(driver, skeleton, legs, planted, per_pixel)
        ankles = np.stack([leg.joints[:, 2] for leg in legs], axis=1)
        shift = locked_feet(ankles + root[:, None], planted, skeleton.torso)
        left, right = (
            move_end(leg, limb, ankles[:, side] + shift[:, side])
            for side, (leg, limb) in enumerate(zip(legs, LEGS, strict=True))
        )
        return Stance((left, right), root, planted)
    left, right = (_resting_leg(limb, skeleton, trunk, size) for limb in LEGS)
    root = _root_without_feet(driver, rest, skeleton, trunk, per_pixel)
    if skeleton.legs:
        # The feet are in the picture and stay where they are; only the body above them sways.
        root = softly_bounded(root, NUMBERS.sway * skeleton.torso)
        left, right = (
            move_end(leg, limb, skeleton.joints[limb.joints[2]] - root)
            for leg, limb in zip((left, right), LEGS, strict=True)
        )
    elif skeleton.cut and driver.legs_seen:
        root = swaying(root, skeleton.torso, driver.frame_seconds)
    return Stance((left, right), root, np.ones((len(driver), 2)))


def starting_value(signal: Float64, driver: BodyTrack) -> Float64:
    """The median of a signal (T, ...) over the take's first moment: where it begins.

    The picture's place and size are those that the driver has there, so the take starts from the
    picture and does not drift away from it while it settles.
    """
    return np.asarray(
        np.median(signal[: max(1, round(NUMBERS.beginning / driver.frame_seconds))], axis=0)
    )


def softly_bounded(path: Float64, bound: float) -> Float64:
    """A path (T, 2) drawn in so that it never leaves a circle of `bound`; small steps pass."""
    length = np.sqrt((path**2).sum(axis=1, keepdims=True)) + 1e-9
    return np.asarray(path / length * bound * np.tanh(length / bound))


def swaying(path: Float64, torso: float, frame_seconds: float) -> Float64:
    """What a path (T, 2) sways about where it goes, within `cut_sway`: steps without the way."""
    sway = path - gaussian(path, NUMBERS.travel / frame_seconds)
    bound = np.array(NUMBERS.cut_sway) * torso
    return np.asarray(bound * np.tanh(sway / bound))


def canvas_per_clip_pixel(driver: BodyTrack, rest: BodyTrack, *, legs: bool) -> float:
    """Canvas pixels of the figure per clip pixel of the driver, as the take begins."""
    spans: tuple[Part, ...] = ("shoulders",)
    if driver.hips_seen and rest.hips_seen:
        spans = ("spine",)
    if legs:
        spans = ("spine", Bone.LEFT_THIGH, Bone.LEFT_SHANK)
    ours = sum(rest.lengths[span] for span in spans) * float(rest.scale[0])
    theirs = sum(driver.lengths[span] for span in spans) * float(
        starting_value(driver.scale, driver)
    )
    return ours / theirs


def _moving_leg(  # noqa: PLR0913 - one leg's surroundings
    limb: Limb,
    skeleton: Skeleton,
    rest: BodyTrack,
    trunk: TrunkPose,
    vectors: dict[Part, Float64],
    size: Float64,
    planted: Float64,
) -> LimbPose:
    thigh, shank, foot = limb.bones
    at_rest = np.diff(skeleton.joints[list(limb.joints)], axis=0)
    foot_length = float(np.hypot(*at_rest[2])) + 1e-6
    scale = float(rest.scale[0])
    turn = np.arctan2(vectors[shank][:, 1], vectors[shank][:, 0])
    turn = wrap_angle(turn - np.arctan2(at_rest[1, 1], at_rest[1, 0]))
    if skeleton.near is not None:
        # In profile a foot is seen to roll: flat while it stands, else as the driver's.
        own = np.arctan2(vectors[foot][:, 1], vectors[foot][:, 0])
        own = wrap_angle(own - np.arctan2(at_rest[2, 1], at_rest[2, 0]))
        rolled = np.clip(own, -NUMBERS.foot_roll, NUMBERS.foot_roll)
        turn = rolled * (1.0 - planted) / NUMBERS.foot_turn
    # Seen from the front a foot's direction is noise: it keeps the picture's and tips with the leg.
    toes = np.einsum("tij,j->ti", rotation(NUMBERS.foot_turn * turn), at_rest[2]) / foot_length
    return pose_limb(
        limb,
        skeleton.joints,
        LimbBones(
            (rest.lengths[thigh] * scale, rest.lengths[shank] * scale, foot_length),
            (vectors[thigh], vectors[shank], toes),
        ),
        Parent(trunk.pelvis, trunk.pelvis_turn),
        size,
        centre=NUMBERS.leg_centre,
    )


def _resting_leg(limb: Limb, skeleton: Skeleton, trunk: TrunkPose, size: Float64) -> LimbPose:
    at_rest = np.diff(skeleton.joints[list(limb.joints)], axis=0)
    lengths = np.sqrt((at_rest**2).sum(axis=1)) + 1e-6
    first, second, third = (
        np.repeat((vector / length)[None], len(size), axis=0)
        for vector, length in zip(at_rest, lengths, strict=True)
    )
    return pose_limb(
        limb,
        skeleton.joints,
        LimbBones(
            (float(lengths[0]), float(lengths[1]), float(lengths[2])), (first, second, third)
        ),
        Parent(trunk.pelvis, trunk.pelvis_turn),
        size,
        centre=NUMBERS.leg_centre,
    )


def _root_on_feet(
    driver: BodyTrack,
    skeleton: Skeleton,
    legs: tuple[LimbPose, ...],
    planted: Float64,
    per_pixel: float,
) -> Float64:
    theirs = feet_of(driver.points)
    # Places to the side are measured from between the feet, heights from the ground.
    origin = np.array(
        [
            float(starting_value(theirs[..., 0].mean(axis=1), driver)),
            float(starting_value(ground_line(driver), driver)),
        ]
    )
    at_rest = np.stack([skeleton.joints[list(limb.joints[2:])].mean(axis=0) for limb in LEGS])
    home = np.array([at_rest[:, 0].mean(), at_rest[:, 1].max()])
    ours = np.stack([leg.joints[:, 2:].mean(axis=1) for leg in legs], axis=1)
    wanted = home + (theirs - origin) * per_pixel - ours
    # The lower foot carries the figure; the other one only steadies the path.
    above = theirs[..., 1].max(axis=1, keepdims=True) - theirs[..., 1]
    torso = driver.scale * driver.lengths["spine"]
    carries = np.exp(-above / (NUMBERS.carrying * torso[:, None]))
    weight = carries + NUMBERS.steadying + planted
    hips = driver.points[:, [Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=1) * per_pixel
    return solve_root(wanted, weight, ours, planted, hips)


def _root_without_feet(
    driver: BodyTrack, rest: BodyTrack, skeleton: Skeleton, trunk: TrunkPose, per_pixel: float
) -> Float64:
    if driver.hips_seen and rest.hips_seen:
        followed = driver.points[:, [Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=1)
        home, ours = skeleton.pelvis, transform(trunk.pelvis, skeleton.pelvis)
    else:
        # Shoulders tremble more than the head does: the middle of the neck is the steadiest place.
        followed = driver.points[:, UPPER].mean(axis=1)
        home = (skeleton.neck + skeleton.head) / 2
        ours = (transform(trunk.chest, skeleton.neck) + transform(trunk.head, skeleton.head)) / 2
    return np.asarray((followed - starting_value(followed, driver)) * per_pixel + home - ours)
