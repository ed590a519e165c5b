"""Which arm passes behind the body, and which leg is farther: decided over the whole clip.

A layer that changes its place in the z-order while it overlaps another visibly jumps. So the order
is a path of least cost over the clip (`geometry.viterbi`): what the depth says in each frame,
against the price of a change, which is high while the limb lies over the body and low
where it is clear of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import BodyTrack
from understudy.geometry.filters import gaussian, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS
from understudy.geometry.viterbi import cheapest_switch

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DepthNumbers:
    """What speaks for and against a limb behind another.

    behind: metres by which a forearm must lie behind the trunk before it counts as behind, because
        depth is noisy and people seldom put their arms behind them.
    arm_doubt, leg_doubt: metres over which the depth goes from no evidence to full.
    least_trust: how much an arm that is hardly seen still counts.
    clear_price, covered_price: of a change of an arm's place, in frames of full evidence: clear of
        the body, and added when it lies over it. leg_price: of the legs'.
    calm: seconds over which depth is smoothed (sigma).
    beside_trunk: from where to where off the spine, in torsos, a sample is on the trunk.
    above, below: the same along the spine (0 neck, 1 pelvis).
    head: the same from the middle of the ears, in torsos.
    """

    behind: float = 0.12
    arm_doubt: float = 0.08
    leg_doubt: float = 0.1
    least_trust: float = 0.2
    clear_price: float = 3.0
    covered_price: float = 60.0
    leg_price: float = 12.0
    calm: float = 0.1
    beside_trunk: tuple[float, float] = (0.52, 0.36)
    above: tuple[float, float] = (-0.15, 0.0)
    below: tuple[float, float] = (1.35, 1.15)
    head: tuple[float, float] = (0.5, 0.34)


NUMBERS = DepthNumbers()
# Samples of what covers the body: shares of the forearm, and of the hand (knuckles at 1).
ON_FOREARM, ON_HAND = np.linspace(0.15, 1.0, 5), (1.0, 1.8)


def arms_behind(
    driver: BodyTrack, turn_back: Float64, joints: Float64, torso: float
) -> NDArray[np.bool_]:
    """Whether the left and the right arm pass behind the body: (T, 2).

    turn_back: (T,) radians by which the driver is turned back about the vertical. joints:
    (T, 35, 2) of the figure that moves, canvas pixels, whose trunk is `torso` long.
    """
    world = driver.world
    z = -world[..., 0] * np.sin(turn_back)[:, None] + world[..., 2] * np.cos(turn_back)[:, None]
    trunk = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP]
    middle = z[:, trunk].mean(axis=1)
    behind = np.zeros((len(driver), 2), np.bool_)
    for side, limb in enumerate(ARMS):
        _, elbow, wrist, _ = limb.joints
        depth = gaussian(
            (z[:, elbow] + z[:, wrist]) / 2 - middle, NUMBERS.calm / driver.frame_seconds
        )
        trust = driver.confidence[:, [elbow, wrist]].min(axis=1)
        evidence = np.tanh((depth - NUMBERS.behind) / NUMBERS.arm_doubt)
        evidence = evidence * (NUMBERS.least_trust + (1.0 - NUMBERS.least_trust) * trust)
        covered = _cover(joints, limb.joints, torso)
        behind[:, side] = cheapest_switch(
            evidence, NUMBERS.clear_price + NUMBERS.covered_price * covered
        )
    return behind


def left_leg_behind(driver: BodyTrack) -> NDArray[np.bool_]:
    """Whether the left leg is the farther one: (T,)."""
    farther = [
        driver.world[:, [knee, ankle], 2].mean(axis=1)
        for knee, ankle in (
            (Body.LEFT_KNEE, Body.LEFT_ANKLE),
            (Body.RIGHT_KNEE, Body.RIGHT_ANKLE),
        )
    ]
    depth = gaussian(farther[0] - farther[1], NUMBERS.calm / driver.frame_seconds)
    return cheapest_switch(
        np.tanh(depth / NUMBERS.leg_doubt), np.full(len(driver), NUMBERS.leg_price)
    )


def _cover(joints: Float64, chain: tuple[int, int, int, int], torso: float) -> Float64:
    """How much of a forearm and hand lies over the trunk or the head: (T,) in 0..1."""
    _, elbow, wrist, knuckles = chain
    samples = np.concatenate(
        [joints[:, elbow, None] * (1 - s) + joints[:, wrist, None] * s for s in ON_FOREARM]
        + [joints[:, wrist, None] * (1 - s) + joints[:, knuckles, None] * s for s in ON_HAND],
        axis=1,
    )
    neck = (joints[:, Body.LEFT_SHOULDER] + joints[:, Body.RIGHT_SHOULDER]) / 2
    pelvis = (joints[:, Body.LEFT_HIP] + joints[:, Body.RIGHT_HIP]) / 2
    head = (joints[:, Body.LEFT_EAR] + joints[:, Body.RIGHT_EAR]) / 2
    spine = pelvis - neck
    length = np.sqrt((spine**2).sum(axis=1)) + 1e-9
    offset = samples - neck[:, None]
    down = np.einsum("tsi,ti->ts", offset, spine) / length[:, None] ** 2
    across = np.abs(offset[..., 0] * spine[:, None, 1] - offset[..., 1] * spine[:, None, 0])
    on_trunk = smoothstep(*NUMBERS.beside_trunk, across / length[:, None] / torso)
    on_trunk = on_trunk * smoothstep(*NUMBERS.above, down) * smoothstep(*NUMBERS.below, down)
    to_head = np.sqrt(((samples - head[:, None]) ** 2).sum(axis=-1)) / torso
    return np.asarray(np.maximum(on_trunk, smoothstep(*NUMBERS.head, to_head)).mean(axis=1))
