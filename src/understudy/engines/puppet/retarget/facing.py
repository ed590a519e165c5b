"""Which side of the driver is visible, and drivers seen from behind.

A view from behind is cast like one from the front: its left arm is the one on the image's right.
So the driver's left and right are exchanged for it; a driver seen from behind then reads as one
seen from the front, and everything else is done alike for both views. A view from the side shows
the driver's own left and right.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import BodyTrack, figure_of_performance
from understudy.geometry.filters import gaussian, median_seconds, smoothstep
from understudy.geometry.landmarks import SIDES_EXCHANGED, Aspect, Body, Float32
from understudy.geometry.viterbi import cheapest_path
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
FRONT, LEFT, BACK, RIGHT = range(4)


@dataclass(frozen=True, slots=True)
class FacingNumbers:
    """What decides which view is shown.

    price: of a change of view, in seconds of a driver seen plainly from one side: somebody who
        turns for less than twice that is not shown from behind.
    across: factor on it from one side to the other, which is two quarters of a turn.
    side: by how much less a view from the side is worth than its angle says: a front follows a
        driver to where the two are level, 55 degrees.
    face: cost of a back while a face is seen. faces_away: cosine of the turn away from the camera
        at which a face no longer speaks against a back, and at which it does fully.
    face_seconds, look_seconds: smoothing of the face's presence and of the look (sigma).
    ahead: torsos by which a nose must lie before the ears to say for sure where the driver looks.
    crossfade: seconds that the one view takes to go over into the other.
    least_share: a view that is less than this share of a frame is left out of it.
    """

    price: float = 0.15
    across: float = 2.0
    side: float = 0.25
    face: float = 0.8
    faces_away: tuple[float, float] = (0.9, 0.2)
    face_seconds: float = 0.08
    look_seconds: float = 0.06
    ahead: float = 0.1
    crossfade: float = 0.06
    least_share: float = 0.02


NUMBERS = FacingNumbers()


def without_face(performance: Performance) -> Performance:
    """The performance without a face."""
    nobody: Float32 = np.full_like(performance.face, np.nan)
    return replace(performance, face=nobody)


def with_sides_swapped(performance: Performance) -> Performance:
    """The performance with left and right exchanged, and without a face."""
    order = list(SIDES_EXCHANGED)
    return replace(
        without_face(performance),
        body=np.ascontiguousarray(performance.body[:, order]),
        world=np.ascontiguousarray(performance.world[:, order]),
        left_hand=performance.right_hand,
        right_hand=performance.left_hand,
    )


def aspects_seen(
    performance: Performance, views: Collection[Aspect], price_factor: Float64 | None = None
) -> NDArray[np.int64]:
    """Which of the views (and the front) is to be shown in each frame: (T,), indices of `ASPECTS`.

    A path of least cost over the whole clip, so that neither noise nor a short look over the
    shoulder changes the view; a visible face speaks against a back. price_factor: (T, 4, 4), how
    many times the usual price a change from one view to another costs between frames t - 1 and t.
    """
    if len(performance) < 2:
        return np.zeros(len(performance), np.int64)
    seconds = median_seconds(performance.times)
    driver = figure_of_performance(performance)
    shown: Float64 = np.asarray(np.isfinite(performance.face).all(axis=(1, 2)), np.float64)
    face = gaussian(shown, NUMBERS.face_seconds / seconds)
    towards = np.cos(driver.yaw)
    aside = np.abs(np.sin(driver.yaw)) * _looks_right(driver)
    # A figure that looks to the image's right shows its right side.
    worth = np.stack([towards, -aside - NUMBERS.side, -towards, aside - NUMBERS.side], axis=1)
    missing = [a not in views and a != "front" for a in ASPECTS]
    worth[:, missing] = -np.inf
    cost = np.tanh(worth.max(axis=1, keepdims=True) - worth)
    cost[:, missing] = np.inf
    cost[:, BACK] += NUMBERS.face * face * smoothstep(*NUMBERS.faces_away, -towards)
    price = np.full((len(performance), 4, 4), NUMBERS.price / seconds)
    price[:, [LEFT, RIGHT], [RIGHT, LEFT]] *= NUMBERS.across
    return cheapest_path(cost, price if price_factor is None else price * price_factor)


def _looks_right(driver: BodyTrack) -> Float64:
    """Whether the driver looks to the image's right (1) or left (-1), by nose and ears: (T,).

    The tracker's depth takes the one profile for the other now and then; the image does not.
    """
    ears = driver.points[:, [Body.LEFT_EAR, Body.RIGHT_EAR], 0].mean(axis=1)
    ahead = (driver.points[:, Body.NOSE, 0] - ears) / (driver.scale * driver.lengths["spine"])
    return np.clip(
        gaussian(ahead, NUMBERS.look_seconds / driver.frame_seconds) / NUMBERS.ahead, -1.0, 1.0
    )


def crossfade(seen: NDArray[np.int64], times: Float64) -> Float64:
    """How much of each frame is each view: (T, 4) in 0..1, a short ramp at each change."""
    width = NUMBERS.crossfade / 2 / median_seconds(times)
    plain = (seen[:, None] == np.arange(len(ASPECTS))).astype(np.float64)
    share = gaussian(plain, width)
    share = np.where(share < NUMBERS.least_share, 0.0, share)
    return np.asarray(share / share.sum(axis=1, keepdims=True))
