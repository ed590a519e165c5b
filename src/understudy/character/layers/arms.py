"""Finding the arms: a contour along upper arm and forearm, with the hand at its end."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from understudy.character.figure.anatomy import (
    Anatomy,
    ArmBones,
    Points,
    draw_bones,
    draw_disc,
    draw_polygon,
)
from understudy.character.image.masks import Mask, grow
from understudy.character.layers.limb_contour import (
    Outline,
    Strip,
    matte_width,
    polygon,
    straighten,
    trace,
)
from understudy.geometry.hand_landmarks import HAND_BONES
from understudy.geometry.landmarks import Float32

SHOULDER, ELBOW, WRIST = 0.105, 0.085, 0.06  # T: half widths of a bare arm


@dataclass(frozen=True, slots=True)
class ArmNumbers:
    """How an arm is traced. T is the torso's length; rows run along a bone, a pixel each."""

    widest: float = 2.6
    """A sleeve is at most this many times as wide as the bare arm,"""
    widest_before_body: float = 1.3
    """or this many where the arm hangs before the trunk."""
    forearm_begin: float = 0.02
    """T: a forearm's strip begins this far before the elbow."""
    sure: float = 0.85
    """Of the half width: further out, a contour is not sure to be the arm."""
    first_rows: int = 10
    """Rows of a contour's beginning that tell the joint's width,"""
    last_rows: int = 8
    """and of its end."""
    least_joint: int = 3
    """px: radius of the discs at shoulder and elbow, at least,"""
    most_elbow: float = 0.12
    """T: at the elbow at most,"""
    most_shoulder: float = 0.14
    """T: and at the shoulder."""
    finger_bone: int = 2
    """px: width of the fingers' bones, drawn in case the hull leaves one out."""
    hand_margin: float = 0.018
    """T: round the hand's landmarks."""
    finger: float = 0.022
    """T: width of what is surely a finger."""
    hand_reach: float = 1.7
    """Of the way from wrist to knuckles: how far a hand without landmarks reaches,"""
    hand_width: float = 0.2
    """T: how wide it may be,"""
    sure_hand_reach: float = 1.25
    """of the way to the knuckles: how far it surely reaches,"""
    sure_hand_width: float = 0.05
    """T: and how wide it surely is."""
    carried_on: float = 0.7
    """Weight of the upper arm's width where the forearm begins,"""
    carried_rows: float = 0.5
    """share of the forearm along which it fades."""
    free_search: float = 1.3
    """Of the widest inner half width: how far the matte's edge is looked for, and"""
    free: float = 1.25
    """of the half width: up to where an edge makes the inner side a free one;"""
    free_slack: int = 2
    """px: both with this added."""
    free_rows: int = 9
    """Rows that decide together whether a side is free."""
    even: tuple[float, float] = (0.8, 1.4)
    """Bounds of an arm's width, in widths of the bare one, where both sides are made alike."""
    even_most: float = 0.9
    """Of that width: the bone says this much where cloth lies over the inner side."""
    even_least: float = 0.5
    """Of the inner half width: it is not narrowed below that."""
    known_rows: float = 0.25
    """Share of rows with a width from the matte, below which the bare arm's is taken."""
    prior_median: int = 6
    """Parts of the bone: outliers of the matte's width shorter than one are dropped,"""
    prior_smooth: float = 12
    """and its deviation of smoothing is one of these,"""
    least_smooth: float = 2.0
    """rows: at least."""
    prior: tuple[float, float] = (0.75, 1.9)
    """Bounds of the expected width, in widths of the bare arm."""


NUMBERS = ArmNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class ArmRegion:
    """The region of one arm, including hidden parts; all (h, w) bool.

    whole: contour and hand. sure: certainly arm: the half of the contour that faces away from the
    torso, all of it where the arm hangs free, and the bones of the hand.
    even: the arm with both sides equally wide, which limits how much of it may be hidden. hand: the
    hand alone.
    """

    whole: Mask
    sure: Mask
    even: Mask
    hand: Mask


def find_arm(  # noqa: PLR0913 - one arm's surroundings
    lab: Float32,
    alpha: Float32,
    over: Mask,
    anatomy: Anatomy,
    arm: ArmBones,
    *,
    before_body: bool = False,
) -> ArmRegion:
    """Trace one arm.

    lab: (h, w, 3) float32 Lab of the figure, edges kept and texture smoothed away; alpha: (h, w)
    float32; over: (h, w) bool, hair known to lie in front. before_body: the arm is in front of the
    trunk, so the matte does not show its width.
    """
    shape, unit = alpha.shape, anatomy.torso
    foreign = over.astype(np.float32)
    whole, sure, even = (np.zeros(shape, bool) for _ in range(3))
    middle = (anatomy.neck + anatomy.pelvis) / 2
    ends: list[Points] = []
    last: Outline | None = None
    for start, end, bare, beyond in (
        (arm.shoulder, arm.elbow, (SHOULDER * unit, ELBOW * unit), 0.0),
        (arm.elbow, arm.wrist, (ELBOW * unit, WRIST * unit), NUMBERS.forearm_begin * unit),
    ):
        strip, line = _bone(lab, alpha, foreign, start, end, bare, beyond, last, before_body)
        last = line
        across = np.array([-(end - start)[1], (end - start)[0]])
        outer = -1.0 if (middle - start) @ across > 0 else 1.0
        whole |= draw_polygon(shape, polygon(strip, line))
        inner = -outer * NUMBERS.sure * _ends_free(strip, line, outer)
        band = (inner, NUMBERS.sure) if outer > 0 else (-NUMBERS.sure, inner)
        sure |= draw_polygon(shape, polygon(strip, line, *band))
        even |= draw_polygon(shape, polygon(strip, _evened(strip, line, outer, bare)))
        first, final = NUMBERS.first_rows, NUMBERS.last_rows
        ends += [np.concatenate([line.plus[:first], line.minus[:first]])]
        ends += [np.concatenate([line.plus[-final:], line.minus[-final:]])]
    least = NUMBERS.least_joint
    joint = float(np.clip(np.median(np.concatenate(ends[1:3])), least, NUMBERS.most_elbow * unit))
    root = float(np.clip(np.median(ends[0]), least, NUMBERS.most_shoulder * unit))
    joints = draw_disc(shape, arm.elbow, joint) | draw_disc(shape, arm.shoulder, root)
    hand, hand_core = _hand(shape, arm, unit)
    return ArmRegion(whole | joints | hand, sure | hand_core, even | joints, hand)


def _hand(shape: tuple[int, int], arm: ArmBones, unit: float) -> tuple[Mask, Mask]:
    """The region in which the hand may be, and its bones."""
    if arm.fingers is not None:
        bones = [(arm.fingers[a], arm.fingers[b]) for a, b in HAND_BONES]
        hull = np.asarray(cv2.convexHull(arm.fingers.astype(np.float32))[:, 0], np.float64)
        hand = draw_polygon(shape, hull) | draw_bones(shape, bones, NUMBERS.finger_bone)
        return grow(hand, NUMBERS.hand_margin * unit), draw_bones(
            shape, bones, NUMBERS.finger * unit
        )
    way = arm.hand - arm.wrist
    end, sure_end = arm.wrist + NUMBERS.hand_reach * way, arm.wrist + NUMBERS.sure_hand_reach * way
    hand = draw_bones(shape, [(arm.wrist, end)], NUMBERS.hand_width * unit)
    return hand, draw_bones(shape, [(arm.wrist, sure_end)], NUMBERS.sure_hand_width * unit)


def _bone(  # noqa: PLR0913 - one bone's surroundings
    lab: Float32,
    alpha: Float32,
    foreign: Float32,
    start: Points,
    end: Points,
    bare: tuple[float, float],
    beyond: float,
    before: Outline | None,
    before_body: bool,
) -> tuple[Strip, Outline]:
    """One bone's strip and outline; `before` is the outline of the bone that it goes on from."""
    reach = int(max(bare) * NUMBERS.widest) + 3
    strip = straighten(lab, alpha, foreign, start, end, reach=reach, beyond=beyond)
    expected = np.linspace(bare[0], bare[1], len(strip.lab))
    widest = NUMBERS.widest_before_body if before_body else NUMBERS.widest
    plus, minus = matte_width(strip, widest * max(bare))
    wanted_plus, wanted_minus = _prior(expected, plus, minus), _prior(expected, minus, plus)
    if before is not None:
        rows, final = len(expected), NUMBERS.last_rows
        fade = np.clip(1 - np.arange(rows) / (NUMBERS.carried_rows * rows), 0, 1)
        fade = NUMBERS.carried_on * fade
        wanted_plus = wanted_plus * (1 - fade) + np.median(before.plus[-final:]) * fade
        wanted_minus = wanted_minus * (1 - fade) + np.median(before.minus[-final:]) * fade
    return strip, trace(strip, wanted_plus, wanted_minus)


def _ends_free(strip: Strip, line: Outline, outer: float) -> Points:
    """Whether the inner side ends at the background and not at the body, for each row (n,): 0 or
    1."""
    inside = line.minus if outer > 0 else line.plus
    limit = NUMBERS.free_search * float(inside.max()) + NUMBERS.free_slack
    matte = matte_width(strip, limit)[1 if outer > 0 else 0]
    free = np.nan_to_num(matte, nan=1e9) < NUMBERS.free * inside + NUMBERS.free_slack
    return np.asarray(
        median_filter(free.astype(np.float64), size=NUMBERS.free_rows, mode="nearest")
    )


def _evened(strip: Strip, line: Outline, outer: float, bare: tuple[float, float]) -> Outline:
    """The outlines, with the inner side as far from the outer one as the arm is wide elsewhere."""
    n = len(line.plus)
    usual = 2 * np.linspace(bare[0], bare[1], n)
    ratio = float(np.clip(np.median((line.plus + line.minus) / usual), *NUMBERS.even))
    outside, inside = (line.plus, line.minus) if outer > 0 else (line.minus, line.plus)
    # Where cloth lies over the inner side, the bone says more than the edge of the cloth.
    most = np.maximum(np.maximum(outside, inside), NUMBERS.even_most * ratio * usual - outside)
    inside = np.clip(ratio * usual - outside, NUMBERS.even_least * inside, most)
    return Outline(outside, inside) if outer > 0 else Outline(inside, outside)


def _prior(bare: Points, own: Points, other: Points) -> Points:
    """Expected half width of one side: the matte's where it ends near by, else the other side's."""
    width = np.where(np.isnan(own), other, own)
    known = ~np.isnan(width)
    if known.sum() < NUMBERS.known_rows * len(width):
        return bare
    rows = np.arange(len(width))
    ratio = np.interp(rows, rows[known], (width / bare)[known])
    ratio = median_filter(
        ratio, size=max(3, len(ratio) // NUMBERS.prior_median) | 1, mode="nearest"
    )
    ratio = np.clip(ratio, *NUMBERS.prior)
    return np.asarray(
        bare
        * gaussian_filter1d(ratio, max(NUMBERS.least_smooth, len(ratio) / NUMBERS.prior_smooth))
    )
