"""What each place of a sheet follows: bones where a bone's middle is, smoothly passing between.

Shares spread over the mesh as heat does (harmonic functions), so they go along a limb however thick
or short it is, and never across a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from understudy.engines.puppet.rig.weights import (
    BODY,
    BodyFrame,
    head_weight,
    shares_along,
)
from understudy.geometry.filters import smoothstep
from understudy.geometry.skeleton import ARMS, LEGS, Bone, Limb, Skeleton
from understudy.geometry.transforms import segment_distance

Float64 = NDArray[np.float64]
Places = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SheetWeightNumbers:
    """Where a sheet is held.

    stiff: from where to where along a bone its limb follows it alone; in between joints bend.
    root: half widths of a limb round its root within which the trunk gives way to it.
    wide: half widths of a leg, how far from its bone a place is the leg's.
    least_root: T, the least that gives way.
    """

    stiff: tuple[float, float] = (0.35, 0.65)
    root: float = 1.3
    wide: float = 1.5
    least_root: float = 0.08


NUMBERS = SheetWeightNumbers()

TRUNK = 0
"""Part of what belongs to no arm; the left arm's is 1, the right arm's 2."""


@dataclass(frozen=True, slots=True, eq=False)
class Limbs:
    """The limbs that move, and how thick the figure is along each, pixels from the middle out.

    parts: of an arm its number among the parts; None of a leg, which is the trunk's.
    """

    limbs: tuple[Limb, ...]
    half_widths: tuple[float, ...]
    parts: tuple[int | None, ...]


def limbs_of(skeleton: Skeleton, half_width: dict[Limb, float]) -> Limbs:
    """The arms that move and both legs."""
    found = [(limb, 1 + side) for side, limb in enumerate(ARMS) if skeleton.arms[side]]
    legs: list[tuple[Limb, int | None]] = []
    if not skeleton.limbless:
        legs = [(limb, None) for limb in LEGS]
    every: list[tuple[Limb, int | None]] = [*found, *legs]
    return Limbs(
        tuple(limb for limb, _ in every),
        tuple(half_width[limb] for limb, _ in every),
        tuple(part for _, part in every),
    )


def sheet_weights(  # noqa: PLR0913 - a mesh, and what it hangs on
    points: Float64,
    laplacian: csc_matrix,
    part: NDArray[np.int64],
    limbs: Limbs,
    skeleton: Skeleton,
    frame: BodyFrame,
) -> tuple[Float64, Places]:
    """The weights (V, 31) of a sheet's vertices, and which of them hold it (V,).

    points: (V, 2) canvas pixels at rest. part: (V,) which part of the figure each belongs to.
    """
    on_bone = [
        _on_bones(points, part, limbs, number, skeleton) for number in range(len(limbs.limbs))
    ]
    trunk = _trunk(points, part, limbs, skeleton, on_bone)
    stages = np.zeros((len(points), 3 * len(limbs.limbs)))
    held = trunk.copy()
    for number, bones in enumerate(on_bone):
        for level in range(3):
            stages[:, 3 * number + level] = (bones >= level).astype(np.float64)
        held |= bones >= 0
    held, stages = _with_loose_pieces(points, laplacian, held, stages)
    stages = np.clip(harmonic(laplacian, held, stages), 0.0, 1.0)

    weights = np.zeros((len(points), len(Bone)))
    for number, limb in enumerate(limbs.limbs):
        root, middle, end = stages[:, 3 * number : 3 * number + 3].T
        _add_limb(
            weights, limb, root, middle / np.maximum(root, 1e-6), end / np.maximum(middle, 1e-6)
        )
    total = weights.sum(axis=1)
    weights /= np.maximum(total, 1.0)[:, None]
    rest = 1.0 - np.minimum(total, 1.0)
    rise = (points - skeleton.pelvis) @ frame.up / skeleton.torso
    chest, head = smoothstep(*BODY.chest, rise), head_weight(points, skeleton, frame)
    weights[:, Bone.HEAD] += rest * chest * head
    weights[:, Bone.CHEST] += rest * chest * (1.0 - head)
    weights[:, Bone.PELVIS] += rest * (1.0 - chest)
    return weights, held


def harmonic(laplacian: csc_matrix, known: Places, values: Float64) -> Float64:
    """Values (V, n) that pass evenly between those that are known."""
    out = values.copy()
    free = np.flatnonzero(~known)
    if not len(free):
        return out
    rows = laplacian[free]
    solve = splu(rows[:, free].tocsc())
    out[free] = solve.solve(-(rows[:, np.flatnonzero(known)] @ values[known]))
    return out


def _with_loose_pieces(
    points: Float64, laplacian: csc_matrix, held: Places, stages: Float64
) -> tuple[Places, Float64]:
    """Pieces of the mesh that nothing holds go with whatever lies nearest to their middle."""
    count, piece = connected_components(laplacian, directed=False)
    loose = np.setdiff1d(np.arange(count), np.unique(piece[held]))
    if not len(loose):
        return held, stages
    held, stages = held.copy(), stages.copy()
    anchors = np.flatnonzero(held)
    for number in loose:
        here = piece == number
        middle = points[here].mean(axis=0)
        nearest = anchors[int(((points[anchors] - middle) ** 2).sum(axis=1).argmin())]
        stages[here] = stages[nearest]
        held |= here
    return held, stages


def _on_bones(
    points: Float64,
    part: NDArray[np.int64],
    limbs: Limbs,
    number: int,
    skeleton: Skeleton,
) -> NDArray[np.int64]:
    """Which bone of a limb holds each point: 0, 1 or 2 from the root on, -1 where none does."""
    limb, own = limbs.limbs[number], limbs.parts[number]
    joints = [skeleton.joints[j] for j in limb.joints]
    joints[3] = joints[2] + 2.0 * (joints[3] - joints[2])
    away, along = [], []
    for start, end in pairwise(joints):
        bone = end - start
        away.append(segment_distance(points, start, end))
        along.append((points - start) @ bone / (bone @ bone + 1e-9))
    nearest = np.argmin(np.stack(away), axis=0)
    place = np.take_along_axis(np.stack(along), nearest[None], axis=0)[0]
    low, high = NUMBERS.stiff
    stiff = (place > low) & ((place < high) | (nearest == 2))
    if own is not None:
        stiff &= part == own
    else:
        stiff &= part == TRUNK
        own_away = np.min(away, axis=0)
        stiff &= own_away < NUMBERS.wide * limbs.half_widths[number]
        for other in LEGS:
            if other is not limb:
                stiff &= own_away < _from_limb(points, skeleton, other)
    return np.where(stiff, nearest, -1)


def _from_limb(points: Float64, skeleton: Skeleton, limb: Limb) -> Float64:
    joints = [skeleton.joints[j] for j in limb.joints]
    return np.asarray(np.min([segment_distance(points, a, b) for a, b in pairwise(joints)], axis=0))


def _trunk(
    points: Float64,
    part: NDArray[np.int64],
    limbs: Limbs,
    skeleton: Skeleton,
    on_bone: list[NDArray[np.int64]],
) -> Places:
    """What follows trunk and head alone: what is above the hips and away from where limbs begin."""
    held = part == TRUNK
    up = skeleton.neck - skeleton.pelvis
    held &= (points - skeleton.pelvis) @ up > 0
    for limb, half in zip(limbs.limbs, limbs.half_widths, strict=True):
        root = skeleton.joints[limb.joints[0]]
        reach = max(NUMBERS.root * half, NUMBERS.least_root * skeleton.torso)
        held &= ((points - root) ** 2).sum(axis=1) > reach**2
    for bones in on_bone:
        held &= bones < 0
    return np.asarray(held)


def _add_limb(weights: Float64, limb: Limb, root: Float64, middle: Float64, end: Float64) -> None:
    """Add a limb's weights (V, 31).

    root: (V,) how far each point has passed from the trunk to the limb; middle: from its first bone
    to its second; end: from that to the last.
    """
    at_root = shares_along(np.clip(root, 0, 1), len(limb.between[0]) + 2)
    at_middle = shares_along(np.clip(middle, 0, 1), len(limb.between[1]) + 2)
    end = np.clip(end, 0.0, 1.0)
    upper, lower, last = limb.bones
    before, beyond = at_middle[:, 0], at_middle[:, -1]
    # Beyond the middle joint a point is the limb's, whatever its way from the trunk.
    weights[:, [*limb.between[0], upper]] += before[:, None] * at_root[:, 1:]
    weights[:, list(limb.between[1])] += at_middle[:, 1:-1]
    weights[:, lower] += beyond * (1.0 - end)
    weights[:, last] += beyond * end
