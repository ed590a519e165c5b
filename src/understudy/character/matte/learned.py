"""The learned matte, corrected by tracker, skeleton and flat background.

A salient-object net (ISNet, U²-Net) finds hair, ears, hats and hems that a tracker's mask cuts off.
It makes mistakes of its own: it drops limbs in the dark, makes cloth that is as pale as the
background half transparent, and keeps neighbours. The tracker's mask, the arms' own masks and
the skeleton restore the limbs, a flood fill over a flat background finds what that colour encloses,
and only what is connected to the skeleton is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.figure.anatomy import LEGS, Anatomy, Points, draw_bones, draw_disc
from understudy.character.image.colour import to_lab
from understudy.character.image.guided_filter import guided_filter
from understudy.character.image.masks import (
    Mask,
    depth,
    grow,
    opened,
    pieces_of,
    shrink,
    touching,
)
from understudy.character.matte.arm_gaps import ground_beside_arms
from understudy.character.matte.sleeves import NUMBERS as SLEEVES
from understudy.character.matte.sleeves import Seen, gaps_in_arm, restored_sleeve
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class LearnedMatteNumbers:
    """Lengths in T (the torso's length) unless said otherwise; shares in 0..1. Found by eye on the
    foreign pictures of the study and those that the project draws.
    """

    figure: float = 0.5
    """From this share on a pixel counts as figure."""
    trace: float = 0.1
    """Less than this is nothing that stands out."""
    hint: float = 0.03
    """More than this a net says of what it fades out, and less of what it sees a gap in."""
    doubt: float = 0.4
    """From this share on the tracker's word makes a pixel solid; below, holes and veils stay."""
    solid: float = 0.6
    """Wide half-transparent areas are solid from this share on: the net doubts dark cloth, and hair
    and edges are narrow."""
    wide: float = 0.02
    """Half the width from which an area is wide."""
    dropped: float = 0.4
    """A limb whose bone has less than this in the middle was dropped by the net."""
    sure_mask: float = 0.9
    """From this share on the tracker is sure of its mask, away from its edge."""
    mask_edge: float = 0.04
    """How far from its edge the tracker's mask, which is coarse, is believed."""
    limb_mask: float = 0.6
    """From this share on the tracker's mask restores a limb that the net dropped."""
    limb_sure: float = 0.75
    """The median of the tracker's mask along a limb's bone from which on the limb is there."""
    limb_reach: float = 0.16
    """How far from its bone a limb is restored."""
    bone: float = 0.035
    """Half width of what is figure along every visible bone."""
    fingers: float = 0.9
    """How far fingers reach beyond the knuckles, in lengths of the hand up to there."""
    gap: float = 0.05
    """Pieces that lie this near to the figure belong to it: a hat's ribbon, a strand."""
    flat_spread: float = 12.0
    """Lab distance from the median of the picture's rim up to which a ground is plain (90 %)."""
    flat_share: float = 0.5
    """Share of the picture without figure that a flood over a plain ground reaches: a frame or a
    black bar round the picture is no ground."""
    flat_step: float = 1.2
    """Lab difference between neighbours up to which a flood over a plain ground goes on."""
    flat_reach: float = 25.0
    """Lab distance from the rim's median at which a flood ends in any case."""
    flat_alike: float = 12.0
    """Lab distance from the rim's median up to which a colour counts as the ground's."""
    rim: int = 4
    """px: rows at the lower edge in which it is seen whether the edge cuts the figure."""
    soft_edge: float = 0.006
    """Radius of the filter that lays the net's coarse edge along the picture's."""
    eps: float = 2e-4
    """The filter's regularisation, squared colours (0..1)."""


NUMBERS = LearnedMatteNumbers()

ArmWitnesses = tuple[Float32 | None, Float32 | None]
"""How likely each pixel is the left and the right arm's, or None."""


def complete_matte(
    picture: Float32,
    learned: Float32,
    mask: Float32,
    anatomy: Anatomy,
    arms: ArmWitnesses = (None, None),
) -> Float32:
    """Alpha (h, w) float32 in 0..1 of the figure that the skeleton belongs to.

    picture: (h, w, 3) float32 sRGB in 0..1. learned: (h, w) float32, the net's matte of everything
    that stands out. mask: (h, w) float32, the tracker's mask. anatomy: in the same frame. arms: how
    likely each pixel is the left and the right arm's, (h, w) float32 in 0..1, where that is known.
    """
    n, unit = NUMBERS, anatomy.torso
    shape = (mask.shape[0], mask.shape[1])
    segments = _visible_segments(anatomy)
    bones = draw_bones(shape, segments, max(2.0, 2 * n.bone * unit))
    bones |= draw_disc(shape, anatomy.head, 0.5 * anatomy.face_width)
    restored = shrink(mask > n.sure_mask, n.mask_edge * unit) & (learned > n.doubt)
    dropped = [segment for segment in segments if _is_dropped(learned, mask, segment)]
    for arm in anatomy.arms:
        # Fingers may point anywhere: they were dropped where the hand was.
        if arm.visibility > 0.5 and _is_dropped(learned, mask, (arm.wrist, arm.hand)):
            dropped += [(arm.hand, arm.hand + n.fingers * (arm.hand - arm.wrist))]
    if dropped:
        limbs = draw_bones(shape, dropped, 2 * n.limb_reach * unit)
        restored |= limbs & (mask > n.limb_mask)
    flat = _beside_flat_ground(picture, learned)
    seen = Seen(picture, mask, learned < n.trace, learned < n.solid, flat is not None, unit)
    sleeves: list[tuple[Float32, Mask]] = []
    for arm, likely in zip(anatomy.arms, arms, strict=True):
        if likely is None:
            continue
        # Bones that were placed beside the arm make nothing figure.
        strays = draw_bones(shape, list(arm.segments), 2 * n.limb_reach * unit)
        strays &= (likely < SLEEVES.no_arm) & seen.nothing
        bones, restored = bones & ~strays, restored & ~strays
        sleeves.append((likely, restored_sleeve(seen, likely)))
        restored |= sleeves[-1][1]
    if flat is not None:
        restored |= touching(flat.alike, bones & flat.alike)
        # Where the net leaves out a leg's bone, what is of another colour beside it is the leg.
        legs = draw_bones(shape, _visible_legs(anatomy), max(2.0, 2 * n.bone * unit))
        left_out = legs & flat.foreign & (learned < n.figure)
        beside = flat.foreign & grow(left_out, n.limb_reach * unit)
        restored |= touching(beside, left_out)
        if (learned[-n.rim :] > n.figure).any():
            # A net fades out towards the edge that cuts a figure; no shadow on a floor is near.
            foreign = opened(flat.foreign & (learned > n.hint), n.wide * unit)
            restored |= foreign & touching(
                foreign | (learned > n.solid), bones & (learned > n.solid)
            )
    cloth = opened((learned > n.trace) & (learned < n.solid), n.wide * unit)
    learned = np.where(cloth, np.clip((learned - n.trace) / (n.solid - n.trace), 0, 1), learned)
    alpha = np.where(restored | (bones & (mask > n.limb_mask)), np.float32(1), learned)
    for likely, sleeve in sleeves:
        alpha[gaps_in_arm(seen, likely, sleeve, alpha > n.figure)] = 1
    alpha = np.where(_belongs(alpha, bones, unit), alpha, np.float32(0)).astype(np.float32)
    alpha = np.where(ground_beside_arms(picture, alpha, anatomy, arms), np.float32(0), alpha)
    return _along_the_picture(picture, alpha, unit)


def _visible_segments(anatomy: Anatomy) -> list[tuple[Points, Points]]:
    """Trunk, arms and legs, as far as they are seen, each as its two ends."""
    segments = [(anatomy.neck, anatomy.pelvis)]
    for arm in anatomy.arms:
        if arm.visibility > 0.5:
            segments.extend(arm.segments)
    return segments + _visible_legs(anatomy)


def _visible_legs(anatomy: Anatomy) -> list[tuple[Points, Points]]:
    """Thighs and shanks, as far as they are seen, each as its two ends."""
    joints, seen = anatomy.joints, anatomy.visibility > 0.5
    segments: list[tuple[Points, Points]] = []
    for hip, knee, ankle, *_ in LEGS:
        segments.extend(
            (joints[a], joints[b]) for a, b in ((hip, knee), (knee, ankle)) if seen[a] and seen[b]
        )
    return segments


def _is_dropped(learned: Float32, mask: Float32, segment: tuple[Points, Points]) -> bool:
    """Whether the tracker is sure of a limb that the net does not see."""
    n = NUMBERS
    return _along(learned, segment) < n.dropped and _along(mask, segment) > n.limb_sure


def _along(learned: Float32, segment: tuple[Points, Points]) -> float:
    """The median of a matte along a line; 1 where the line lies outside the picture."""
    h, w = learned.shape
    steps = np.linspace(0.1, 0.9, 33)[:, None]
    points = np.round(segment[0] + steps * (segment[1] - segment[0])).astype(int)
    inside = points[(points >= 0).all(axis=1) & (points[:, 0] < w) & (points[:, 1] < h)]
    return float(np.median(learned[inside[:, 1], inside[:, 0]])) if len(inside) else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _BesideGround:
    """What a flood fill from the picture's border over a flat background does not reach.

    alike: (h, w) bool, of the background's colour. foreign: (h, w) bool, of other colours.
    """

    alike: Mask
    foreign: Mask


def _beside_flat_ground(picture: Float32, learned: Float32) -> _BesideGround | None:
    """What a flat background encloses; None if the background is not flat or is not most of what
    lies behind the figure.

    The fill does not pass a gap of less than three pixels in a drawn outline.
    """
    n = NUMBERS
    lab = to_lab(picture)
    rim = np.zeros(learned.shape, bool)
    rim[:2] = rim[:, :2] = rim[:, -2:] = rim[-2:] = True
    rim &= learned < n.trace
    if rim.sum() < 0.5 * sum(learned.shape):
        return None
    usual = np.median(lab[rim], axis=0)
    away = np.linalg.norm(lab - usual, axis=-1)
    if float(np.percentile(away[rim], 90)) > n.flat_spread:
        return None
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 0.7), np.float32)
    step = np.zeros(learned.shape, np.float32)
    for axis in (0, 1):
        step = np.maximum(step, np.linalg.norm(np.gradient(smooth, axis=axis), axis=-1))
    reached = _flooded((step < n.flat_step) & (away < n.flat_reach), rim)
    ground = learned < n.trace
    if (reached & ground).sum() < n.flat_share * ground.sum():
        return None
    # A shadow on a wall is not of the ground's colour, but changes into it step by step.
    shaded = _flooded(step < n.flat_step, rim)
    foreign = ~(reached | shaded) & (away >= n.flat_alike)
    return _BesideGround(~reached & (away < n.flat_alike), foreign)


def _flooded(passable: Mask, border: Mask) -> Mask:
    """What a flood from `border` over `passable` reaches, both (h, w) bool, and its rim."""
    passable = shrink(passable, 1.0)
    pieces, _ = pieces_of(passable)
    own = np.unique(pieces[border & passable])
    return grow(np.isin(pieces, own[own > 0]), 3.0)


def _belongs(alpha: Float32, bones: Mask, unit: float) -> Mask:
    """The pixels that are connected to the skeleton, across small gaps."""
    n = NUMBERS
    solid = alpha > n.figure
    joined = grow(solid, n.gap * unit / 2)
    pieces, _ = pieces_of(joined)
    own = np.unique(pieces[bones & solid])
    own = own[own > 0]
    if own.size == 0:
        return np.ones(alpha.shape, bool)
    kept = np.isin(pieces, own) & solid
    others = solid & ~kept
    near = depth(~kept)
    if not others.any():
        return np.ones(alpha.shape, bool)
    # Half-transparent pixels go with the piece that is nearer.
    return np.asarray(near <= depth(~others))


def _along_the_picture(picture: Float32, alpha: Float32, unit: float) -> Float32:
    """The alpha with its edges moved onto the picture's edges."""
    n = NUMBERS
    radius = max(2, round(n.soft_edge * unit))
    smooth = guided_filter(picture, alpha, radius=radius, eps=n.eps)
    edge = grow((alpha > 0.02) & (alpha < 0.98), radius)
    fitted = np.where(edge, smooth, alpha)
    return np.clip((fitted - 0.05) / 0.9, 0, 1).astype(np.float32)
