"""Reading the driver: scale, facing, true bone lengths and how far each joint can be trusted.

The same reading is taken of the clip and of the picture, so that a figure that performs its own
picture's pose comes out as it stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian, interpolate_gaps, median_seconds, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS, LEGS, LIMB_BONES, Bone, Skeleton, with_knuckles
from understudy.geometry.transforms import norms
from understudy.geometry.visibility import hips_inside, share_inside
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]
Span = Literal["shoulders", "hips", "spine", "neck"]
Part = Bone | Span

# The parts of the body whose lengths keep one proportion in a figure, however stylised.
GROUPS: dict[str, tuple[Part, ...]] = {
    "trunk": ("shoulders", "hips", "spine"),
    "arms": tuple(bone for limb in ARMS for bone in limb.bones[:2]),
    "legs": tuple(bone for limb in LEGS for bone in limb.bones[:2]),
}
GROUP_OF: dict[Part, str] = {part: name for name, parts in GROUPS.items() for part in parts} | {
    "neck": "trunk",
    Bone.LEFT_HAND: "arms",
    Bone.RIGHT_HAND: "arms",
    Bone.LEFT_FOOT: "legs",
    Bone.RIGHT_FOOT: "legs",
}
TWIN: dict[Part, Part] = {
    a: b
    for left, right in (ARMS, LEGS)
    for pair in zip(left.bones, right.bones, strict=True)
    for a, b in (pair, pair[::-1])
}
PARTS: tuple[Part, ...] = tuple(GROUP_OF)
# Shoulders and ears lie at different depths in any pose: nothing is foreshortened between them.
FLAT: tuple[Part, ...] = ("neck",)


@dataclass(frozen=True, slots=True)
class DriverNumbers:
    """What is believed of the tracker.

    visible: the tracker's visibility at which a joint is not trusted at all, and fully.
    hips, legs: mean visibility above which they count as seen.
    trusted: confidence above which a frame tells a part's length.
    scale_seconds, yaw_seconds: smoothing of the scale and of the yaw (sigma).
    picture_seconds: what one frame of a picture is taken to last.
    hips_weight: of the hips beside the shoulders in the yaw.
    end_on, belief: the foreshortening of a bone is believed down to this share, and to this power:
        the depth is noisy.
    trunk_often, limb_often: percentile of what is seen of a length over time. Limbs point away from
        the image plane more often than the depth tells, the trunk hardly ever does.
    forearm: bounds of a forearm's length, as shares of its upper arm's.
    least_scale: pixels per metre. least_length: metres.
    """

    visible: tuple[float, float] = (0.15, 0.55)
    hips: float = 0.5
    legs: float = 0.6
    trusted: float = 0.5
    scale_seconds: float = 0.4
    yaw_seconds: float = 0.08
    picture_seconds: float = 0.04
    hips_weight: float = 0.5
    end_on: float = 0.64
    belief: float = 0.5
    trunk_often: float = 50.0
    limb_often: float = 64.0
    forearm: tuple[float, float] = (0.9, 1.04)
    least_scale: float = 1e-3
    least_length: float = 1e-6


NUMBERS = DriverNumbers()


def part_vector(points: Float64, part: Part) -> Float64:
    """The vector of a bone or span in points of shape (T, 35, C): (T, C)."""
    if isinstance(part, Bone):
        a, b = LIMB_BONES[part]
        return points[:, b] - points[:, a]
    shoulders = (points[:, Body.LEFT_SHOULDER] + points[:, Body.RIGHT_SHOULDER]) / 2
    hips = (points[:, Body.LEFT_HIP] + points[:, Body.RIGHT_HIP]) / 2
    if part == "shoulders":
        return points[:, Body.LEFT_SHOULDER] - points[:, Body.RIGHT_SHOULDER]
    if part == "hips":
        return points[:, Body.LEFT_HIP] - points[:, Body.RIGHT_HIP]
    if part == "spine":
        return shoulders - hips
    return (points[:, Body.LEFT_EAR] + points[:, Body.RIGHT_EAR]) / 2 - shoulders


def part_confidence(confidence: Float64, part: Part) -> Float64:
    """How far both ends of a bone or span are trusted: (T,) in 0..1."""
    if isinstance(part, Bone):
        ends: list[int] = list(LIMB_BONES[part])
    else:
        spans: dict[Span, list[int]] = {
            "shoulders": [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER],
            "hips": [Body.LEFT_HIP, Body.RIGHT_HIP],
            "spine": [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP],
            "neck": [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.NOSE],
        }
        ends = spans[part]
    return np.asarray(confidence[:, ends].min(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class BodyTrack:
    """One person over T frames, free of gaps.

    points: (T, 35, 2) image pixels. world: (T, 35, 3) metres, as `Landmarks.world`.
    confidence: (T, 35) in 0..1.
    scale: (T,) pixels per metre, smooth.
    lengths: true length of each bone and span, metres.
    yaw: (T,) radians, unwrapped, smooth; 0 faces the camera, positive turns to the figure's left.
    legs_seen, hips_seen: for most of the clip.
    frame_seconds: the time from one frame to the next.
    """

    points: Float64
    world: Float64
    confidence: Float64
    scale: Float64
    lengths: dict[Part, float]
    yaw: Float64
    legs_seen: bool
    hips_seen: bool
    frame_seconds: float

    def __len__(self) -> int:
        return len(self.points)


def figure_of_performance(performance: Performance) -> BodyTrack:
    """The driver of `performance`; frames where nobody was seen are interpolated."""
    points = with_knuckles(performance.body)
    world = with_knuckles(performance.world)
    visibility = points[..., 3] * share_inside(points[..., :2], performance.size)
    hips = [Body.LEFT_HIP, Body.RIGHT_HIP]
    visibility[:, hips] *= hips_inside(points[..., :2], performance.size)[:, None]
    both = np.concatenate([points[..., :2], world], axis=-1)
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(both).all(axis=(1, 2)))
    confidence = np.where(
        seen[:, None], smoothstep(*NUMBERS.visible, np.nan_to_num(visibility)), 0.0
    )
    return _figure(
        interpolate_gaps(points[..., :2], seen),
        interpolate_gaps(world, seen),
        confidence,
        np.nan_to_num(visibility),
        median_seconds(performance.times),
    )


def figure_of_skeleton(skeleton: Skeleton) -> BodyTrack:
    """The figure in the picture as a clip of one frame."""
    seen = skeleton.seen.astype(np.float64)[None]
    return _figure(skeleton.joints[None], skeleton.world[None], seen, seen, NUMBERS.picture_seconds)


def _figure(
    points: Float64, world: Float64, confidence: Float64, visibility: Float64, seconds: float
) -> BodyTrack:
    mean = visibility.mean(axis=0)
    hips_seen = bool(mean[[Body.LEFT_HIP, Body.RIGHT_HIP]].min() > NUMBERS.hips)
    leg_joints = [Body.LEFT_KNEE, Body.RIGHT_KNEE, Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
    legs_seen = hips_seen and bool(mean[leg_joints].min() > NUMBERS.legs)
    scale = gaussian(
        _scale(points, world, legs=legs_seen, hips=hips_seen), NUMBERS.scale_seconds / seconds
    )
    return BodyTrack(
        points=points,
        world=world,
        confidence=confidence,
        scale=scale,
        lengths=_lengths(points, world, confidence, scale),
        yaw=gaussian(_yaw(world), NUMBERS.yaw_seconds / seconds),
        legs_seen=legs_seen,
        hips_seen=hips_seen,
        frame_seconds=seconds,
    )


def _scale(points: Float64, world: Float64, *, legs: bool, hips: bool) -> Float64:
    """Pixels per metre: least squares of seen lengths on those of the world in the image plane."""
    parts: list[Part] = ["shoulders", *GROUPS["arms"]]
    if hips:
        parts += ["hips", "spine"]
    if legs:
        parts += GROUPS["legs"]
    seen = np.stack([norms(part_vector(points, p)) for p in parts], axis=1)
    true = np.stack([norms(part_vector(world, p)[:, :2]) for p in parts], axis=1)
    scale = (seen * true).sum(axis=1) / ((true**2).sum(axis=1) + 1e-9)
    return np.asarray(np.maximum(scale, NUMBERS.least_scale))


def _lengths(
    points: Float64, world: Float64, confidence: Float64, scale: Float64
) -> dict[Part, float]:
    """The true length of each part, metres.

    A percentile of the length seen, with half of the tracker's own foreshortening taken out, over
    the frames where it is seen well. One frame gives the same estimate as many of the same pose;
    the longest length ever seen would not, and would make every figure shrink.
    """
    estimates: dict[Part, Float64] = {}
    for part in PARTS:
        true = norms(part_vector(world, part))
        flat = norms(part_vector(world, part)[:, :2])
        shown = np.maximum(flat / (true + 1e-9), NUMBERS.end_on) ** (
            0.0 if part in FLAT else NUMBERS.belief
        )
        trusted = part_confidence(confidence, part) > NUMBERS.trusted
        usable = trusted if trusted.any() else np.ones(len(points), np.bool_)
        estimates[part] = (norms(part_vector(points, part)) / scale / shown)[usable]
    lengths: dict[Part, float] = {}
    for part in PARTS:
        # Both sides of a figure are of one length.
        both = np.concatenate([estimates[part], estimates[TWIN.get(part, part)]])
        often = NUMBERS.limb_often if isinstance(part, Bone) else NUMBERS.trunk_often
        # Of a figure that is always seen from the side shoulders have no length.
        lengths[part] = max(float(np.percentile(both, often)), NUMBERS.least_length)
    for limb in ARMS:
        upper, lower = limb.bones[:2]
        least, most = NUMBERS.forearm
        lengths[lower] = float(
            np.clip(lengths[lower], least * lengths[upper], most * lengths[upper])
        )
    return lengths


def _yaw(world: Float64) -> Float64:
    across = part_vector(world, "shoulders")
    across = across / (norms(across)[:, None] + 1e-9)
    hips = part_vector(world, "hips")
    across = across + NUMBERS.hips_weight * hips / (norms(hips)[:, None] + 1e-9)
    return np.asarray(np.unwrap(np.arctan2(across[:, 2], across[:, 0])))
