"""Where an arm lies by its learned mask: with its sleeve, its hand and what the hand holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import grey_dilation

from understudy.character.figure.anatomy import Anatomy, draw_bones
from understudy.character.image.guided_filter import guided_filter
from understudy.character.image.masks import Mask, closed, opened, pieces_of, shrink, touching
from understudy.character.layers.arms import ArmRegion
from understudy.character.learned.arm_masks import ArmMask, not_the_arm
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class MaskedArmNumbers:
    """How far a learned mask is believed. T is the torso's length. All set by eye."""

    confidence: float = 0.55
    """From this confidence on a mask is believed; below, the contour along the bones is better."""
    sure_arm: float = 0.8
    """From this confidence on an arm can be lifted off the body or the other arm that it covers."""
    likely: float = 0.5
    """From this likelihood on a pixel is the arm's,"""
    sure: float = 0.9
    """and from this one it surely is,"""
    sure_share: float = 0.3
    """of the arm: where less is, as a bare hand without its sleeve, all of it tells the colours;"""
    margin: int = 2
    """px: this far inside of the mask, which is coarse."""
    edge: float = 0.02
    """T: radius in which the mask's edge is laid along the picture's,"""
    eps: float = 1e-3
    """with this regularisation, squared colours (0..1)."""
    hidden: float = 0.3
    """T: hair and cloth narrower than twice this hide an arm whose mask goes on at both sides, and
    what is seen of its inner half may end for as long under a hem."""
    piece: float = 0.1
    """Share of an arm that makes a piece of it one worth the name."""
    root: float = 0.4
    """Share of the upper arm, from the shoulder on, where the arm goes as far as its contour does:
    masks like to leave the shoulder to the body, and an arm without one comes off when it lifts;"""
    root_width: float = 0.26
    """T: how wide at most,"""
    root_likely: float = 0.75
    """and how likely its pixels are the arm's, at least."""
    lopsided: float = 1.5
    """Of an arm's width on its outer side: where it reaches so much farther before the trunk, the
    mask took the trunk's clothes for the sleeve, which may be of the same cloth;"""
    level: float = 0.6
    """unless it reaches there downwards: sine of the direction in which a sleeve hangs."""
    panel: float = 0.03
    """T: half of how wide such a piece of clothes is, at least."""
    votes: float = 3.0
    """Bound of the mask's votes, log odds: then strange colours can outvote it."""


NUMBERS = MaskedArmNumbers()


def is_believed(mask: ArmMask | None) -> bool:
    """Whether an arm's mask is better than its contour."""
    return mask is not None and mask.confidence >= NUMBERS.confidence


def is_sure(mask: ArmMask | None) -> bool:
    """Whether an arm's mask is good enough to lift the arm off what it covers."""
    return mask is not None and mask.confidence >= NUMBERS.sure_arm


def is_one_piece(arm: Mask) -> bool:
    """Whether an arm (h, w) has no second piece worth the name."""
    areas = pieces_of(arm)[1][1:]
    return bool((areas > NUMBERS.piece * areas.sum()).sum() == 1)


def by_mask(
    mask: ArmMask, contour: ArmRegion, colours: Float32, anatomy: Anatomy, side: int
) -> tuple[ArmRegion, Float32]:
    """The arm's region by its mask, and the mask's votes (h, w): above 0 is the arm, log odds.

    contour: the same arm by its contour, which alone tells the hand and what may be hidden.
    colours: (h, w, 3) float32 sRGB 0..1. side: 0 left, 1 right.
    """
    unit, shape = anatomy.torso, (mask.likely.shape[0], mask.likely.shape[1])
    radius = max(2, round(NUMBERS.edge * unit))
    likely = guided_filter(colours, mask.likely, radius=radius, eps=NUMBERS.eps)
    others = not_the_arm(anatomy, side, shape)
    root = contour.whole & _root(anatomy, side, shape)
    likely = np.where(root, np.maximum(likely, np.float32(NUMBERS.root_likely)), likely)
    likely = np.where(others, np.float32(0), np.clip(likely, 0, 1))
    bones = draw_bones(shape, list(anatomy.arms[side].segments), 1)
    clothes = _clothes_of_the_trunk(likely > NUMBERS.likely, contour.whole, anatomy, side)
    likely = np.where(clothes, np.float32(0), likely)
    whole = touching(likely > NUMBERS.likely, bones & (likely > NUMBERS.likely))
    likely = np.where((likely > NUMBERS.likely) & ~whole, np.float32(0), likely)
    inside = shrink(whole, NUMBERS.margin)
    sure = (mask.likely > NUMBERS.sure) & inside
    if sure.sum() < NUMBERS.sure_share * whole.sum():
        sure = inside
    even = contour.even & closed(whole, NUMBERS.hidden * unit) & ~others
    bound = 1 / (1 + np.exp(-NUMBERS.votes))
    p = np.clip(likely, 1 - bound, bound)
    votes = np.log(p / (1 - p)).astype(np.float32)
    return ArmRegion(whole, sure, even, contour.hand & whole), votes


def _root(anatomy: Anatomy, side: int, shape: tuple[int, int]) -> Mask:
    """Round the shoulder and the upper arm's beginning, (h, w) bool."""
    arm = anatomy.arms[side]
    end = arm.shoulder + NUMBERS.root * (arm.elbow - arm.shoulder)
    return draw_bones(shape, [(arm.shoulder, end)], NUMBERS.root_width * anatomy.torso)


def _clothes_of_the_trunk(whole: Mask, contour: Mask, anatomy: Anatomy, side: int) -> Mask:
    """What a mask took of the trunk's clothes, (h, w) bool: what lies past the arm's contour, where
    the arm would be much wider towards the trunk's middle than on its other side."""
    arm, unit = anatomy.arms[side], anatomy.torso
    rows, columns = np.nonzero(whole)
    wide = np.zeros(whole.shape, bool)
    inner = np.zeros(whole.shape, bool)
    if not rows.size:
        return wide
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    axis = anatomy.axis_x(points[:, 1])
    from_axis = np.abs(points[:, 0] - axis)
    on_trunk = (rows > anatomy.neck[1]) & (rows < anatomy.pelvis[1])
    on_trunk &= from_axis < anatomy.shoulder_half_width
    nearest = arm.nearest(points)
    apart = points - nearest.places
    away = np.hypot(apart[:, 0], apart[:, 1])
    level = np.abs(apart[:, 1]) < NUMBERS.level * away
    inwards = apart[:, 0] * (axis - nearest.places[:, 0]) > 0
    towards = level & inwards & on_trunk & (nearest.bone < len(arm.segments) - 1)
    # How far the arm reaches on its other side, by pixels along its bones.
    steps = np.round(nearest.along).astype(int)
    outer = np.zeros(int(steps.max()) + 1)
    np.maximum.at(outer, steps[~inwards], away[~inwards])
    reach = NUMBERS.lopsided * grey_dilation(outer, size=max(1, round(NUMBERS.root_width * unit)))
    inner[rows, columns] = towards
    wide[rows, columns] = towards & (away > reach[steps])
    wide = opened(wide & ~contour, NUMBERS.panel * unit)
    return touching(inner & ~contour, wide)
