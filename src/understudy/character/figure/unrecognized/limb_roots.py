"""Limbs that leave a wide body at its edge: a cup's, an egg's, a mascot's.

The landmark net knows people, whose arms begin at the shoulders. Such a figure's arms come out of
its side, so the net puts shoulder and upper arm into the body, where there is no arm to be lifted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import Points
from understudy.character.figure.joints import LIMBS, Joint
from understudy.character.image.masks import Mask, depth, grow, largest, opened, pieces_of
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class RootNumbers:
    """When a limb is taken to begin at the body's edge. All set by eye."""

    thickness: float = 75.0
    """Percentile of the silhouette's depth along a limb's last bone: its half width."""
    wide: float = 4.0
    """Of that: the body's half width, at least."""
    body: float = 1.8
    """Of the limb's half width: what is thicker is body."""
    inside: float = 0.6
    """Share of the limb's first bone from which on in the body that bone is none of the limb's;"""
    widest: float = 5.5
    """where the body is as wide as this, which nobody's is,"""
    inside_widest: float = 0.25
    """this share is enough."""
    limb: float = 0.5
    """Of its half width: what is thinner than that is no limb."""
    inset: float = 1.0
    """Of the limb's half width: how deep in the body the limb is rooted, for a round shoulder."""
    least_limb: float = 0.4
    """Of the last bone: the least that is seen of a limb which leaves the body."""
    least_trunk: float = 0.6
    """Of the trunk's length before: a trunk that would be shorter stays as it was."""
    steps: int = 60
    """Places looked at along a limb."""


NUMBERS = RootNumbers()


def rooted_at_the_edge(joints: Points, mask: Mask) -> Points:
    """The joints with limbs that leave a wide body rooted where they leave it.

    joints: (13, 2) in pixels of the mask, (h, w) bool. Both arms, or both legs, are moved together:
    a trunk with one shoulder at its edge would be crooked.
    """
    deep = depth(mask)
    placed = joints.copy()
    for kind in ("arm", "leg"):
        sides = [LIMBS[f"{side} {kind}"] for side in ("left", "right")]
        new = [_rooted(joints[list(limb)], mask, deep) for limb in sides]
        for limb, places in zip(sides, new, strict=True):
            if all(one is not None for one in new):
                placed[list(limb)] = places
    return placed if _trunk(placed) > NUMBERS.least_trunk * _trunk(joints) else joints


def _trunk(joints: Points) -> float:
    neck, pelvis = (
        joints[[left, right]].mean(axis=0)
        for left, right in (
            (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER),
            (Joint.LEFT_HIP, Joint.RIGHT_HIP),
        )
    )
    return float(np.hypot(*(pelvis - neck)))


def _rooted(limb: Points, mask: Mask, deep: Float32) -> Points | None:
    """A limb's three joints (3, 2) from the body's edge on; None where it begins as a person's."""
    places = np.array(list(_along(limb)))
    h, w = mask.shape
    x, y = (
        np.clip(np.round(places[:, k]).astype(int), 0, size - 1) for k, size in ((0, w), (1, h))
    )
    last = len(places) // 2
    # A bone that was guessed runs beside the limb's middle here and there.
    half = float(np.percentile(deep[y[last:], x[last:]], NUMBERS.thickness))
    widths = float(deep.max()) / max(half, 1e-6)
    if half < 1 or widths < NUMBERS.wide:
        return None
    inside = NUMBERS.inside if widths < NUMBERS.widest else NUMBERS.inside_widest
    body = largest(opened(mask, NUMBERS.body * half))
    outside = np.flatnonzero(~body[y, x])
    if outside.size == 0 or outside[0] < inside * last:
        return None
    # The limb itself, without the rim that opening leaves of the body.
    pieces, _ = pieces_of(opened(mask & ~body, NUMBERS.limb * half))
    number = pieces[y[-1], x[-1]]
    seam = (pieces == number) & grow(body, 2 + NUMBERS.limb * half)
    if number == 0 or not seam.any():
        return None
    edge = _middle_of(seam)
    length = float(np.hypot(*(limb[2] - edge)))
    if length < NUMBERS.least_limb * float(np.hypot(*(limb[2] - limb[1]))):
        return None
    rows, columns = np.indices(mask.shape)
    away = np.hypot(columns - edge[0], rows - edge[1])
    halfway = (pieces == number) & (np.abs(away - length / 2) < half)
    middle = _middle_of(halfway) if halfway.any() else (edge + limb[2]) / 2
    outwards = (middle - edge) / max(1e-6, float(np.hypot(*(middle - edge))))
    return np.stack([edge - NUMBERS.inset * half * outwards, middle, limb[2]])


def _middle_of(where: Mask) -> Points:
    return np.asarray(np.argwhere(where).mean(axis=0)[::-1], np.float64)


def _along(limb: Points) -> Iterator[Points]:
    """Places along both bones, as many on each."""
    for start, end in ((limb[0], limb[1]), (limb[1], limb[2])):
        yield from start + np.linspace(0, 1, NUMBERS.steps // 2)[:, None] * (end - start)
