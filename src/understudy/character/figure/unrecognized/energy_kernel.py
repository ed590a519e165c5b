"""The energy of thirteen joints in a silhouette, compiled: see `mask_energy`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points


class EnergyNumbers(NamedTuple):
    """Weights of the energy's terms, and what they measure. Shares are of the figure's height.

    Chosen on 25 figures whose joints were known. A tuple, because compiled functions read it.
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
    """Bent limbs."""
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
    solid: float = 0.43
    """Share of a small pixel that is silhouette, above which all of it is."""
    least_thickness: float = 0.015
    """A place of the silhouette counts by 1 over the thickness there, no less than this."""
    ridge: float = 0.3
    """px: as much less deep than its neighbours a pixel may be and still lie on a ridge."""

    spacing: float = 0.03
    """Between the discs along a bone,"""
    most_steps: int = 9
    """of which there are one more than this at most."""
    disc: float = 1.05
    """Radius of a disc, in distances to the silhouette's edge."""
    hand: float = 1.3
    """Lengths of the forearm from the elbow to a disc for the hand,"""
    foot: float = 1.12
    """lengths of the shank from the knee to one for the foot."""
    end: float = 0.045
    """Radius of a disc about wrists and ankles, whatever the silhouette shows."""
    slack: float = 0.02
    """How far a disc reaches past its edge: hair, toes and fingers need no bone."""
    fully_uncovered: float = 0.05
    """Distance from the nearest disc at which a place counts as uncovered in full."""
    fully_outside: float = 0.03
    """Distance from the silhouette at which a disc counts as outside in full."""

    least_length: float = 0.01
    """Added to bones, whose logarithm is taken."""
    knees: float = 3.0
    """How much more a bent knee costs than a bent elbow."""
    shoulders_apart: float = 0.02
    """The right shoulder lies so far left of the left one,"""
    hips_apart: float = 0.01
    """and the right hip of the left one."""
    ankles_below: float = 0.04
    """Ankles lie so far below the hips."""
    ankles_cross: float = 0.02
    """Ankles may cross by so much."""
    arm_thickness: float = 0.35
    """Thickness of an arm, in the trunk's, that costs nothing."""
    leaning: float = 0.7
    """What a trunk that leans costs beside a head out of line."""
    head_thickness: float = 0.4
    """Thickness of a head, in the trunk's, from which it costs nothing."""

    own_samples: int = 10
    """Places along a bone at which `own_shares` looks."""
    own_reach: float = 1.2
    """Lengths of forearms and shanks up to which it does: hands and feet are theirs."""
    own_free: float = 0.05
    """Distance from other bones at which a place belongs to its bone in full."""


NUMBERS = EnergyNumbers()

# Bones, from joint to joint; 13 is the neck, 14 the pelvis.
FROM = np.array([13, 13, 13, 13, 14, 14, 1, 2, 4, 5, 7, 8, 10, 11])
TO = np.array([0, 14, 1, 4, 7, 10, 2, 3, 5, 6, 8, 9, 11, 12])
BONES = 14
_HEAD, _TRUNK, FOREARMS, SHANKS = 0, 1, (7, 9), (11, 13)
# Upper arm, forearm, thigh and shank by the joint that they hang on; limbs by their roots.
_RIGHT, _LEFT, _ROOTS = (1, 2, 7, 8), (4, 5, 10, 11), (1, 4, 7, 10)
# Shares of the height: head to neck, trunk, half shoulders, half hips, upper arm, forearm, thigh,
# shank; and their spreads in the logarithm.
_LENGTHS = np.log(np.array([0.15, 0.27, 0.10, 0.06, 0.14, 0.13, 0.20, 0.19]))
_SPREADS = np.array([0.45, 0.35, 0.50, 0.50, 0.45, 0.45, 0.45, 0.45])
_MOST_DISCS = 160
_OFF_THE_MAP = -30.0  # px: distance to the edge of a place outside the prepared silhouette
_FAR = 1e9  # px: farther than any disc
_NO_LENGTH = 1e-6  # px: added to what is divided by


@njit(cache=True, nogil=True)
def _depth_at(distance: Points, px: float, py: float) -> float:  # pragma: no cover - compiled
    """The distance to the silhouette's edge at a place, pixels, negative outside."""
    xi, yi = int(px + 0.5), int(py + 0.5)
    if 0 <= xi < distance.shape[1] and 0 <= yi < distance.shape[0]:
        return distance[yi, xi]  # type: ignore[no-any-return]
    return _OFF_THE_MAP


@njit(cache=True, nogil=True)
def _place_discs(  # pragma: no cover - compiled
    x: Points, distance: Points, height: float, discs: Points
) -> tuple[int, float, float, float]:
    """Fill `discs` (n, 3): x, y and radius. Returns how many there are, what their bones outside
    cost, the arms' thickness and the head's, both in the trunk's."""
    n, outside, seen = 0, 0.0, 0
    arm, arms, trunk, trunks, head_depth = 0.0, 0, 0.0, 0, 0.0
    for b in range(BONES):
        ax, ay = x[FROM[b], 0], x[FROM[b], 1]
        bx, by = x[TO[b], 0], x[TO[b], 1]
        length = math.hypot(bx - ax, by - ay)
        steps = max(2, min(NUMBERS.most_steps, int(length / (NUMBERS.spacing * height)) + 1))
        forearm = b in FOREARMS
        end = forearm or b in SHANKS
        for i in range(steps + 2 if end else steps + 1):
            t = i / steps
            if i > steps:
                t = NUMBERS.hand if forearm else NUMBERS.foot
            px, py = ax + (bx - ax) * t, ay + (by - ay) * t
            r = _depth_at(distance, px, py)
            discs[n, 0], discs[n, 1], discs[n, 2] = px, py, max(r, 0.0) * NUMBERS.disc + 0.5
            n += 1
            seen += 1
            if r < 0.5:
                outside += min(1.0, (0.5 - r) / (NUMBERS.fully_outside * height))
            if i > steps:
                continue
            if b == _HEAD and i == steps:
                head_depth = r
            if b == _TRUNK:
                trunk += r
                trunks += 1
            if forearm:
                arm += r
                arms += 1
        if end:
            discs[n, 0], discs[n, 1], discs[n, 2] = bx, by, NUMBERS.end * height
            n += 1
    thickness = trunk / trunks + _NO_LENGTH
    return n, NUMBERS.outside * outside / seen, (arm / arms) / thickness, head_depth / thickness


@njit(cache=True, nogil=True)
def _uncovered(  # pragma: no cover - compiled
    discs: Points, points: Points, weights: Points, hints: NDArray[np.int64], height: float
) -> float:
    """The share of the silhouette's points that no disc (n, 3) covers."""
    n, uncovered, slack = len(discs), 0.0, NUMBERS.slack * height
    for p in range(points.shape[0]):
        px, py = points[p, 0], points[p, 1]
        # The disc that covered this point last time most often does so again.
        k = hints[p]
        if k < n and math.hypot(px - discs[k, 0], py - discs[k, 1]) <= discs[k, 2] + slack:
            continue
        least = _FAR
        for i in range(n):
            gap = math.sqrt((px - discs[i, 0]) ** 2 + (py - discs[i, 1]) ** 2) - discs[i, 2]
            if gap < least:
                least = gap
                k = i
                if gap <= slack:
                    break
        hints[p] = k
        far = (least - slack) / (NUMBERS.fully_uncovered * height)
        uncovered += weights[p] * min(1.0, max(0.0, far))
    return uncovered


@njit(cache=True, nogil=True)
def _bone_terms(  # pragma: no cover - compiled
    x: Points, spans: tuple[float, float, float, float], height: float
) -> tuple[float, float, float]:
    """How odd the bones' lengths are, how different those of left and right, how bent the limbs.

    spans: pixels from neck to head and to pelvis, between the shoulders and between the hips.
    """
    head, torso, shoulders, hips = spans
    lengths = ((math.log((head + 1e-3) / height) - _LENGTHS[0]) / _SPREADS[0]) ** 2
    lengths += ((math.log(torso / height) - _LENGTHS[1]) / _SPREADS[1]) ** 2
    lengths += ((math.log(shoulders / 2 / height) - _LENGTHS[2]) / _SPREADS[2]) ** 2
    lengths += ((math.log(hips / 2 / height) - _LENGTHS[3]) / _SPREADS[3]) ** 2
    symmetry, bend = 0.0, 0.0
    for k in range(4):
        right, left = _RIGHT[k], _LEFT[k]
        one = math.hypot(x[right + 1, 0] - x[right, 0], x[right + 1, 1] - x[right, 1])
        other = math.hypot(x[left + 1, 0] - x[left, 0], x[left + 1, 1] - x[left, 1])
        one += NUMBERS.least_length * height
        other += NUMBERS.least_length * height
        lengths += 0.5 * ((math.log(one / height) - _LENGTHS[4 + k]) / _SPREADS[4 + k]) ** 2
        lengths += 0.5 * ((math.log(other / height) - _LENGTHS[4 + k]) / _SPREADS[4 + k]) ** 2
        symmetry += math.log(one / other) ** 2
        a = _ROOTS[k]
        ux, uy = x[a + 1, 0] - x[a, 0], x[a + 1, 1] - x[a, 1]
        vx, vy = x[a + 2, 0] - x[a + 1, 0], x[a + 2, 1] - x[a + 1, 1]
        product = (math.hypot(ux, uy) + _NO_LENGTH) * (math.hypot(vx, vy) + _NO_LENGTH)
        bend += (1 - (ux * vx + uy * vy) / product) * (1.0 if k < 2 else NUMBERS.knees)
    return lengths / 8, symmetry, bend


@njit(cache=True, nogil=True)
def _disorder(x: Points, height: float) -> float:  # pragma: no cover - compiled
    """How far joints lie on the wrong side of each other, a share of the height."""
    shoulders, hips = x[4, 0] - x[1, 0], x[10, 0] - x[7, 0]
    order: float = max(0.0, NUMBERS.shoulders_apart - shoulders / height)
    order += max(0.0, NUMBERS.hips_apart - hips / height)
    for a in (7, 10):
        order += max(0.0, (x[a, 1] - x[a + 2, 1]) / height + NUMBERS.ankles_below)
        order += max(0.0, (x[a, 1] - x[a + 1, 1]) / height)
    order += max(0.0, (x[9, 0] - x[12, 0]) / height - NUMBERS.ankles_cross)
    order += max(0.0, (x[8, 0] - x[11, 0]) / height)
    return order


@njit(cache=True, nogil=True)
def energy(  # pragma: no cover - compiled  # noqa: PLR0913 - plain arrays
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
    discs = np.empty((_MOST_DISCS, 3))
    n, outside, arm_thickness, head_thickness = _place_discs(x, distance, height, discs)
    uncovered = _uncovered(discs[:n], points, weights, hints, height)

    neck_x, neck_y = x[0, 0] - x[13, 0], x[0, 1] - x[13, 1]
    head = math.hypot(neck_x, neck_y)
    down_x, down_y = x[14, 0] - x[13, 0], x[14, 1] - x[13, 1]
    torso = math.hypot(down_x, down_y) + _NO_LENGTH
    sh_x, sh_y = x[4, 0] - x[1, 0], x[4, 1] - x[1, 1]
    shoulders = math.hypot(sh_x, sh_y) + _NO_LENGTH
    hip_x, hip_y = x[10, 0] - x[7, 0], x[10, 1] - x[7, 1]
    hips = math.hypot(hip_x, hip_y) + _NO_LENGTH
    lengths, symmetry, bend = _bone_terms(x, (head, torso, shoulders, hips), height)
    girdles = ((sh_x * down_x + sh_y * down_y) / (shoulders * torso)) ** 2
    girdles += ((hip_x * down_x + hip_y * down_y) / (hips * torso)) ** 2
    thick_arms = max(0.0, arm_thickness - NUMBERS.arm_thickness)
    in_line = -(neck_x * down_x + neck_y * down_y) / (torso * (head + _NO_LENGTH))
    upright = (1 - in_line) + NUMBERS.leaning * (1 - down_y / torso)
    thin_head = max(0.0, NUMBERS.head_thickness - head_thickness)
    crossed = max(0.0, x[3, 0] - x[13, 0]) / height + max(0.0, x[13, 0] - x[6, 0]) / height
    total: float = (
        NUMBERS.uncovered * uncovered
        + outside
        + NUMBERS.lengths * lengths
        + NUMBERS.symmetry * symmetry
        + NUMBERS.girdles * girdles
        + NUMBERS.order * _disorder(x, height)
        + NUMBERS.bend * bend
        + NUMBERS.thick_arms * thick_arms
        + NUMBERS.upright * upright
        + NUMBERS.thin_head * thin_head
        + NUMBERS.crossed * crossed
    )
    return total
