"""The layers of a figure seen from the side: the near arm lifted off, the far limbs made of the
near ones.

In profile the near arm hangs before the trunk, of which something is seen on both sides of it, so
that the trunk can be filled in. The far arm and leg are hidden; where the motion brings them out
they look like the near ones in the body's shadow.
"""

from __future__ import annotations

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

# What the far limbs keep of the near ones' light.
_SHADED = 0.76
# An arm whose area is not within these shares of what its bones let expect was not found.
_PLAUSIBLE = (0.55, 2.1)
# The shadow that the arm throws on the trunk, in torsos: no colour to go on with.
_SHADOW = 0.05
# Of the picture's own pixels that the body keeps under the shoulder, in torsos.
_SHOULDER = 0.1
# How much of each row beside the arm tells its colour, in torsos: stripes and prints do not.
_WINDOW = 0.28
# By how much neighbouring rows of what is filled in are made to agree; a hem differs by more.
_STEADIED = (0.2, 0.03)
# Rows above the near wrist and below the near hand in which the far hand may be seen, and how far
# past the straight line something has to stick out there to be one, in torsos.
_HANDS, _STICKS_OUT = 0.14, 0.05
# The far leg begins this far above the hip joint, in torsos.
_ABOVE_HIP = 0.06
# How wide a leg's parts are at most, in torsos.
_THIGH, _SHANK, _FOOT = 0.52, 0.44, 0.36
_ARM_NAMES: tuple[LayerName, LayerName] = ("left_arm", "right_arm")


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
    inside = matte.alpha > 0.3
    nothing = np.zeros(inside.shape, bool)
    region = find_arm(
        smoothed_lab(matte.colours), matte.alpha, nothing, anatomy, bones, before_body=True
    )
    wrist = draw_bones((inside.shape[0], inside.shape[1]), [bones.segments[2]], 2 * WRIST * unit)
    arm = largest(opened((region.whole | wrist) & inside, 2))
    # Fingers that the bones missed hang on the hand alone.
    rest = inside & ~arm
    crumbs = rest & ~without_small(rest, 0.02 * unit**2)
    arm = largest(arm | touching(crumbs, crumbs & grow(region.hand, 2)))
    return arm if _is_plausible(arm, bones, unit) else None


def _is_plausible(arm: Mask, bones: ArmBones, unit: float) -> bool:
    lengths = [float(np.linalg.norm(b - a)) for a, b in bones.segments]
    expected = unit * (lengths[0] * (SHOULDER + ELBOW) + lengths[1] * (ELBOW + WRIST))
    upper_and_fore = arm & draw_bones(
        (arm.shape[0], arm.shape[1]), list(bones.segments[:2]), 0.5 * unit
    )
    share = float(upper_and_fore.sum()) / max(expected, 1.0)
    return bool(_PLAUSIBLE[0] < share < _PLAUSIBLE[1]) and min(lengths[:2]) > 0.2 * unit


def _parted(matte: Matte, anatomy: Anatomy, arm: Mask, near: int) -> tuple[Float32, Float32]:
    """The body with what the arm hid of it, and the arm: (h, w, 4) premultiplied."""
    alpha, colours, unit = matte.alpha, matte.colours, anatomy.torso
    inside = alpha > 0.3
    whole = _silhouette(inside, arm, anatomy, near)
    shoulder = anatomy.neck
    # As with a figure from the front the body keeps the picture's own pixels at the shoulder.
    disc = draw_disc((arm.shape[0], arm.shape[1]), shoulder, _SHOULDER * unit) & inside
    shaded = grow(arm, _SHADOW * unit) & ~disc
    under = arm & whole
    low = np.arange(len(arm))[:, None] > shoulder[1] - 0.5 * _SHOULDER * unit
    known = (inside & ~arm | disc) & (alpha > 0.97) & ~shaded & low
    # A sliver beside the hand tells nothing.
    known = opened(known, 0.02 * unit)
    needed = (shaded | grow(under, 6)) & ~disc & (inside | arm) & whole
    filled = fill_sideways(colours, known, needed, unit, window=_WINDOW, steadied=_STEADIED)
    # Away from the arm the picture's own pixels come in again.
    own = np.clip((depth(~arm) - 0.4 * _SHADOW * unit) / (0.6 * _SHADOW * unit), 0, 1)
    own = np.maximum(np.where(inside & ~arm, own, 0.0), soften(disc, 2.0))
    own = own[..., None].astype(np.float32)
    filled = filled * (1 - own) + colours * own
    hands = np.zeros_like(arm)
    hands[_hand_rows(arm, anatomy, near)] = True
    gone = soft((grow(arm, 0.05 * unit) | hands) & ~whole)
    shown = np.maximum(alpha * (1 - gone), np.where(inside, soft(under), 0.0))
    cover = soft(arm) * alpha
    lifted = premultiplied(freed_colours(colours, cover, arm), cover)
    return premultiplied(filled, shown.astype(np.float32)), lifted


def _hand_rows(arm: Mask, anatomy: Anatomy, near: int) -> slice:
    """The rows in which hands may stick out, those of the far arm among them."""
    rows = np.flatnonzero(arm.any(axis=1))
    margin = round(_HANDS * anatomy.torso)
    wrist = round(float(anatomy.arms[near].wrist[1]))
    return slice(max(0, min(wrist, int(rows[-1])) - margin), min(len(arm), int(rows[-1]) + margin))


def _silhouette(inside: Mask, arm: Mask, anatomy: Anatomy, near: int) -> Mask:
    """The figure without its near arm, what that hides included: (h, w) bool.

    Row by row: where the body ends at the background its edge is known; where the arm covers it the
    edge runs on from above to below, and what sticks out in front of the near hand is the other.
    """
    rows = np.flatnonzero(arm.any(axis=1))
    low = max(0, int(rows[0]) - 4)
    hands = _hand_rows(arm, anatomy, near)
    high = min(len(arm), hands.stop + 4)
    most = _STICKS_OUT * anatomy.torso
    stretch = slice(max(0, hands.start - low), hands.stop - low)
    span = np.arange(low, high)
    # Slivers along the arm are no body.
    rim = max(2.0, 0.008 * anatomy.torso)
    body = without_small(opened(inside & ~grow(arm, 1), rim), 0.004 * anatomy.torso**2)
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
            beyond = min(max(x + (2 if backward else -2), 0), width - 1)
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
    top = hip[1] - _ABOVE_HIP * unit if hem is None else hem - 0.1 * unit
    share = np.clip((np.arange(height) - top) / (0.05 * unit), 0, 1)[:, None]
    if hem is None:
        # A tail, a coat or a bag beside the leg is not there twice.
        shape = (height, body.shape[1])
        leg = draw_bones(shape, [(hip, knee)], _THIGH * unit)
        leg |= draw_bones(shape, [(knee, ankle)], _SHANK * unit)
        leg |= draw_bones(shape, [(ankle, toe), (ankle, heel), (heel, toe)], _FOOT * unit)
        share = share * soften(leg, 0.01 * unit)
    return np.asarray(body * share[..., None], np.float32)


def _shaded(rgba: Float32) -> Float32:
    """A layer in the body's shadow."""
    light = np.array([_SHADED, _SHADED, _SHADED, 1.0], np.float32)
    return np.asarray(rgba * light, np.float32)
