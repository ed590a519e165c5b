"""To which part of the figure each pixel belongs: body, left arm or right arm."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from understudy.character.figure.anatomy import Anatomy, ArmBones
from understudy.character.figure.body_core import body_core
from understudy.character.image.colour import likeness, smoothed_lab, to_lab
from understudy.character.image.masks import (
    Mask,
    box_of,
    closed,
    depth,
    grow,
    largest,
    opened,
    pieces_of,
    touching,
    without_small,
)
from understudy.character.image.palette import Colours
from understudy.character.layers.arm_regions import FoundArm, find_regions
from understudy.character.layers.hair import hair_mask
from understudy.character.learned.arm_masks import ArmMasks
from understudy.character.matte.matte import Matte
from understudy.geometry.landmarks import Float32

Labels = NDArray[np.uint8]

NOTHING, BODY, ARMS = 0, 1, (2, 3)


@dataclass(frozen=True, slots=True)
class PartNumbers:
    """How pixels are given to body and arms. T is the torso's length; `alike` is 1 for the arm's
    colours, 0 for the body's.
    """

    alpha: float = 0.3
    """Pixels of less belong to nobody: they follow their nearest neighbour."""
    alike: float = 0.3
    """From this likeness on a pixel may be the arm's, below it is the body's."""
    sliver: float = 0.012
    """T: narrower hidden strips of an arm are no hidden arm,"""
    least_hidden: float = 0.006
    """T^2: nor are smaller pieces."""
    hair_over: float = 0.12
    """T: hair this near to a hidden piece lies over the arm, too."""
    least_pixels: int = 50
    """px: fewer tell no colour."""
    own: float = 0.4
    """Of the body's likelihood: what has more of the arm's is trusted,"""
    least_trusted: float = 0.3
    """unless less than this share of the arm's sure part would be left."""
    view: float = 0.3
    """T: round an arm's region, where it is looked for."""
    outside: float = 0.2
    """T: how far outside of its region colours are compared,"""
    inside: float = 0.1
    """T: and how far inside."""
    body_margin: float = 0.03
    """T: from here out, what is beside an arm's region tells the body's colours."""
    reach: float = 0.25
    """T: how far colours are taken from,"""
    least_reach: int = 6
    """px: at least."""
    sure: tuple[float, float] = (0.02, 0.98)
    """Bounds of the likeness that votes."""
    colour_weight: float = 0.9
    """Weight of the colours' log odds;"""
    place: float = 0.018
    """T: depth in the region that votes as much as log odds of 1,"""
    place_votes: tuple[float, float] = (-3.2, 2.2)
    """bounded by these."""
    hair_votes: float = 2.5
    """Votes against an arm where there is hair."""
    nothing: float = -6
    """Votes where there is no figure."""
    neighbours: tuple[int, float, float] = (5, 4.0, 1.5)
    """Bilateral filter that makes neighbours agree: px, votes, px,"""
    rounds: int = 2
    """this many times."""
    crumb: int = 2
    """px: radius of crumbs that are dropped."""
    cuff: float = 0.055
    """T: radius of what cuts an arm in two and is closed: a cuff, a bracelet."""
    near_arm: float = 0.45
    """T: how far from an arm's contour a sleeve may reach,"""
    sleeve: float = 0.20
    """T: or, on the arm's outer side, surely belongs to it;"""
    above_shoulder: float = 0.3
    """T: nothing higher above the shoulder does."""
    beside: float = 1.1
    """Of the shoulders' half width: further from the trunk's axis is the arm's."""
    body_sliver: float = 0.016
    """T: radius below which a strip of body is a sliver,"""
    arm_sliver: float = 0.03
    """T: the same inside of an arm's contour;"""
    cloth: float = 0.01
    """T: radius from which on a strip of the body's colours is cloth that shows past a hand,"""
    near_core: float = 0.12
    """T: this near to what is surely body."""
    outline: float = 0.02
    """T: a sliver this near to an arm is the arm's outline, or its sleeve's."""
    body_share: float = 0.35
    """Share of a loose piece that must be bodily for it to stay body,"""
    least_piece: float = 0.0005
    """share of the body: and its least area."""


NUMBERS = PartNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """labels: (h, w) uint8, NOTHING, BODY or one of ARMS, by what is on top. arms: the whole of
    each arm, including what is hidden, or None where it is no layer of its own. overlay: (h, w)
    bool, what lies in front of the arms. hair: (h, w) bool.
    """

    labels: Labels
    arms: tuple[Mask | None, Mask | None]
    overlay: Mask
    hair: Mask


def find_parts(
    matte: Matte,
    anatomy: Anatomy,
    movable: tuple[bool, bool],
    masks: ArmMasks = (None, None),
) -> Parts:
    """Tell body and arms apart.

    movable: of which arms (left, right) a layer is wanted. masks: of the arms, where a segmenter
    found them; an arm without one that is believed is found by its contour.
    """
    alpha, unit = matte.alpha, anatomy.torso
    inside = alpha > NUMBERS.alpha
    colours = Colours(to_lab(matte.colours))
    hair = hair_mask(colours, alpha, anatomy)
    lab = smoothed_lab(matte.colours)
    core = body_core(anatomy, alpha.shape)
    found = find_regions(lab, matte, hair, anatomy, movable, masks)
    regions = [None if arm is None else arm.region for arm in found]
    labels = np.where(inside, np.uint8(BODY), np.uint8(NOTHING))
    taken = np.zeros(alpha.shape, bool)
    for region in regions:
        if region is not None:
            taken |= region.whole
    bodily = np.zeros(alpha.shape, bool)
    for label, bones, arm in zip(ARMS, anatomy.arms, found, strict=True):
        if arm is None:
            continue
        region = arm.region
        sure = _trusted(region.sure & inside & ~hair, core & inside & ~taken, colours)
        other = taken & ~region.whole
        visible, alike = _visible(lab, inside, arm, sure, other, hair, unit)
        labels[visible] = label
        if arm.votes is None:
            free = inside & ~taken & ~core & ~hair & (alike > NUMBERS.alike)
            labels[_belongs_to_arm(free, visible, core, anatomy, bones)] = label
        bodily |= (alike < NUMBERS.alike) & (~taken | region.hand)
    _settle(labels, core, bodily, taken & ~hair, unit)
    arms: list[Mask | None] = []
    overlay = np.zeros(alpha.shape, bool)
    for label, region in zip(ARMS, regions, strict=True):
        if region is None:
            arms.append(None)
            continue
        hidden = opened(region.even & inside & (labels == BODY), NUMBERS.sliver * unit)
        hidden = without_small(hidden, NUMBERS.least_hidden * unit**2)
        arms.append(largest((labels == label) | hidden))
        overlay |= hidden | (hair & grow(hidden, NUMBERS.hair_over * unit))
    return Parts(labels, (arms[0], arms[1]), overlay & (labels == BODY), hair)


def _trusted(sure: Mask, body: Mask, colours: Colours) -> Mask:
    """The sure part of an arm without what has the body's colours and hardly the arm's."""
    if min(sure.sum(), body.sum()) < NUMBERS.least_pixels:
        return sure
    own = colours.look_up(colours.palette(sure))
    foreign = colours.look_up(colours.palette(body))
    trusted = sure & (own > NUMBERS.own * foreign)
    return trusted if trusted.sum() > NUMBERS.least_trusted * sure.sum() else sure


def _visible(  # noqa: PLR0913 - one arm's surroundings
    lab: Float32,
    inside: Mask,
    arm: FoundArm,
    sure: Mask,
    other: Mask,
    hair: Mask,
    unit: float,
) -> tuple[Mask, Float32]:
    """What is seen of an arm: its region, corrected where the colours say otherwise.

    Compares each pixel in and near the region with the arm's sure part and with the body next to
    it; where both look alike the region decides, or its mask's votes where it has one.
    Returns the arm and the comparison (h, w), 1 the arm's colours, 0 the body's.
    """
    region = arm.region
    alike = np.full(inside.shape, np.float32(0.5))
    visible = np.zeros(inside.shape, bool)
    view = box_of(region.whole, NUMBERS.view * unit)
    if view is None:
        return visible, alike
    here = inside[view]
    within, without = depth(region.whole[view]), depth(~region.whole[view])
    where = here & (without < NUMBERS.outside * unit) & (within < NUMBERS.inside * unit)
    first = sure[view]
    second = here & (without > NUMBERS.body_margin * unit) & ~other[view]
    reach = max(NUMBERS.least_reach, round(NUMBERS.reach * unit))
    alike[view] = likeness(np.ascontiguousarray(lab[view]), first, second, where, reach)
    p = np.clip(alike[view], *NUMBERS.sure)
    if arm.votes is None:
        place = np.clip((within - without) / (NUMBERS.place * unit), *NUMBERS.place_votes)
    else:
        place = arm.votes[view]
        # The other arm's colours are this arm's as well: its mask has the word.
        here = here & ~other[view]
    votes = NUMBERS.colour_weight * np.log(p / (1 - p)) + place
    votes = np.where(hair[view], votes - NUMBERS.hair_votes, votes)
    votes = np.where(here, votes, NUMBERS.nothing).astype(np.float32)
    for _ in range(NUMBERS.rounds):
        votes = np.asarray(cv2.bilateralFilter(votes, *NUMBERS.neighbours), np.float32)
    seen = opened((votes > 0) & here, NUMBERS.crumb)
    # A cuff or a bracelet of the body's colours does not cut the arm in two.
    band = closed(seen, NUMBERS.cuff * unit) & region.sure[view] & here & ~hair[view]
    band &= ~region.hand[view]
    seen |= band
    visible[view] = touching(seen, first & seen)
    return visible, alike


def _belongs_to_arm(free: Mask, contour: Mask, core: Mask, anatomy: Anatomy, arm: ArmBones) -> Mask:
    """Pixels of the matte near the arm that its contour left out: sleeves, cuffs, slivers."""
    unit = anatomy.torso
    to_arm, to_body = depth(~contour), depth(~core)
    ys, xs = np.nonzero(free & (to_arm < to_body) & (to_arm < NUMBERS.near_arm * unit))
    outer, past_wrist = _outer_side(xs, ys, anatomy, arm)
    beside = np.abs(xs - anatomy.axis_x(ys.astype(np.float64)))
    low = ys > arm.shoulder[1] - NUMBERS.above_shoulder * unit
    own = outer & (to_arm[ys, xs] < NUMBERS.sleeve * unit) & ~past_wrist
    own |= beside > NUMBERS.beside * anatomy.shoulder_half_width
    belongs = np.zeros(free.shape, bool)
    belongs[ys, xs] = own & low
    return belongs


def _outer_side(
    xs: NDArray[np.intp], ys: NDArray[np.intp], anatomy: Anatomy, arm: ArmBones
) -> tuple[Mask, Mask]:
    """For pixels (n,): whether they lie on the side of their nearest arm bone that looks away from
    the trunk, and whether they lie past the wrist."""
    middle = (anatomy.neck + anatomy.pelvis) / 2
    nearest = np.full(xs.shape, np.inf)
    outer, past = np.zeros(xs.shape, bool), np.zeros(xs.shape, bool)
    for number, (a, b) in enumerate(arm.segments[:2]):
        along = b - a
        length2 = max(1.0, float(along @ along))
        t = ((xs - a[0]) * along[0] + (ys - a[1]) * along[1]) / length2
        held = np.clip(t, 0, 1)
        dx, dy = xs - a[0] - held * along[0], ys - a[1] - held * along[1]
        across = np.array([-along[1], along[0]])
        across = across * np.sign((middle - a) @ across)
        distance = np.hypot(dx, dy)
        closer = distance < nearest
        nearest[closer] = distance[closer]
        outer[closer] = (dx * across[0] + dy * across[1] < 0)[closer]
        past[closer] = ((t > 1) & (number == 1))[closer]
    return outer, past


def _settle(labels: Labels, core: Mask, bodily: Mask, taken: Mask, unit: float) -> None:
    """Make every part one piece, in place: crumbs and slivers go to the part that they touch."""
    body = labels == BODY
    slivers = body & ~opened(body, NUMBERS.body_sliver * unit) & ~core
    slivers |= body & taken & ~opened(body, NUMBERS.arm_sliver * unit) & ~core
    # Too wide for a drawn outline, and the body's by its colours: cloth that shows past a hand.
    slivers &= ~opened(body & bodily & grow(core, NUMBERS.near_core * unit), NUMBERS.cloth * unit)
    for label in ARMS:
        arm = labels == label
        # A sliver between an arm and the background is the arm's outline, or its sleeve's.
        labels[slivers & grow(arm, NUMBERS.outline * unit)] = label
    for label in ARMS:
        here = labels == label
        labels[here & ~largest(here)] = BODY
    pieces, areas = pieces_of(labels == BODY)
    if areas.size < 3:
        return
    biggest = 1 + int(np.argmax(areas[1:]))
    beside = grow(core, NUMBERS.near_core * unit)
    for piece in range(1, areas.size):
        if piece == biggest:
            continue
        here = pieces == piece
        share = float((core | bodily)[here].mean())
        large = areas[piece] > NUMBERS.least_piece * areas[biggest]
        if share > NUMBERS.body_share and (here & beside).any() and large:
            continue
        rim = grow(here, 2)
        touched = [int(((labels == label) & rim).sum()) for label in ARMS]
        if max(touched) > 0:
            labels[here] = ARMS[int(np.argmax(touched))]


def spread_labels(labels: Labels) -> Labels:
    """Labels carried out to the pixels of nobody, each taking its nearest neighbour's."""
    index = distance_transform_edt(labels == NOTHING, return_distances=False, return_indices=True)
    return np.asarray(labels[index[0], index[1]])
