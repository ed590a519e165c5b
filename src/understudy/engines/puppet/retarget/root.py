"""The root: where the figure stands, with planted feet that stay planted.

The driver's feet, scaled to the figure, say where the figure's feet should be; forward kinematics
says where they are against the root. The root is the path that satisfies both best while it moves
as the driver's hips do and moves a planted foot little: one banded least-squares problem. What
sliding is left is taken up by the legs. (Ikemoto et al., "Knowing when to put your foot down",
I3D 2006, on contacts; Kovar et al., "Footskate cleanup for motion capture editing", SCA 2002.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from understudy.engines.puppet.retarget.driver import BodyTrack
from understudy.geometry.filters import gaussian, smoothstep
from understudy.geometry.landmarks import Body

Float64 = NDArray[np.float64]

FEET = (
    (Body.LEFT_ANKLE, Body.LEFT_HEEL, Body.LEFT_FOOT_INDEX),
    (Body.RIGHT_ANKLE, Body.RIGHT_HEEL, Body.RIGHT_FOOT_INDEX),
)


@dataclass(frozen=True, slots=True)
class RootNumbers:
    """When a foot stands, and how firmly. Chosen by eye. `hold`, `step` and the ground's seconds
    hardly matter: a quarter more or less moves no joint of the sample takes by .004 torsos.

    speed: torsos a second; a foot slower than the second number stands, one faster than the first
        moves. height: torsos over the ground, likewise.
    calm: seconds (sigma) over which feet are smoothed before their speed is taken. settle: the
        same for how firmly they stand.
    ground_seconds: on either side, from which the ground is read. ground_percentile: of the lowest
        places in them: one frame of a stray landmark is no ground. ground_calm: seconds (sigma).
    hold, step: weights, against a place's, of a planted foot and of the hips' step from frame to
        frame.
    planted: from this firmness on a foot is locked, and fully from the second number on.
    lock_reach: torsos by which a locked foot is moved at most.
    """

    speed: tuple[float, float] = (0.8, 0.3)
    height: tuple[float, float] = (0.18, 0.07)
    calm: float = 0.06
    settle: float = 0.05
    ground_seconds: float = 0.8
    ground_percentile: float = 80.0
    ground_calm: float = 0.3
    hold: float = 1.0
    step: float = 20.0
    planted: tuple[float, float] = (0.35, 0.75)
    lock_reach: float = 0.15


NUMBERS = RootNumbers()


def feet_of(points: Float64) -> Float64:
    """The middle of each foot's three landmarks in points (T, 35, 2): (T, 2, 2)."""
    return np.stack([points[:, list(foot)].mean(axis=1) for foot in FEET], axis=1)


def planted_feet(driver: BodyTrack) -> Float64:
    """How firmly the left and the right foot stand on the ground: (T, 2) in 0..1."""
    torso = driver.scale * driver.lengths["spine"]
    feet = feet_of(driver.points)
    if len(feet) < 3:
        return np.ones((len(feet), 2))
    calm = gaussian(feet, NUMBERS.calm / driver.frame_seconds)
    speed = np.sqrt((np.gradient(calm, driver.frame_seconds, axis=0) ** 2).sum(axis=-1))
    still = smoothstep(*NUMBERS.speed, speed / torso[:, None])
    height = (ground_line(driver)[:, None] - calm[..., 1]) / torso[:, None]
    low = smoothstep(*NUMBERS.height, height)
    return np.asarray(gaussian(still * low, NUMBERS.settle / driver.frame_seconds))


def ground_line(driver: BodyTrack) -> Float64:
    """The y under the driver's feet, (T,) clip pixels: the lowest foot of the seconds around.

    It follows a driver who walks towards the camera and not one who jumps.
    """
    lowest: Float64 = feet_of(driver.points)[..., 1].max(axis=1)
    if len(lowest) < 3:
        return lowest
    reach = max(1, round(NUMBERS.ground_seconds / driver.frame_seconds))
    padded = np.pad(lowest, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    ground = np.percentile(windows, NUMBERS.ground_percentile, axis=1)
    return gaussian(ground, NUMBERS.ground_calm / driver.frame_seconds)


def solve_root(
    wanted: Float64, weight: Float64, feet: Float64, planted: Float64, hips: Float64
) -> Float64:
    """The root path (T, 2).

    wanted: (T, K, 2) places that the root should be at, each with its weight (T, K). feet: (T, 2,
    2) places of the feet against the root. planted: (T, 2). hips: (T, 2) a path whose steps from
    frame to frame the root takes as far as the feet let it.
    """
    frames = len(wanted)
    if frames < 2:
        mean = (wanted * weight[..., None]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
        return np.asarray(mean)
    hold = NUMBERS.hold * planted[1:] * planted[:-1]
    step = NUMBERS.step
    diagonal = weight.sum(axis=1) + 1e-6
    diagonal[1:] += hold.sum(axis=1) + step
    diagonal[:-1] += hold.sum(axis=1) + step
    banded = np.zeros((2, frames))
    banded[1] = diagonal
    banded[0, 1:] = -(hold.sum(axis=1) + step)
    right = (wanted * weight[..., None]).sum(axis=1)
    # A foot that stays needs the root to move against what kinematics does to it.
    against = -(hold[..., None] * np.diff(feet, axis=0)).sum(axis=1)
    right[1:] += against
    right[:-1] -= against
    own = step * np.diff(hips, axis=0)
    right[1:] += own
    right[:-1] -= own
    return np.asarray(solveh_banded(banded, right))


def locked_feet(feet: Float64, planted: Float64, torso: float) -> Float64:
    """How far to move each foot (T, 2, 2) so that it stays where it was planted.

    feet: (T, 2, 2) canvas pixels. The hold fades in and out with `planted`.
    """
    shift = np.zeros_like(feet)
    frames = np.arange(len(feet))
    for side in (0, 1):
        standing = planted[:, side] > NUMBERS.planted[0]
        starts = np.flatnonzero(standing & ~np.roll(standing, 1) | standing & (frames == 0))
        for start in starts:
            rest = np.flatnonzero(~standing[start:])
            end = start + int(rest[0]) if len(rest) else len(feet)
            hold = planted[start:end, side]
            place = (feet[start:end, side] * hold[:, None]).sum(axis=0) / hold.sum()
            firm = smoothstep(*NUMBERS.planted, hold)[:, None]
            shift[start:end, side] = (place - feet[start:end, side]) * firm
    length = np.sqrt((shift**2).sum(axis=-1, keepdims=True)) + 1e-9
    return np.asarray(shift * np.minimum(1.0, NUMBERS.lock_reach * torso / length))
