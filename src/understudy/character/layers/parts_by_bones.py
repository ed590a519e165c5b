"""Body and arms of a drawing or a mascot told apart by its bones alone.

In a drawing the paper inside an outline has one colour, whichever limb it is, and the strokes have
another: colours say nothing of where an arm ends. Nor do they of a mascot's, which are as orange as
its body. So each pixel goes to the bone that it lies nearest to, along the figure and less how
thick the figure is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import (
    LEGS,
    Anatomy,
    ArmBones,
    Points,
    draw_bones,
    draw_polygon,
)
from understudy.character.image.geodesic import Geodesics
from understudy.character.image.masks import Mask, depth, grow, largest
from understudy.character.layers.parts import ARMS, BODY, NOTHING, Labels, Parts
from understudy.geometry.landmarks import Body, Float32

_ALPHA = 0.3
"""Pixels of less belong to nobody."""
_SHOULDER = 0.25
"""Share of the upper arm that stays with the body: an arm is lifted off where it leaves it."""
_BELLY = 0.7
"""Share of the silhouette's depth along those lines that is trunk, too: drawn bellies are wide."""
_TRUNK = 0.04
"""T: the least that the trunk reaches beyond the lines from shoulders to hips."""
_GROWN = 3.0
"""Half widths of an arm over which it is grown together with the body, along the arm: where it
hangs, more than from side to side. What is too much is a web at the armpit, and breaks no line."""
_TOUCHES = 0.1
"""T: an arm that touches along less than this does not touch."""
_AGAINST = 0.35
"""Of an arm's length: touching over so much of it, an arm is drawn against the body."""


def parts_by_bones(alpha: Float32, anatomy: Anatomy, movable: tuple[bool, bool]) -> Parts:
    """Tell body and arms apart. alpha: (h, w) float32. movable: which arms (left, right) are layers
    of their own."""
    shape = (alpha.shape[0], alpha.shape[1])
    inside = alpha > _ALPHA
    deep = depth(inside)
    joints = anatomy.joints
    corners = joints[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.RIGHT_HIP, Body.LEFT_HIP]]
    sides = draw_bones(shape, [(corners[0], corners[3]), (corners[1], corners[2])], 1) & inside
    beyond = float(np.percentile(deep[sides], 25)) * _BELLY if sides.any() else 0.0
    ways = Geodesics(inside)
    trunk = ways.away(draw_polygon(shape, corners)) - np.float32(
        max(_TRUNK * anatomy.torso, beyond)
    )
    body = [trunk, _from_bones(ways, deep, [(anatomy.neck, anatomy.head)])]
    for hip, knee, ankle, *_ in LEGS:
        bones = [(joints[hip], joints[knee]), (joints[knee], joints[ankle])]
        body.append(_from_bones(ways, deep, bones))
    nearest_body = np.min(body, axis=0)
    labels = np.where(inside, np.uint8(BODY), np.uint8(NOTHING))
    arms: list[Mask | None] = []
    overlay = np.zeros(shape, bool)
    for label, arm, wanted in zip(ARMS, anatomy.arms, movable, strict=True):
        if not wanted:
            arms.append(None)
            continue
        start = arm.shoulder + _SHOULDER * (arm.elbow - arm.shoulder)
        free = [(arm.elbow, arm.wrist), (arm.wrist, arm.hand)]
        # Where the upper arm lies within the trunk, the trunk's depth is no half width of an arm's.
        half = _half_width(shape, deep, free)
        to_arm = ways.away(draw_bones(shape, [(start, arm.elbow), *free], 1)) - np.float32(half)
        own = inside & (to_arm < nearest_body)
        if own.any():
            own = largest(own)
        labels[own & (labels == BODY)] = label
        # The arm goes on under the body up to its shoulder, as a paper puppet's does on its pin.
        root = _from_bones(ways, deep, [(arm.shoulder, start), (start, arm.elbow)]) < 0
        arms.append(own | (root & inside))
        overlay |= root & inside
    nothing = np.zeros(shape, bool)
    return Parts(labels, (arms[0], arms[1]), overlay & (labels == BODY), nothing)


@dataclass(frozen=True, slots=True, eq=False)
class ArmBorder:
    """An arm's pixels (h, w) bool beside the rest of the figure.

    grown: where the arm grows out of the body. touching: where it only touches it.
    """

    grown: Mask
    touching: Mask

    def is_against(self, arm: ArmBones) -> bool:
        """Whether the arm lies against the body over much of its length: it shares its line."""
        if not self.touching.any():
            return False
        along = arm.nearest(np.argwhere(self.touching)[:, ::-1].astype(np.float64)).along
        length = sum(float(np.hypot(*(end - start))) for start, end in arm.segments)
        return float(np.ptp(along)) > _AGAINST * length


def arm_borders(alpha: Float32, labels: Labels, anatomy: Anatomy) -> tuple[ArmBorder, ArmBorder]:
    """Where the left and the right arm border on the rest.

    An arm grows out of the body where their border is nearest to the shoulder; what of the border
    lies much farther down the arm is a hand on a hip, or an arm drawn against the side.
    """
    deep = depth(alpha > _ALPHA)
    found = []
    for label, arm in zip(ARMS, anatomy.arms, strict=True):
        own = labels == label
        grown = own & grow((labels != label) & (labels != NOTHING), 1)
        touching = np.zeros_like(grown)
        if grown.any():
            ys, xs = np.nonzero(grown)
            along = arm.nearest(np.stack([xs, ys], axis=1).astype(np.float64)).along
            half = _half_width(own.shape, deep, [(arm.elbow, arm.wrist), (arm.wrist, arm.hand)])
            far = along > along.min() + _GROWN * half
            if far.sum() > _TOUCHES * anatomy.torso:
                touching[ys[far], xs[far]] = True
        found.append(ArmBorder(grown & ~touching, touching))
    return found[0], found[1]


def _from_bones(ways: Geodesics, deep: Float32, bones: list[tuple[Points, Points]]) -> Float32:
    """Pixels from each pixel to the bones, less the figure's half width along them."""
    shape = (deep.shape[0], deep.shape[1])
    away = ways.away(draw_bones(shape, bones, 1))
    return np.asarray(away - np.float32(_half_width(shape, deep, bones)), np.float32)


def _half_width(shape: tuple[int, int], deep: Float32, bones: list[tuple[Points, Points]]) -> float:
    """The figure's half width along bones, in pixels."""
    drawn = draw_bones(shape, bones, 1)
    return float(np.median(deep[drawn])) if drawn.any() else 0.0
