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
from numba import njit
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.character.figure.joints import LIMBS
from understudy.character.image.masks import Mask, box_of, depth

HEIGHT = 200.0
"""Pixels: the figure's height at which the silhouette is compared."""


@dataclass(frozen=True, slots=True)
class EnergyNumbers:
    """Weights of the energy's terms, and how the silhouette is prepared. Shares are of the height.

    Those of the study, chosen on 25 figures whose joints were known.
    """

    uncovered: float = 1.0
    """Silhouette that no disc covers, weighted so that thin limbs count by their length."""
    outside: float = 8.0
    """Bones outside the silhouette."""
    lengths: float = 0.035
    """Bones of a length that is not a person's; squares of the logarithm over its spread."""
    symmetry: float = 0.10
    """Left and right bones of different lengths."""
    girdles: float = 0.06
    """Shoulders or hips that do not lie across the trunk."""
    order: float = 0.6
    """Left of right, knees above hips, legs that cross."""
    bend: float = 0.015
    """Bent limbs; knees count three times."""
    thick_arms: float = 0.10
    """Forearms that lie as deep in the silhouette as the trunk does."""
    upright: float = 0.15
    """A head out of line with the trunk, a trunk that is not upright."""
    thin_head: float = 0.5
    """A head much thinner than the trunk, which is a straw, a horn or a feather."""
    crossed: float = 0.5
    """Hands on the other side of the trunk: the silhouette does not show crossed arms."""
    points: int = 420
    """Places of the silhouette that are looked at."""
    wide: float = 1.3
    """Widths over height up to which the height sets the scale."""
    pad: float = 0.12
    """Room round the silhouette."""


NUMBERS = EnergyNumbers()

# Constants that the compiled kernel reads. Joint 13 is the neck, 14 the pelvis.
_WEIGHTS = np.array(
    [
        NUMBERS.uncovered,
        NUMBERS.outside,
        NUMBERS.lengths,
        NUMBERS.symmetry,
        NUMBERS.girdles,
        NUMBERS.order,
        NUMBERS.bend,
        NUMBERS.thick_arms,
        NUMBERS.upright,
        NUMBERS.thin_head,
        NUMBERS.crossed,
    ]
)
_FROM = np.array([13, 13, 13, 13, 14, 14, 1, 2, 4, 5, 7, 8, 10, 11])
_TO = np.array([0, 14, 1, 4, 7, 10, 2, 3, 5, 6, 8, 9, 11, 12])
_BONES = 14
_TRUNK, _FOREARMS, _SHANKS = 1, (7, 9), (11, 13)
# Shares of the height: head to neck, trunk, half shoulders, half hips, upper arm, forearm, thigh,
# shank; and their spreads in the logarithm.
_LENGTHS = np.log(np.array([0.15, 0.27, 0.10, 0.06, 0.14, 0.13, 0.20, 0.19]))
_SPREADS = np.array([0.45, 0.35, 0.50, 0.50, 0.45, 0.45, 0.45, 0.45])
_MOST_DISCS = 160
# Share of the height that a disc reaches past its edge: hair, toes and fingers need no bone.
_SLACK = 0.02


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
    inside = np.pad(cut > 0.43, pad)
    deep = depth(inside).astype(np.float64)
    thick = _local_thickness(deep)
    ys, xs = np.nonzero(inside)
    step = max(1, int(math.sqrt(len(ys) / NUMBERS.points)))
    chosen = (ys % step == 0) & (xs % step == 0)
    weights = 1 / np.maximum(thick[ys[chosen], xs[chosen]], 0.015 * HEIGHT)
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
    t = np.linspace(0, 1, 10)[None, :, None]
    # Hands and feet reach a little past the last joint.
    reach = np.where(np.isin(np.arange(_BONES), (*_FOREARMS, *_SHANKS)), 1.2, 1.0)[:, None, None]
    along = ends[_FROM][:, None] + t * reach * (ends[_TO] - ends[_FROM])[:, None]
    h, w = p.distance.shape
    at = np.clip(np.round(along).astype(int), 0, (w - 1, h - 1))
    radii = np.maximum(p.distance[at[..., 1], at[..., 0]], 0) * 1.05 + 0.5
    gaps = np.linalg.norm(p.points[:, None, None] - along[None], axis=-1) - radii[None]
    by_bone = gaps.min(axis=2)
    shares = {}
    for name, (root, middle, _) in LIMBS.items():
        own = [b for b in range(_BONES) if _FROM[b] in (root, middle)]
        others = [b for b in range(_BONES) if b not in own]
        covered = by_bone[:, own].min(axis=1) <= 0
        free = np.clip(by_bone[:, others].min(axis=1) / (0.05 * p.height), 0, 1)
        shares[name] = float((p.weights * covered * free).sum())
    return shares


def _local_thickness(deep: Points) -> Points:
    """For each pixel the radius of the largest disc inside the silhouette that covers it."""
    thick = np.zeros(deep.shape, np.float32)
    ridge = (deep > 0) & (deep >= cv2.dilate(deep, np.ones((3, 3))) - 0.3)
    centres = np.argwhere(ridge)
    for y, x in centres[np.argsort(deep[ridge], kind="stable")]:
        radius = float(deep[y, x])
        cv2.circle(thick, (int(x), int(y)), math.ceil(radius), radius, -1)
    return thick.astype(np.float64)


@njit(cache=True, nogil=True)
def energy(  # pragma: no cover - compiled  # noqa: PLR0912, PLR0913, PLR0915 - one sum over plain arrays
    joints: Points,
    distance: Points,
    points: Points,
    weights: Points,
    hints: NDArray[np.int64],
    height: float,
) -> float:
    """The energy, as `energy_of` gives it."""
    x = np.empty((15, 2))
    x[:13] = joints
    x[13] = (joints[1] + joints[4]) / 2
    x[14] = (joints[7] + joints[10]) / 2
    rows, columns = distance.shape
    discs = np.empty((_MOST_DISCS, 3))
    n, outside, seen = 0, 0.0, 0
    arm, arms, trunk, trunks, head_depth = 0.0, 0, 0.0, 0, 0.0
    for b in range(_BONES):
        ax, ay = x[_FROM[b], 0], x[_FROM[b], 1]
        bx, by = x[_TO[b], 0], x[_TO[b], 1]
        steps = max(2, min(9, int(math.hypot(bx - ax, by - ay) / (0.03 * height)) + 1))
        forearm = b in (7, 9)
        end = forearm or b in (11, 13)
        for i in range(steps + 2 if end else steps + 1):
            t = i / steps
            if i > steps:
                # A hand or a foot beyond the last joint.
                t = 1.3 if forearm else 1.12
            px, py = ax + (bx - ax) * t, ay + (by - ay) * t
            xi, yi = int(px + 0.5), int(py + 0.5)
            r = -30.0
            if 0 <= xi < columns and 0 <= yi < rows:
                r = distance[yi, xi]
            discs[n, 0], discs[n, 1], discs[n, 2] = px, py, max(r, 0.0) * 1.05 + 0.5
            n += 1
            seen += 1
            if r < 0.5:
                outside += min(1.0, (0.5 - r) / (0.03 * height))
            if i > steps:
                continue
            if b == 0 and i == steps:
                head_depth = r
            if b == 1:
                trunk += r
                trunks += 1
            if forearm:
                arm += r
                arms += 1
        if end:
            discs[n, 0], discs[n, 1], discs[n, 2] = bx, by, 0.045 * height
            n += 1

    uncovered, slack = 0.0, _SLACK * height
    for p in range(points.shape[0]):
        px, py = points[p, 0], points[p, 1]
        # The disc that covered this point last time most often does so again.
        k = hints[p]
        if k < n and math.hypot(px - discs[k, 0], py - discs[k, 1]) <= discs[k, 2] + slack:
            continue
        least = 1e9
        for i in range(n):
            gap = math.sqrt((px - discs[i, 0]) ** 2 + (py - discs[i, 1]) ** 2) - discs[i, 2]
            if gap < least:
                least = gap
                k = i
                if gap <= slack:
                    break
        hints[p] = k
        uncovered += weights[p] * min(1.0, max(0.0, (least - slack) / (0.05 * height)))

    neck_x, neck_y = x[0, 0] - x[13, 0], x[0, 1] - x[13, 1]
    head = math.hypot(neck_x, neck_y)
    down_x, down_y = x[14, 0] - x[13, 0], x[14, 1] - x[13, 1]
    torso = math.hypot(down_x, down_y) + 1e-6
    sh_x, sh_y = x[4, 0] - x[1, 0], x[4, 1] - x[1, 1]
    shoulders = math.hypot(sh_x, sh_y) + 1e-6
    hip_x, hip_y = x[10, 0] - x[7, 0], x[10, 1] - x[7, 1]
    hips = math.hypot(hip_x, hip_y) + 1e-6
    lengths = ((math.log((head + 1e-3) / height) - _LENGTHS[0]) / _SPREADS[0]) ** 2
    lengths += ((math.log(torso / height) - _LENGTHS[1]) / _SPREADS[1]) ** 2
    lengths += ((math.log(shoulders / 2 / height) - _LENGTHS[2]) / _SPREADS[2]) ** 2
    lengths += ((math.log(hips / 2 / height) - _LENGTHS[3]) / _SPREADS[3]) ** 2
    symmetry, bend = 0.0, 0.0
    for k in range(4):
        # Upper arms, forearms, thighs, shanks.
        right, left = (1, 2, 7, 8)[k], (4, 5, 10, 11)[k]
        one = math.hypot(x[right + 1, 0] - x[right, 0], x[right + 1, 1] - x[right, 1])
        other = math.hypot(x[left + 1, 0] - x[left, 0], x[left + 1, 1] - x[left, 1])
        one, other = one + 0.01 * height, other + 0.01 * height
        lengths += 0.5 * ((math.log(one / height) - _LENGTHS[4 + k]) / _SPREADS[4 + k]) ** 2
        lengths += 0.5 * ((math.log(other / height) - _LENGTHS[4 + k]) / _SPREADS[4 + k]) ** 2
        symmetry += math.log(one / other) ** 2
        a = (1, 4, 7, 10)[k]
        ux, uy = x[a + 1, 0] - x[a, 0], x[a + 1, 1] - x[a, 1]
        vx, vy = x[a + 2, 0] - x[a + 1, 0], x[a + 2, 1] - x[a + 1, 1]
        product = (math.hypot(ux, uy) + 1e-6) * (math.hypot(vx, vy) + 1e-6)
        bend += (1 - (ux * vx + uy * vy) / product) * (1.0 if k < 2 else 3.0)
    girdles = ((sh_x * down_x + sh_y * down_y) / (shoulders * torso)) ** 2
    girdles += ((hip_x * down_x + hip_y * down_y) / (hips * torso)) ** 2
    order = max(0.0, 0.02 - sh_x / height) + max(0.0, 0.01 - hip_x / height)
    for a in (7, 10):
        order += max(0.0, (x[a, 1] - x[a + 2, 1]) / height + 0.04)
        order += max(0.0, (x[a, 1] - x[a + 1, 1]) / height)
    order += max(0.0, (x[9, 0] - x[12, 0]) / height - 0.02)
    order += max(0.0, (x[8, 0] - x[11, 0]) / height)
    thick_arms = max(0.0, (arm / arms) / (trunk / trunks + 1e-6) - 0.35)
    in_line = -(neck_x * down_x + neck_y * down_y) / (torso * (head + 1e-6))
    upright = (1 - in_line) + 0.7 * (1 - down_y / torso)
    thin_head = max(0.0, 0.4 - head_depth / (trunk / trunks + 1e-6))
    crossed = max(0.0, x[3, 0] - x[13, 0]) / height + max(0.0, x[13, 0] - x[6, 0]) / height
    total: float = (
        _WEIGHTS[0] * uncovered
        + _WEIGHTS[1] * outside / seen
        + _WEIGHTS[2] * lengths / 8
        + _WEIGHTS[3] * symmetry
        + _WEIGHTS[4] * girdles
        + _WEIGHTS[5] * order
        + _WEIGHTS[6] * bend
        + _WEIGHTS[7] * thick_arms
        + _WEIGHTS[8] * upright
        + _WEIGHTS[9] * thin_head
        + _WEIGHTS[10] * crossed
    )
    return total
