"""Patches: painting what a folded joint hides, so that the joint can open.

Where the picture shows an elbow folded, the inner sides of the arm touch; once the elbow opens,
there is nothing between them. A disc of the arm's own colours behind the joint fills the notch.
Folded farther, the forearm covers the upper arm, of which the whole is painted then.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter1d, median_filter

from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import Limb, Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ElbowNumbers:
    """The disc behind an elbow.

    folded: radians; an elbow bent by less shows all there is to it.
    widest: the disc's radius at most, in torsos. least: px; a smaller disc is not worth drawing.
    beside: where along both bones the arm's own width is measured, as shares of their length, and
        measure_reach: px around it.
    disc: share of that width which the disc has.
    spread: of the arm's colours over the disc (sigma), in radii. least_colour: how much of the arm
        must be near for a colour, as a share.
    """

    folded: float = float(np.radians(40.0))
    widest: float = 0.13
    least: float = 3.0
    beside: float = 0.35
    measure_reach: int = 6
    disc: float = 0.92
    spread: float = 0.6
    least_colour: float = 0.02


@dataclass(frozen=True, slots=True)
class UpperArmNumbers:
    """A whole upper arm behind a folded one. Lengths in torsos.

    bare, narrow, wide: half widths of an upper arm: bare, in the narrowest and in the widest sleeve
        looked for.
    root: share of the upper arm next to the shoulder that is never hidden.
    smooth: of widths and colours along the arm (sigma). least_smooth: px.
    solid: alpha from which a colour is believed. inner: share of the width within which it is.
    shade: how much darker the arm is at its edges, as a share.
    """

    bare: float = 0.085
    narrow: float = 0.06
    wide: float = 0.16
    root: float = 0.15
    smooth: float = 0.04
    least_smooth: float = 2.0
    solid: float = 0.95
    inner: float = 0.8
    shade: float = 0.16


ELBOW, UPPER_ARM = ElbowNumbers(), UpperArmNumbers()


def elbow_patch(rgba: Float32, skeleton: Skeleton, limb: Limb) -> Float32 | None:
    """A layer (H, W, 4) premultiplied with the disc behind a folded elbow, None for another.

    rgba: the arm's layer.
    """
    shoulder, elbow, wrist, _ = (skeleton.joints[j] for j in limb.joints)
    upper, lower = elbow - shoulder, wrist - elbow
    cosine = upper @ lower / (np.hypot(*upper) * np.hypot(*lower) + 1e-9)
    if np.arccos(np.clip(cosine, -1.0, 1.0)) < ELBOW.folded:
        return None
    alpha = rgba[..., 3]
    room = int(3 * ELBOW.widest * skeleton.torso) + 4
    left, top = (max(0, int(v) - room) for v in elbow)
    window = np.s_[top : int(elbow[1]) + room, left : int(elbow[0]) + room]
    inside = alpha[window] > 0.5
    if not inside.any():
        return None
    depth = np.asarray(distance_transform_edt(inside))
    radius = ELBOW.widest * skeleton.torso
    for place in (elbow - ELBOW.beside * upper, elbow + ELBOW.beside * lower):
        x, y = (int(v) for v in place - (left, top))
        reach = ELBOW.measure_reach
        near = depth[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        if near.size:
            radius = min(radius, float(near.max()))
    if radius < ELBOW.least:
        return None
    spread = (0, 0), ELBOW.spread * radius
    known = cv2.GaussianBlur(alpha[window], *spread)
    colour = cv2.GaussianBlur(rgba[window][..., :3], *spread) / np.maximum(known, 1e-3)[..., None]
    y, x = np.mgrid[: known.shape[0], : known.shape[1]]
    away = np.hypot(x - (elbow[0] - left), y - (elbow[1] - top))
    disc = np.clip(ELBOW.disc * radius - away + 0.5, 0.0, 1.0) * (known > ELBOW.least_colour)
    patch = np.zeros_like(rgba)
    patch[window] = np.concatenate([colour * disc[..., None], disc[..., None]], axis=-1)
    return patch


def upper_arm_patch(rgba: Float32, skeleton: Skeleton, limb: Limb) -> Float32:
    """A layer (H, W, 4) premultiplied with a whole upper arm, as round as its free side tells.

    rgba: the arm's layer. Each place along the bone has the middle colour of what is seen on the
    side that looks away from the forearm, shaded towards both edges.
    """
    shoulder, elbow, wrist, _ = (skeleton.joints[j] for j in limb.joints)
    bone = elbow - shoulder
    length = max(1.0, float(np.hypot(*bone)))
    along = bone / length
    across = np.array([-along[1], along[0]])
    if (wrist - elbow) @ across > 0:
        across = -across
    rows, columns = np.arange(int(length) + 1), np.arange(int(UPPER_ARM.wide * skeleton.torso) + 2)
    places = shoulder + rows[:, None, None] * along + columns[None, :, None] * across
    map_x, map_y = (places[..., axis].astype(np.float32) for axis in (0, 1))
    side = np.asarray(
        cv2.remap(np.ascontiguousarray(rgba), map_x, map_y, cv2.INTER_LINEAR), np.float32
    )
    patch = np.zeros_like(rgba)
    width = _widths(side[..., 3], skeleton.torso)
    solid = (side[..., 3] > UPPER_ARM.solid) & (columns < UPPER_ARM.inner * width[:, None])
    if not solid.any():
        return patch
    tone = _tones(side[..., :3], solid, UPPER_ARM.smooth * skeleton.torso)

    room = int(UPPER_ARM.wide * skeleton.torso) + 3
    left, top = np.maximum(0, np.minimum(shoulder, elbow).astype(int) - room)
    right, bottom = np.maximum(shoulder, elbow).astype(int) + room
    window = np.s_[top:bottom, left:right]
    y, x = np.mgrid[top:bottom, left:right][:, : rgba.shape[0] - top, : rgba.shape[1] - left]
    offset = np.stack([x - shoulder[0], y - shoulder[1]], axis=-1)
    u, v = offset @ along, offset @ across
    row = np.clip(u.round().astype(int), 0, len(rows) - 1)
    aside = np.hypot(v, np.maximum(u - length, 0.0))
    cover = np.clip(width[row] - aside, 0.0, 1.0) * (u > UPPER_ARM.root * length)
    shade = 1.0 - UPPER_ARM.shade * np.clip(aside / width[row], 0.0, 1.0) ** 2
    colour = tone[row] * (shade * cover)[..., None]
    patch[window] = np.concatenate([colour, cover[..., None]], axis=-1)
    return patch


def _widths(alpha: Float32, torso: float) -> Float64:
    """The half width (n,) of an arm whose free side is sampled in `alpha` (n, m) from the bone."""
    out = alpha < 0.5
    width = np.where(out.any(axis=1), out.argmax(axis=1), UPPER_ARM.bare * torso).astype(np.float64)
    smooth = max(UPPER_ARM.least_smooth, UPPER_ARM.smooth * torso)
    width = np.clip(width, UPPER_ARM.narrow * torso, UPPER_ARM.wide * torso)
    width = median_filter(width, size=int(4 * smooth) | 1)
    return np.asarray(gaussian_filter1d(width, smooth, mode="nearest"))


def _tones(colours: Float32, solid: NDArray[np.bool_], smooth: float) -> Float64:
    """A colour for each row (n, 3): the median of its `solid` samples (n, m), smoothed."""
    weight = solid.sum(axis=1).astype(np.float64)
    usual = np.zeros((len(solid), 3))
    for row in np.flatnonzero(weight):
        usual[row] = np.median(colours[row, solid[row]], axis=0)
    known = gaussian_filter1d(weight, smooth, mode="nearest")
    summed = gaussian_filter1d(usual * weight[:, None], smooth, axis=0, mode="nearest")
    near = np.flatnonzero(known > 1e-6)
    rows = np.arange(len(solid))
    return np.stack(
        [np.interp(rows, near, summed[near, c] / known[near]) for c in range(3)], axis=1
    )
