"""How badly thirteen joints explain a silhouette.

The bones are covered with discs as large as the silhouette allows; what the discs leave uncovered,
bones outside, odd lengths, sides that differ, and limbs in a strange order cost. In the spirit of
Baran and Popović, "Automatic Rigging and Animation of 3D Characters" (Pinocchio), SIGGRAPH 2007,
who embed a skeleton in a solid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.character.figure.joints import LIMBS
from understudy.character.figure.unrecognized.energy_kernel import (
    BONES,
    FOREARMS,
    FROM,
    NUMBERS,
    SHANKS,
    TO,
    energy,
)
from understudy.character.image.masks import Mask, box_of, depth

HEIGHT = 200.0
"""Pixels: the figure's height at which the silhouette is compared."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedMask:
    """A silhouette as the energy looks at it, `scale` times as large as in the picture.

    inside: (h, w) bool. distance: (h, w) float64 pixels to the edge, negative outside. points:
    (n, 2) float64 x, y of places in it; weights: (n,) float64, adding up to 1. hints: (n,) int64,
    which disc covered each point last: the kernel keeps its own record there. origin: (2,) where
    the corner lies in the picture. height: of the figure.
    """

    inside: Mask
    distance: Points
    points: Points
    weights: Points
    hints: NDArray[np.int64]
    scale: float
    origin: Points
    height: float

    def to_picture(self, joints: Points) -> Points:
        return np.asarray(joints / self.scale + self.origin)

    def from_picture(self, joints: Points) -> Points:
        return np.ascontiguousarray((joints - self.origin) * self.scale)


def prepare(mask: Mask) -> PreparedMask:
    """Prepare the silhouette (h, w) bool of a picture; it must not be empty."""
    rows, columns = box_of(mask, 0) or (slice(0, 1), slice(0, 1))
    tall, wide = rows.stop - rows.start, columns.stop - columns.start
    scale = min(HEIGHT / tall, NUMBERS.wide * HEIGHT / wide)
    pad = int(NUMBERS.pad * HEIGHT)
    size = (max(2, round(wide * scale)), max(2, round(tall * scale)))
    cut = cv2.resize(mask[rows, columns].astype(np.float32), size, interpolation=cv2.INTER_AREA)
    inside = np.pad(cut > NUMBERS.solid, pad)
    deep = depth(inside).astype(np.float64)
    thick = _local_thickness(deep)
    ys, xs = np.nonzero(inside)
    step = max(1, int(math.sqrt(len(ys) / NUMBERS.points)))
    chosen = (ys % step == 0) & (xs % step == 0)
    weights = 1 / np.maximum(thick[ys[chosen], xs[chosen]], NUMBERS.least_thickness * HEIGHT)
    return PreparedMask(
        inside=inside,
        distance=np.ascontiguousarray(deep - depth(~inside)),
        points=np.stack([xs[chosen], ys[chosen]], axis=1).astype(np.float64),
        weights=np.ascontiguousarray(weights / weights.sum()),
        hints=np.zeros(int(chosen.sum()), np.int64),
        scale=scale,
        origin=np.array([columns.start - pad / scale, rows.start - pad / scale]),
        height=scale * tall,
    )


def energy_of(prepared: PreparedMask, joints: Points) -> float:
    """The energy of joints (13, 2) in the prepared silhouette's pixels: 0.2 is good, 1 is bad."""
    p = prepared
    return float(
        energy(np.ascontiguousarray(joints), p.distance, p.points, p.weights, p.hints, p.height)
    )


def own_shares(prepared: PreparedMask, joints: Points) -> dict[str, float]:
    """For each limb the weighted share of the silhouette that no other bone explains.

    joints: (13, 2) in the prepared silhouette's pixels. Near 0 where the limb is not there, or lies
    in front of the trunk.
    """
    p = prepared
    ends = np.concatenate(
        [joints, [(joints[1] + joints[4]) / 2, (joints[7] + joints[10]) / 2]], axis=0
    )
    t = np.linspace(0, 1, NUMBERS.own_samples)[None, :, None]
    # Hands and feet reach a little past the last joint.
    is_end = np.isin(np.arange(BONES), (*FOREARMS, *SHANKS))
    reach = np.where(is_end, NUMBERS.own_reach, 1.0)[:, None, None]
    along = ends[FROM][:, None] + t * reach * (ends[TO] - ends[FROM])[:, None]
    h, w = p.distance.shape
    at = np.clip(np.round(along).astype(int), 0, (w - 1, h - 1))
    radii = np.maximum(p.distance[at[..., 1], at[..., 0]], 0) * NUMBERS.disc + 0.5
    gaps = np.linalg.norm(p.points[:, None, None] - along[None], axis=-1) - radii[None]
    by_bone = gaps.min(axis=2)
    shares = {}
    for name, (root, middle, _) in LIMBS.items():
        own = [b for b in range(BONES) if FROM[b] in (root, middle)]
        others = [b for b in range(BONES) if b not in own]
        covered = by_bone[:, own].min(axis=1) <= 0
        free = np.clip(by_bone[:, others].min(axis=1) / (NUMBERS.own_free * p.height), 0, 1)
        shares[name] = float((p.weights * covered * free).sum())
    return shares


def _local_thickness(deep: Points) -> Points:
    """For each pixel the radius of the largest disc inside the silhouette that covers it."""
    thick = np.zeros(deep.shape, np.float32)
    ridge = (deep > 0) & (deep >= cv2.dilate(deep, np.ones((3, 3))) - NUMBERS.ridge)
    centres = np.argwhere(ridge)
    for y, x in centres[np.argsort(deep[ridge], kind="stable")]:
        radius = float(deep[y, x])
        cv2.circle(thick, (int(x), int(y)), math.ceil(radius), radius, -1)
    return thick.astype(np.float64)
