"""Fitting thirteen joints to a silhouette by simulated annealing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.character.figure.joints import JOINTS, Joint
from understudy.character.figure.unrecognized.energy_kernel import energy
from understudy.character.figure.unrecognized.mask_energy import PreparedMask, energy_of


@dataclass(frozen=True, slots=True)
class Schedule:
    """One annealing. heat: of the energy, at the start. step: of the height, at the start."""

    steps: int
    heat: float
    step: float


@dataclass(frozen=True, slots=True)
class FitNumbers:
    """The annealings, and what they start from. Shares are of the height."""

    near: Schedule = Schedule(2500, 0.006, 0.03)
    """From joints that are nearly right."""
    first: Schedule = Schedule(900, 0.02, 0.06)
    """From every template."""
    then: Schedule = Schedule(4500, 0.01, 0.04)
    """From the best of those."""
    kept: int = 5
    """How many of those."""
    valley: float = 0.05
    """Energy up to which the mean of several fits may be worse than the best of them."""
    held: float = 0.06
    """Weight of the distance from the joints that a fit starts from."""
    held_within: float = 0.05
    """Distance at which a joint begins to be let go."""
    head: float = 0.55
    """The head's middle, as a share of the way from the neck to where the silhouette ends."""
    head_far: float = 0.6
    """How far from the neck the head may end."""
    head_step: float = 0.005
    """Between two looks for its end."""
    band: tuple[float, float] = (0.3, 0.65)
    """From the top: between these lies the trunk's axis in the thickest part."""
    knees_apart: float = 1.1
    """Of a template: how far from the axis, in the hips' distance, the knees,"""
    ankles_apart: float = 1.2
    """and the ankles are."""


NUMBERS = FitNumbers()
_HELD_WITHIN = NUMBERS.held_within
# What the compiled annealing tries: up to these random numbers it moves one joint, a limb, a
# girdle (shoulders or hips), changes a girdle's width, and beyond the last turns a limb.
_ONE_JOINT, _LIMB, _GIRDLE, _WIDTH = 0.45, 0.75, 0.85, 0.95
_TURN, _LEAST_TURN = (
    0.6,
    0.03,
)  # radians (sigma) of a turn: at the start, and what is left at the end
_LEAST_HEAT, _LEAST_STEP = 1e-5, 0.004  # what is left of heat and step at the end
_ROOTS = (1, 4, 7, 10)  # the joints that limbs hang on
# Trunks: y of the head, the shoulders and the hips from the top, half widths of hips and shoulders.
_TRUNKS = (
    (0.10, 0.20, 0.50, 0.07, 0.11),
    (0.20, 0.38, 0.66, 0.08, 0.13),
    (0.30, 0.46, 0.72, 0.10, 0.20),
    (0.40, 0.58, 0.80, 0.08, 0.18),
)
# Elbow and wrist from the shoulder: hanging, spread, sideways, bent up, raised, on the hips.
_ARMS = (
    ((0.02, 0.17), (0.03, 0.31)),
    ((0.10, 0.12), (0.18, 0.24)),
    ((0.14, 0.01), (0.28, 0.02)),
    ((0.12, 0.06), (0.17, -0.10)),
    ((0.10, -0.10), (0.12, -0.24)),
    ((0.11, 0.11), (0.03, 0.22)),
)
_ANKLES = 0.95


def fit_near(prepared: PreparedMask, joints: Points) -> Points:
    """The joints (13, 2), in the silhouette's pixels, moved a little so that they explain it."""
    found, _ = _annealed(prepared, joints, NUMBERS.near, NUMBERS.held, seed=5)
    return with_head(prepared, found)


def fit_outline(prepared: PreparedMask) -> list[Points]:
    """Joints (13, 2) found by the silhouette alone, the best explanation first."""
    first = [
        _annealed(prepared, joints, NUMBERS.first, 0.0, seed=1 + i)
        for i, joints in enumerate(_templates(prepared))
    ]
    first.sort(key=lambda one: one[1])
    then = [
        _annealed(prepared, joints, NUMBERS.then, 0.0, seed=101 + i)
        for i, (joints, _) in enumerate(first[: NUMBERS.kept])
    ]
    then.sort(key=lambda one: one[1])
    return [with_head(prepared, joints) for joints, _ in then]


def settled(prepared: PreparedMask, fits: list[Points]) -> Points:
    """The mean of several fits where it explains the silhouette about as well as the first does.

    Annealings end at different places of one flat valley; its middle is nearer to the truth. Where
    they found different valleys the first is taken.
    """
    middle = np.mean(fits, axis=0)
    worse = energy_of(prepared, middle) - energy_of(prepared, fits[0])
    return np.asarray(middle) if worse <= NUMBERS.valley else fits[0]


def with_head(prepared: PreparedMask, joints: Points) -> Points:
    """The joints with the head in the middle of what the silhouette shows above the neck.

    Coverage alone does not say where in the head its joint lies.
    """
    neck = (joints[Joint.RIGHT_SHOULDER] + joints[Joint.LEFT_SHOULDER]) / 2
    way = joints[Joint.HEAD] - neck
    length = float(np.hypot(*way))
    if length < 1e-6:
        return joints
    reach = np.arange(0, NUMBERS.head_far * prepared.height, NUMBERS.head_step * prepared.height)
    at = np.floor(neck + reach[:, None] * way / length).astype(int)
    h, w = prepared.inside.shape
    on = (at >= 0).all(axis=1) & (at[:, 0] < w) & (at[:, 1] < h)
    on[on] = prepared.inside[at[on, 1], at[on, 0]]
    ends = np.flatnonzero(~on & (reach > length))
    last = np.flatnonzero(on[: ends[0] if ends.size else None])
    moved = joints.copy()
    if last.size:
        moved[Joint.HEAD] = neck + NUMBERS.head * reach[last[-1]] * way / length
    return moved


def _annealed(
    prepared: PreparedMask, joints: Points, schedule: Schedule, held: float, *, seed: int
) -> tuple[Points, float]:
    p = prepared
    found: tuple[Points, float] = anneal(
        np.ascontiguousarray(joints, np.float64),
        p.distance,
        p.points,
        p.weights,
        p.hints,
        p.height,
        schedule.steps,
        schedule.heat,
        schedule.step,
        held,
        seed,
    )
    return found


def _templates(prepared: PreparedMask) -> list[Points]:
    """Figures of several proportions and poses, set into the silhouette's box."""
    rows = np.flatnonzero(prepared.inside.any(axis=1))
    top, height = float(rows[0]), float(rows[-1] - rows[0] + 1)
    # The trunk's axis runs through the thickest part of the middle.
    upper, lower = (int(top + share * height) for share in NUMBERS.band)
    band = np.maximum(prepared.distance, 0)[upper:lower] ** 2
    axis = float((np.arange(band.shape[1]) * band.sum(axis=0)).sum() / max(1e-9, float(band.sum())))
    templates = []
    for head, shoulder, hip, hip_half, shoulder_half in _TRUNKS:
        for elbow, wrist in _ARMS:
            joints = np.zeros((JOINTS, 2))
            joints[Joint.HEAD] = (0, head)
            for first, hips, side in (
                (Joint.RIGHT_SHOULDER, Joint.RIGHT_HIP, -1),
                (Joint.LEFT_SHOULDER, Joint.LEFT_HIP, 1),
            ):
                joints[first] = (side * shoulder_half, shoulder)
                joints[first + 1] = (side * (shoulder_half + elbow[0]), shoulder + elbow[1])
                joints[first + 2] = (side * (shoulder_half + wrist[0]), shoulder + wrist[1])
                joints[hips] = (side * hip_half, hip)
                joints[hips + 1] = (side * NUMBERS.knees_apart * hip_half, (hip + _ANKLES) / 2)
                joints[hips + 2] = (side * NUMBERS.ankles_apart * hip_half, _ANKLES)
            templates.append(joints * height + (axis, top))
    return templates


@njit(cache=True, nogil=True)
def _moved(  # pragma: no cover - compiled
    joints: Points, stride: float, left: float
) -> Points:
    """The joints with a random change. left: share of the annealing that is to come."""
    tried = joints.copy()
    kind = np.random.random()
    dx, dy = np.random.normal() * stride, np.random.normal() * stride
    limb = _ROOTS[np.random.randint(4)]
    girdle = 1 if np.random.random() < 0.5 else 7
    if kind < _ONE_JOINT:
        k = np.random.randint(JOINTS)
        tried[k, 0] += dx
        tried[k, 1] += dy
    elif kind < _LIMB:  # from its root or its middle on
        for k in range(limb + np.random.randint(2), limb + 3):
            tried[k, 0] += dx
            tried[k, 1] += dy
    elif kind < _GIRDLE:  # shoulders or hips, with or without what hangs on them
        everything = np.random.random() < 0.5
        for k in range(girdle, girdle + 6):
            if everything or (k - girdle) % 3 == 0:
                tried[k, 0] += dx
                tried[k, 1] += dy
    elif kind < _WIDTH:  # shoulders or hips wider or narrower
        tried[girdle, 0] -= dx
        tried[girdle + 3, 0] += dx
    else:  # a limb turned about its root
        angle = np.random.normal() * (_TURN * left + _LEAST_TURN)
        c, s = math.cos(angle), math.sin(angle)
        for k in range(limb + 1, limb + 3):
            x, y = tried[k, 0] - tried[limb, 0], tried[k, 1] - tried[limb, 1]
            tried[k, 0] = tried[limb, 0] + c * x - s * y
            tried[k, 1] = tried[limb, 1] + s * x + c * y
    return tried


@njit(cache=True, nogil=True)
def anneal(  # pragma: no cover - compiled  # noqa: PLR0913 - plain arrays and numbers
    start: Points,
    distance: Points,
    points: Points,
    weights: Points,
    hints: NDArray[np.int64],
    height: float,
    steps: int,
    heat: float,
    step: float,
    held: float,
    seed: int,
) -> tuple[Points, float]:
    """The joints of least energy that were met, and that energy; the same for the same seed."""
    np.random.seed(seed)
    now = start.copy()
    level = energy(now, distance, points, weights, hints, height)
    best, best_level = now.copy(), level
    for turn in range(steps):
        left = 1 - turn / steps
        temperature = heat * left * left + _LEAST_HEAT
        tried = _moved(now, height * (step * left + _LEAST_STEP), left)
        value = energy(tried, distance, points, weights, hints, height)
        if held > 0:
            away = 0.0
            for k in range(JOINTS):
                square = (tried[k, 0] - start[k, 0]) ** 2 + (tried[k, 1] - start[k, 1]) ** 2
                away += math.log(1 + square / (_HELD_WITHIN * height) ** 2)
            value += held * away / JOINTS
        if value < level or np.random.random() < math.exp(-(value - level) / temperature):
            now, level = tried, value
            if level < best_level:
                best, best_level = now.copy(), level
    return best, best_level
