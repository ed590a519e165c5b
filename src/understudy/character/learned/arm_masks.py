"""Arms with their sleeves, hands and what these hold, found by points on their bones.

The segmenter is shown points on an arm and points on everything else. Where its mask still reaches
into the trunk, the head or the other arm, a point is put there, as a person would click, and it is
asked again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import (
    LEGS,
    Anatomy,
    ArmBones,
    Points,
    draw_bones,
    draw_polygon,
)
from understudy.character.figure.body_core import body_core
from understudy.character.image.masks import Box, Mask, depth
from understudy.character.learned.segmenter import Found, Prompt, Segmenter
from understudy.geometry.landmarks import Body, Float32
from understudy.weights.inference import OpenModel


@dataclass(frozen=True, slots=True)
class ArmMaskNumbers:
    """Where the segmenter is pointed. T is the torso's length. All set by eye on pictures of the
    study.
    """

    room: float = 0.45
    """T: round the visible joints, the piece of the picture that is looked at."""
    seen: float = 0.3
    """Visibility from which on a joint counts as visible."""
    upper: tuple[float, ...] = (0.3, 0.65)
    """Points along the upper arm, as shares of its length; its beginning is the trunk's, too,"""
    lower: tuple[float, ...] = (0.05, 0.5, 0.9)
    """and along the forearm. One more lies on the hand."""
    trunk: tuple[float, ...] = (0.3, 0.6, 0.95)
    """Points down the trunk, from neck to pelvis,"""
    thigh: tuple[float, ...] = (0.35, 0.75)
    """and down each thigh, which are no arm."""
    apart: float = 0.12
    """T: a point nearer than this to a point of the arm says nothing: the arm may lie there."""
    sleeve: tuple[float, float] = (0.14, 0.22)
    """T: so near to its upper arm, and to its forearm and hand, an arm may cover the body."""
    bend: float = 0.14
    """T: so far an arm reaches into the inside of its own bend: sleeves hang outside of it."""
    beside_face: tuple[tuple[float, float], ...] = ((0.68, 0.0), (0.62, 0.6))
    """Face widths to each side of the face's middle and down: hair, or nothing, but no arm,"""
    clear: float = 0.2
    """T: unless an arm's bone lies this near."""
    other: float = 0.12
    """T: width of the other arm, which this one's mask may not cover."""
    leak: float = 0.01
    """T^2: a smaller leak is left to the colours,"""
    leak_deep: float = 0.03
    """T: and so is a narrower one."""
    clicks: int = 3
    """Points put into leaks at most,"""
    kept: float = 0.9
    """as long as this share of what the mask covered of the arm's bones stays covered."""
    on_bones: float = 0.8
    """Share of the bones that a mask covers unless they are in the wrong place."""
    halved: float = 0.5
    """Of the leak: forearm and hand alone must leak less than this to be the better prompt."""
    likely: float = 0.5
    """From this likelihood on a pixel is the arm's."""
    samples: int = 24
    """Places along an arm where its mask is tested."""


NUMBERS = ArmMaskNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class ArmMask:
    """One arm as the segmenter sees it.

    likely: (h, w) float32 in 0..1, how likely each pixel of the canvas is the arm's, with sleeve,
    hand and what it holds. confidence: 0..1, the segmenter's own estimate of its mask times the
    share of the arm's bones that the mask covers.
    """

    likely: Float32
    confidence: float


ArmMasks = tuple[ArmMask | None, ArmMask | None]


def find_arm_masks(
    rgb: NDArray[np.uint8],
    anatomy: Anatomy,
    seen: tuple[bool, bool],
    encoder: OpenModel,
    decoder: OpenModel,
) -> ArmMasks:
    """The masks of the left and the right arm, None for an arm that is not seen.

    rgb: (h, w, 3) uint8 sRGB, the canvas. anatomy: in its pixels.
    """
    view = _view(anatomy, (rgb.shape[0], rgb.shape[1]))
    if view is None or not any(seen):
        return None, None
    segmenter = Segmenter(np.ascontiguousarray(rgb[view]), encoder, decoder)
    place = anatomy.in_frame(np.array([view[1].start, view[0].start], float), 1.0)
    shape = (view[0].stop - view[0].start, view[1].stop - view[1].start)
    masks: list[ArmMask | None] = []
    for side in (0, 1):
        if not seen[side]:
            masks.append(None)
            continue
        found, confidence = _find(segmenter, place, side, shape)
        likely = np.zeros(rgb.shape[:2], np.float32)
        likely[view] = found.likely
        masks.append(ArmMask(likely, confidence))
    return masks[0], masks[1]


def _view(anatomy: Anatomy, shape: tuple[int, int]) -> Box | None:
    """The rows and columns round the figure's visible joints."""
    h, w = shape
    joints = anatomy.joints[anatomy.visibility > NUMBERS.seen]
    joints = joints[(joints >= 0).all(axis=1) & (joints < (w, h)).all(axis=1)]
    if not len(joints):
        return None
    room = NUMBERS.room * anatomy.torso
    (left, top), (right, bottom) = joints.min(axis=0) - room, joints.max(axis=0) + room
    return slice(max(0, int(top)), min(h, int(bottom))), slice(
        max(0, int(left)), min(w, int(right))
    )


def _find(
    segmenter: Segmenter, anatomy: Anatomy, side: int, shape: tuple[int, int]
) -> tuple[Found, float]:
    """One arm's mask, with points put where it leaks, and how far it is to be believed, 0..1.

    A shoulder that was placed in the hair makes the mask leak whatever is clicked, or leave the
    bones: then it is asked for by forearm and hand alone.
    """
    others, arm = not_the_arm(anatomy, side, shape), anatomy.arms[side]
    on = _arm_points(arm)
    found, leak = _refined(segmenter, anatomy, side, on, others)
    believed = found.confidence * _covered(found.likely, arm)
    leaks = leak > NUMBERS.leak * anatomy.torso**2
    if not leaks and _covered(found.likely, arm) > NUMBERS.on_bones:
        return found, believed
    lower, less = _refined(segmenter, anatomy, side, on[len(NUMBERS.upper) :], others)
    lower_believed = lower.confidence * _covered(lower.likely, arm, upper=False)
    better = less < NUMBERS.halved * leak if leaks else lower_believed > believed
    return (lower, lower_believed) if better else (found, believed)


def _refined(
    segmenter: Segmenter, anatomy: Anatomy, side: int, on: Points, others: Mask
) -> tuple[Found, float]:
    """The mask by points on the arm, corrected by clicks, and the area in pixels that leaks yet."""
    unit, arm = anatomy.torso, anatomy.arms[side]
    off = np.concatenate([_body_points(anatomy), _arm_points(anatomy.arms[1 - side])])
    apart = np.linalg.norm(off[:, None] - on[None], axis=-1).min(axis=1)
    off = np.concatenate([off[apart > NUMBERS.apart * unit], _beside_face(anatomy)])
    found = segmenter.find(Prompt(on, off))
    for _ in range(NUMBERS.clicks):
        place = _leak(others & (found.likely > NUMBERS.likely), unit)
        if place is None:
            break
        off = np.concatenate([off, place[None]])
        again = segmenter.find(Prompt(on, off))
        if _covered(again.likely, arm) < NUMBERS.kept * _covered(found.likely, arm):
            break
        found = again
    return found, float((others & (found.likely > NUMBERS.likely)).sum())


def not_the_arm(anatomy: Anatomy, side: int, shape: tuple[int, int]) -> Mask:
    """Where the arm (0 left, 1 right) surely is not: (h, w) bool.

    The body away from the arm's bones, the other arm's bones, the inside of the arm's bend, and
    what lies above upper arm and forearm: sleeves hang, hair comes from above.
    """
    unit = anatomy.torso
    arm, other = anatomy.arms[side], anatomy.arms[1 - side]
    upper, lower = (2 * reach * unit for reach in NUMBERS.sleeve)
    own = draw_bones(shape, [arm.segments[0]], upper)
    own |= draw_bones(shape, list(arm.segments[1:]), lower)
    others = body_core(anatomy, shape)
    others |= draw_bones(shape, list(other.segments), NUMBERS.other * unit)
    inside = draw_polygon(shape, np.array([arm.shoulder, arm.elbow, arm.wrist]))
    inside &= ~draw_bones(shape, list(arm.segments), 2 * NUMBERS.bend * unit)
    return (others & ~own) | inside | _above(arm, shape, NUMBERS.sleeve[1] * unit)


def _above(arm: ArmBones, shape: tuple[int, int], reach: float) -> Mask:
    """What lies more than `reach` pixels above the nearest place of upper arm and forearm."""
    x = np.arange(shape[1], dtype=np.float32)[None]
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    nearest = np.full(shape, np.inf)
    above = np.zeros(shape, bool)
    for number, (start, end) in enumerate(arm.segments):
        along = end - start
        from_x, from_y = x - start[0], y - start[1]
        t = (from_x * along[0] + from_y * along[1]) / max(1.0, along @ along)
        # What a hand holds may stick up: past the wrist the hand has the word.
        last = number == len(arm.segments) - 1
        t = np.clip(t, 0, None if last else 1)
        dx, dy = from_x - t * along[0], from_y - t * along[1]
        away = np.hypot(dx, dy)
        closer = away < nearest
        np.copyto(nearest, away, where=closer)
        np.copyto(above, (dy < -reach) & (not last), where=closer)
    return above


def _leak(leak: Mask, unit: float) -> Points | None:
    """The middle (x, y) of the widest place where a mask leaks, None where it does not."""
    if leak.sum() < NUMBERS.leak * unit**2:
        return None
    deep = depth(leak)
    y, x = np.unravel_index(int(np.argmax(deep)), deep.shape)
    return np.array([x, y], np.float64) if deep[y, x] > NUMBERS.leak_deep * unit else None


def _beside_face(anatomy: Anatomy) -> Points:
    """Points (n, 2) where hair hangs, away from both arms."""
    left, right = anatomy.joints[Body.LEFT_EAR], anatomy.joints[Body.RIGHT_EAR]
    across = (left - right) / max(1.0, float(np.linalg.norm(left - right)))
    down = np.array([-across[1], across[0]])
    if down @ (anatomy.neck - anatomy.face_centre) < 0:
        down = -down
    points = [
        anatomy.face_centre + anatomy.face_width * (side * aside * across + below * down)
        for aside, below in NUMBERS.beside_face
        for side in (1, -1)
    ]
    bones = [bone for arm in anatomy.arms for bone in arm.segments]
    clear = NUMBERS.clear * anatomy.torso
    kept = [point for point in points if min(_to_bone(point, *bone) for bone in bones) > clear]
    return np.array(kept).reshape(-1, 2)


def _to_bone(point: Points, start: Points, end: Points) -> float:
    along = end - start
    t = np.clip((point - start) @ along / max(1.0, float(along @ along)), 0, 1)
    return float(np.linalg.norm(point - start - t * along))


def _arm_points(arm: ArmBones) -> Points:
    upper = [arm.shoulder + t * (arm.elbow - arm.shoulder) for t in NUMBERS.upper]
    lower = [arm.elbow + t * (arm.wrist - arm.elbow) for t in NUMBERS.lower]
    return np.array([*upper, *lower, arm.hand])


def _body_points(anatomy: Anatomy) -> Points:
    trunk = [anatomy.neck + t * (anatomy.pelvis - anatomy.neck) for t in NUMBERS.trunk]
    joints = anatomy.joints
    thighs = [
        joints[leg[0]] + t * (joints[leg[1]] - joints[leg[0]])
        for leg in LEGS
        for t in NUMBERS.thigh
    ]
    return np.array([*trunk, anatomy.face_centre, *thighs])


def _covered(likely: Float32, arm: ArmBones, *, upper: bool = True) -> float:
    """The share of the arm's bones that its mask covers, without the shoulder, or without the upper
    arm."""
    h, w = likely.shape
    begin = arm.shoulder + NUMBERS.upper[0] * (arm.elbow - arm.shoulder)
    ends = np.stack([begin, arm.elbow, arm.wrist, arm.hand])
    steps = np.linspace(0 if upper else 1, 3, NUMBERS.samples)
    places = np.stack([np.interp(steps, range(4), ends[:, axis]) for axis in (0, 1)], axis=1)
    x, y = np.round(places).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < w) & (y < h)
    if not inside.any():
        return 0.0
    return float((likely[y[inside], x[inside]] > NUMBERS.likely).mean())
