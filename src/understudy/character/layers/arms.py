"""Where the arms are: a contour along upper arm and forearm, the hand at its end."""

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

# Half widths of a bare arm in lengths of the torso.
SHOULDER, ELBOW, WRIST = 0.105, 0.085, 0.06
_WIDEST = 2.6  # a sleeve is at most this many times as wide as the arm


@dataclass(frozen=True, slots=True, eq=False)
class ArmRegion:
    """Where one arm lies, hidden parts included; all (h, w) bool.

    whole: contour and hand. sure: what is the arm if anything is: the half of the contour that
        looks away from the torso, all of them where they hang free, and the bones of the hand.
    even: the arm if both its sides were alike, which bounds what of it may be hidden. hand: the
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
    float32; over: (h, w) bool, hair known to lie in front. before_body: the arm hangs before the
    trunk, so that the matte does not tell how wide it is.
    """
    shape, unit = alpha.shape, anatomy.torso
    foreign = over.astype(np.float32)
    whole, sure, even = (np.zeros(shape, bool) for _ in range(3))
    middle = (anatomy.neck + anatomy.pelvis) / 2
    ends: list[Points] = []
    last: Outline | None = None
    for start, end, bare, beyond in (
        (arm.shoulder, arm.elbow, (SHOULDER * unit, ELBOW * unit), 0.0),
        (arm.elbow, arm.wrist, (ELBOW * unit, WRIST * unit), 0.02 * unit),
    ):
        strip, line = _bone(lab, alpha, foreign, start, end, bare, beyond, last, before_body)
        last = line
        across = np.array([-(end - start)[1], (end - start)[0]])
        outer = -1.0 if (middle - start) @ across > 0 else 1.0
        whole |= draw_polygon(shape, polygon(strip, line))
        inner = -outer * 0.85 * _ends_free(strip, line, outer)
        band = (inner, 0.85) if outer > 0 else (-0.85, inner)
        sure |= draw_polygon(shape, polygon(strip, line, *band))
        even |= draw_polygon(shape, polygon(strip, _evened(strip, line, outer, bare)))
        ends += [np.concatenate([line.plus[:10], line.minus[:10]])]
        ends += [np.concatenate([line.plus[-8:], line.minus[-8:]])]
    joint = float(np.clip(np.median(np.concatenate(ends[1:3])), 3, 0.12 * unit))
    root = float(np.clip(np.median(ends[0]), 3, 0.14 * unit))
    joints = draw_disc(shape, arm.elbow, joint) | draw_disc(shape, arm.shoulder, root)
    hand, hand_core = _hand(shape, arm, unit)
    return ArmRegion(whole | joints | hand, sure | hand_core, even | joints, hand)


def _hand(shape: tuple[int, int], arm: ArmBones, unit: float) -> tuple[Mask, Mask]:
    """Where the hand may be, and its bones."""
    if arm.fingers is not None:
        bones = [(arm.fingers[a], arm.fingers[b]) for a, b in HAND_BONES]
        hull = np.asarray(cv2.convexHull(arm.fingers.astype(np.float32))[:, 0], np.float64)
        hand = draw_polygon(shape, hull) | draw_bones(shape, bones, 2)
        return grow(hand, 0.018 * unit), draw_bones(shape, bones, 0.022 * unit)
    way = arm.hand - arm.wrist
    hand = draw_bones(shape, [(arm.wrist, arm.wrist + 1.7 * way)], 0.2 * unit)
    return hand, draw_bones(shape, [(arm.wrist, arm.wrist + 1.25 * way)], 0.05 * unit)


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
    reach = int(max(bare) * _WIDEST) + 3
    strip = straighten(lab, alpha, foreign, start, end, reach=reach, beyond=beyond)
    expected = np.linspace(bare[0], bare[1], len(strip.lab))
    widest = 1.3 if before_body else _WIDEST
    plus, minus = matte_width(strip, widest * max(bare))
    wanted_plus, wanted_minus = _prior(expected, plus, minus), _prior(expected, minus, plus)
    if before is not None:
        fade = 0.7 * np.clip(1 - np.arange(len(expected)) / (0.5 * len(expected)), 0, 1)
        wanted_plus = wanted_plus * (1 - fade) + np.median(before.plus[-8:]) * fade
        wanted_minus = wanted_minus * (1 - fade) + np.median(before.minus[-8:]) * fade
    return strip, trace(strip, wanted_plus, wanted_minus)


def _ends_free(strip: Strip, line: Outline, outer: float) -> Points:
    """Whether the inner side ends at the background, not at the body, in each row (n,): 0 or 1."""
    inside = line.minus if outer > 0 else line.plus
    matte = matte_width(strip, 1.3 * float(inside.max()) + 2)[1 if outer > 0 else 0]
    free = np.nan_to_num(matte, nan=1e9) < 1.25 * inside + 2
    return np.asarray(median_filter(free.astype(np.float64), size=9, mode="nearest"))


def _evened(strip: Strip, line: Outline, outer: float, bare: tuple[float, float]) -> Outline:
    """The outlines with the inner side as far from the outer one as the arm is wide elsewhere."""
    n = len(line.plus)
    usual = 2 * np.linspace(bare[0], bare[1], n)
    ratio = float(np.clip(np.median((line.plus + line.minus) / usual), 0.8, 1.4))
    outside, inside = (line.plus, line.minus) if outer > 0 else (line.minus, line.plus)
    # Where cloth lies over the inner side, the bone says more than the edge of the cloth.
    most = np.maximum(np.maximum(outside, inside), 0.9 * ratio * usual - outside)
    inside = np.clip(ratio * usual - outside, 0.5 * inside, most)
    return Outline(outside, inside) if outer > 0 else Outline(inside, outside)


def _prior(bare: Points, own: Points, other: Points) -> Points:
    """Expected half width of one side: the matte's where it ends near by, else the other side's."""
    width = np.where(np.isnan(own), other, own)
    known = ~np.isnan(width)
    if known.sum() < 0.25 * len(width):
        return bare
    rows = np.arange(len(width))
    ratio = np.interp(rows, rows[known], (width / bare)[known])
    ratio = median_filter(ratio, size=max(3, len(ratio) // 6) | 1, mode="nearest")
    ratio = np.clip(ratio, 0.75, 1.9)
    return np.asarray(bare * gaussian_filter1d(ratio, max(2.0, len(ratio) / 12)))
