"""The layers of a figure seen from the side: the near arm cut out, the far limbs copied from the
near ones.

In profile the near arm hangs before the trunk, of which something is seen on both sides of it, so
that the trunk can be filled in. The far arm and leg are hidden; where the motion brings them out
they look like the near ones in the body's shadow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Layer, LayerName
from understudy.character.figure.anatomy import LEGS, Anatomy, ArmBones, draw_bones, draw_disc
from understudy.character.image.colour import smoothed_lab
from understudy.character.image.masks import (
    Mask,
    depth,
    grow,
    largest,
    opened,
    soften,
    touching,
    without_small,
)
from understudy.character.layers.arms import ELBOW, SHOULDER, WRIST, find_arm
from understudy.character.layers.body_fill import fill_sideways
from understudy.character.layers.layers import freed_colours, premultiplied, soft
from understudy.character.matte.matte import Matte
from understudy.geometry.landmarks import Float32

_ARM_NAMES: tuple[LayerName, LayerName] = ("left_arm", "right_arm")


@dataclass(frozen=True, slots=True)
class ProfileLayerNumbers:
    """How a figure seen from the side is taken apart. T is the torso's length."""

    shaded: float = 0.76
    """What the far limbs keep of the near ones' light."""
    plausible: tuple[float, float] = (0.55, 2.1)
    """An arm whose area is not within these shares of what its bones let expect was not found,"""
    measured_width: float = 0.5
    """T: its area being counted this wide along its bones;"""
    least_bone: float = 0.2
    """T: nor was one whose upper arm or forearm is shorter."""
    figure: float = 0.3
    """Alpha from which on a pixel is figure."""
    crumb: int = 2
    """px: radius of crumbs that are dropped, and how near to the hand its fingers lie."""
    finger: float = 0.02
    """T^2: smaller pieces at the hand are its fingers."""
    shadow: float = 0.05
    """T: the shadow that the arm throws on the trunk tells no colour to go on with;"""
    shadow_core: float = 0.4
    """of the shadow: up to here nothing of the picture is kept beside the arm,"""
    shadow_rest: float = 0.6
    """of the shadow: over the rest more and more is."""
    shoulder: float = 0.1
    """T: radius at the shoulder in which the body keeps the picture's own pixels,"""
    shoulder_soft: float = 2.0
    """px: deviation of its edge."""
    above_shoulder: float = 0.5
    """Of that radius: from further up the body is not continued."""
    solid: float = 0.97
    """Alpha of the pixels that the body is continued from."""
    sliver: float = 0.02
    """T: radius of slivers beside the hand, which tell nothing."""
    rim: float = 6
    """px: how far round the hidden body is filled, too."""
    window: float = 0.28
    """T: how much of each row beside the arm tells its colour: stripes and prints do not."""
    steadied: tuple[float, float] = (0.2, 0.03)
    """By how much neighbouring rows of what is filled in are made to agree; a hem differs by more.
    """
    hidden_rim: float = 0.05
    """T: how far round the arm the figure ends where the body does."""
    hands: float = 0.14
    """T: rows above the near wrist and below the near hand in which the far hand may be seen,"""
    sticks_out: float = 0.05
    """T: and how far past the straight line something has to stick out there to be one."""
    edge_rows: int = 4
    """Rows above and below the arm in which the body's edge is known."""
    edge_sliver: float = 0.008
    """T: radius of slivers along the arm, which are no body,"""
    least_edge_sliver: float = 2.0
    """px: at least,"""
    least_body: float = 0.004
    """T^2: nor are smaller pieces."""
    beyond: int = 2
    """px: the body's edge is free where the near arm does not lie this far outside of it."""
    above_hip: float = 0.06
    """T: the far leg begins this far above the hip joint,"""
    above_hem: float = 0.1
    """T: or this far above a skirt's hem,"""
    leg_soft: float = 0.05
    """T: and comes in over this length."""
    thigh: float = 0.52
    """T: how wide a thigh is at most,"""
    shank: float = 0.44
    """T: a shank,"""
    foot: float = 0.36
    """T: and a foot."""
    leg_edge: float = 0.01
    """T: deviation of the far leg's edge."""


NUMBERS = ProfileLayerNumbers()


def cut_profile(  # noqa: PLR0913 - three are by keyword
    matte: Matte,
    anatomy: Anatomy,
    near: int,
    *,
    arm_moves: bool,
    legs_move: bool,
    hem: float | None,
) -> tuple[Layer, ...]:
    """The layers, back to front, (h, w, 4) premultiplied each: the far arm and leg, the body with
    the near leg, the near arm. Without arms where the near one cannot be told from the body.

    near: 0 where the left side is seen, 1 where the right. hem: of a skirt, canvas y.
    """
    arm = _near_arm(matte, anatomy, near) if arm_moves else None
    if arm is None:
        body, lifted = premultiplied(matte.colours, matte.alpha), None
    else:
        body, lifted = _parted(matte, anatomy, arm, near)
    layers = []
    if lifted is not None:
        layers.append(Layer(_ARM_NAMES[1 - near], _shaded(lifted)))
    if legs_move:
        layers.append(Layer("far_leg", _shaded(_leg(body, anatomy, hem))))
    layers.append(Layer("body", body))
    if lifted is not None:
        layers.append(Layer(_ARM_NAMES[near], lifted))
    return tuple(layers)


def _near_arm(matte: Matte, anatomy: Anatomy, near: int) -> Mask | None:
    """The near arm, (h, w) bool, or None where what was found cannot be one."""
    bones, unit = anatomy.arms[near], anatomy.torso
    inside = matte.alpha > NUMBERS.figure
    nothing = np.zeros(inside.shape, bool)
    region = find_arm(
        smoothed_lab(matte.colours), matte.alpha, nothing, anatomy, bones, before_body=True
    )
    wrist = draw_bones((inside.shape[0], inside.shape[1]), [bones.segments[2]], 2 * WRIST * unit)
    arm = largest(opened((region.whole | wrist) & inside, NUMBERS.crumb))
    # Fingers that the bones missed hang on the hand alone.
    rest = inside & ~arm
    crumbs = rest & ~without_small(rest, NUMBERS.finger * unit**2)
    arm = largest(arm | touching(crumbs, crumbs & grow(region.hand, NUMBERS.crumb)))
    return arm if _is_plausible(arm, bones, unit) else None


def _is_plausible(arm: Mask, bones: ArmBones, unit: float) -> bool:
    lengths = [float(np.linalg.norm(b - a)) for a, b in bones.segments]
    expected = unit * (lengths[0] * (SHOULDER + ELBOW) + lengths[1] * (ELBOW + WRIST))
    upper_and_fore = arm & draw_bones(
        (arm.shape[0], arm.shape[1]), list(bones.segments[:2]), NUMBERS.measured_width * unit
    )
    share = float(upper_and_fore.sum()) / max(expected, 1.0)
    return (
        bool(NUMBERS.plausible[0] < share < NUMBERS.plausible[1])
        and min(lengths[:2]) > NUMBERS.least_bone * unit
    )


def _parted(matte: Matte, anatomy: Anatomy, arm: Mask, near: int) -> tuple[Float32, Float32]:
    """The body with what the arm hid of it, and the arm: (h, w, 4) premultiplied."""
    alpha, colours, unit = matte.alpha, matte.colours, anatomy.torso
    inside = alpha > NUMBERS.figure
    whole = _silhouette(inside, arm, anatomy, near)
    shoulder = anatomy.neck
    # As with a figure from the front the body keeps the picture's own pixels at the shoulder.
    disc = draw_disc((arm.shape[0], arm.shape[1]), shoulder, NUMBERS.shoulder * unit) & inside
    shaded = grow(arm, NUMBERS.shadow * unit) & ~disc
    under = arm & whole
    low = (
        np.arange(len(arm))[:, None]
        > shoulder[1] - NUMBERS.above_shoulder * NUMBERS.shoulder * unit
    )
    known = (inside & ~arm | disc) & (alpha > NUMBERS.solid) & ~shaded & low
    # A sliver beside the hand tells nothing.
    known = opened(known, NUMBERS.sliver * unit)
    needed = (shaded | grow(under, NUMBERS.rim)) & ~disc & (inside | arm) & whole
    filled = fill_sideways(
        colours, known, needed, unit, window=NUMBERS.window, steadied=NUMBERS.steadied
    )
    # Away from the arm the picture's own pixels come in again.
    core, rest = NUMBERS.shadow_core, NUMBERS.shadow_rest
    own = depth(~arm) - core * NUMBERS.shadow * unit
    own = np.clip(own / (rest * NUMBERS.shadow * unit), 0, 1)
    own = np.maximum(np.where(inside & ~arm, own, 0.0), soften(disc, NUMBERS.shoulder_soft))
    own = own[..., None].astype(np.float32)
    filled = filled * (1 - own) + colours * own
    hands = np.zeros_like(arm)
    hands[_hand_rows(arm, anatomy, near)] = True
    gone = soft((grow(arm, NUMBERS.hidden_rim * unit) | hands) & ~whole)
    shown = np.maximum(alpha * (1 - gone), np.where(inside, soft(under), 0.0))
    cover = soft(arm) * alpha
    lifted = premultiplied(freed_colours(colours, cover, arm), cover)
    return premultiplied(filled, shown.astype(np.float32)), lifted


def _hand_rows(arm: Mask, anatomy: Anatomy, near: int) -> slice:
    """The rows in which hands may stick out, those of the far arm among them."""
    rows = np.flatnonzero(arm.any(axis=1))
    margin = round(NUMBERS.hands * anatomy.torso)
    wrist = round(float(anatomy.arms[near].wrist[1]))
    return slice(max(0, min(wrist, int(rows[-1])) - margin), min(len(arm), int(rows[-1]) + margin))


def _silhouette(inside: Mask, arm: Mask, anatomy: Anatomy, near: int) -> Mask:
    """The figure without its near arm, what that hides included: (h, w) bool.

    Row by row: where the body ends at the background its edge is known; where the arm covers it the
    edge runs on from above to below, and what sticks out in front of the near hand is the other.
    """
    rows = np.flatnonzero(arm.any(axis=1))
    low = max(0, int(rows[0]) - NUMBERS.edge_rows)
    hands = _hand_rows(arm, anatomy, near)
    high = min(len(arm), hands.stop + NUMBERS.edge_rows)
    most = NUMBERS.sticks_out * anatomy.torso
    stretch = slice(max(0, hands.start - low), hands.stop - low)
    span = np.arange(low, high)
    # Slivers along the arm are no body.
    rim = max(NUMBERS.least_edge_sliver, NUMBERS.edge_sliver * anatomy.torso)
    body = without_small(opened(inside & ~grow(arm, 1), rim), NUMBERS.least_body * anatomy.torso**2)
    near_arm = grow(arm, 2 * rim)
    left = _edge(body, near_arm, span, backward=False)
    right = _edge(body, near_arm, span, backward=True)
    if left is None or right is None:
        return inside
    ahead, sign = (left, -1.0) if near == 0 else (right, 1.0)
    piece = ahead[stretch]
    straight = np.linspace(piece[0], piece[-1], len(piece))
    ahead[stretch] = np.where(sign * (piece - straight) > most, straight, piece)
    columns = np.arange(inside.shape[1])[None]
    whole = inside.copy()
    whole[low:high] = (columns >= left[:, None]) & (columns <= right[:, None])
    return whole


def _edge(
    body: Mask, near_arm: Mask, rows: NDArray[np.intp], *, backward: bool
) -> NDArray[np.float64] | None:
    """The column of the body's left edge in each of the rows, or of its right edge; None where no
    two rows show it."""
    width = body.shape[1]
    places, known = np.full(len(rows), np.nan), np.zeros(len(rows), bool)
    for k, y in enumerate(rows):
        columns = np.flatnonzero(body[y])
        if columns.size:
            x = int(columns[-1] if backward else columns[0])
            beyond = min(max(x + (NUMBERS.beyond if backward else -NUMBERS.beyond), 0), width - 1)
            places[k], known[k] = x, not near_arm[y, beyond]
    if known.sum() < 2:
        return None
    at = np.flatnonzero(known)
    edge = np.interp(np.arange(len(rows)), at, places[at])
    return np.asarray(np.fmax(edge, places) if backward else np.fmin(edge, places))


def _leg(body: Float32, anatomy: Anatomy, hem: float | None) -> Float32:
    """The leg out of the body layer, its upper end soft: (h, w, 4) premultiplied."""
    unit, height = anatomy.torso, body.shape[0]
    hip, knee, ankle, toe, heel = (anatomy.joints[joint] for joint in LEGS[0])
    hip = anatomy.pelvis
    top = hip[1] - NUMBERS.above_hip * unit if hem is None else hem - NUMBERS.above_hem * unit
    share = np.clip((np.arange(height) - top) / (NUMBERS.leg_soft * unit), 0, 1)[:, None]
    if hem is None:
        # A tail, a coat or a bag beside the leg is not there twice.
        shape = (height, body.shape[1])
        leg = draw_bones(shape, [(hip, knee)], NUMBERS.thigh * unit)
        leg |= draw_bones(shape, [(knee, ankle)], NUMBERS.shank * unit)
        leg |= draw_bones(shape, [(ankle, toe), (ankle, heel), (heel, toe)], NUMBERS.foot * unit)
        share = share * soften(leg, NUMBERS.leg_edge * unit)
    return np.asarray(body * share[..., None], np.float32)


def _shaded(rgba: Float32) -> Float32:
    """A layer in the body's shadow."""
    light = np.array([NUMBERS.shaded, NUMBERS.shaded, NUMBERS.shaded, 1.0], np.float32)
    return np.asarray(rgba * light, np.float32)
