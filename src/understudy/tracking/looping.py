"""Closing a performance: its end goes over into its beginning, so that it can be repeated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import median_seconds
from understudy.geometry.landmarks import Float32
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.performance import Performance


@dataclass(frozen=True, slots=True)
class LoopNumbers:
    """How long the way back takes."""

    seconds: float = 0.8
    """Long enough for an arm to come down without haste."""
    most_share: float = 0.4
    """Of the performance: the rest stays as it was."""


NUMBERS = LoopNumbers()


def closed(performance: Performance) -> Performance:
    """The performance with its last moments drawn to its first.

    Towards the end each landmark goes over to where it would have come from: its own beginning
    mirrored in its first place (odd reflection), so that place and speed agree where the last frame
    is followed by the first. The number of frames stays. What is not seen at the beginning stays
    unchanged.
    """
    share = _shares(performance.times)
    if len(share) < 2:
        return performance
    return replace(
        performance,
        body=_drawn(performance.body, share),
        world=_drawn(performance.world, share),
        left_hand=_drawn(performance.left_hand, share),
        right_hand=_drawn(performance.right_hand, share),
        face=_drawn(performance.face, share),
    )


def closed_camera(camera: ClipCamera, times: NDArray[np.float64]) -> ClipCamera:
    """The camera's way with its last moments drawn to its beginning. times: (T,) seconds."""
    share = _shares(times).astype(np.float64)[:, None]
    rows = np.column_stack([camera.centre, np.log(camera.zoom), camera.roll])
    if len(share) >= 2:
        rows[-len(share) :] += share * (rows[0] - rows[-len(share) :])
    return replace(camera, centre=rows[:, :2], zoom=np.exp(rows[:, 2]), roll=rows[:, 3])


def _shares(times: NDArray[np.float64]) -> Float32:
    """How far the last frames are drawn to the first: (n,) in 0..1; fewer than two for none."""
    count = min(
        round(NUMBERS.seconds / median_seconds(times)), int(NUMBERS.most_share * len(times))
    )
    # The frame after the last would be the first: it is 1 there, and 0 before the way begins.
    way = np.arange(1, count + 1) / (count + 1)
    return np.asarray(way**2 * (3 - 2 * way), np.float32)


def _drawn(track: Float32, share: NDArray[np.float32]) -> Float32:
    """A track (T, N, C) with its last rows drawn to its first by `share` (n,)."""
    count = len(share)
    closed = track.copy()
    places = track[..., :3]
    before = 2 * places[0] - places[count:0:-1]
    weight = share[:, None, None]
    mixed = (1 - weight) * places[-count:] + weight * before
    closed[-count:, :, :3] = np.where(np.isfinite(mixed), mixed, places[-count:])
    return closed
