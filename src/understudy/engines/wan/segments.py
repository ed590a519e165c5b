"""Where a take is cut into segments: each as long as the model takes, the cuts at still moments."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.wan.options import check_length
from understudy.engines.wan.published import FRAMES_PER_LATENT


@dataclass(frozen=True, slots=True)
class Segment:
    """start: its first frame; the first ones are the last of the segment before. length: its
    frames, 4 k + 1; the last segment may reach past the end."""

    start: int
    length: int

    @property
    def last(self) -> int:
        return self.start + self.length - 1


@dataclass(frozen=True, slots=True)
class _Costs:
    """What a cut costs, in the clip's median motion from frame to frame.

    seam: of a cut at no motion at all, so that still moments are worth one cut more, not many.
    most: no motion counts for more. uneven: of a segment half as long as may be.
    shortest: share of the longest length; shorter segments are drawn without need.
    """

    seam: float = 0.5
    most: float = 4.0
    uneven: float = 0.1
    shortest: float = 0.5


COSTS = _Costs()


def plan_segments(
    frames: int,
    longest: int,
    motion: NDArray[np.float64] | None = None,
    start: int = 0,
    overlap: int = 1,
) -> tuple[Segment, ...]:
    """Cut `start`..`frames` into segments of at most `longest` frames.

    motion: (frames,) how much the clip moves at each frame, in any unit; None for no choice by it.
    overlap: frames that each segment shares with the one before, 1 or 5. The last segment reaches
    up to three frames past the end, or more where so little is left that it would be too short.
    Raises ValueError where there is nothing to cut or the length is none that the model takes.
    """
    check_length(longest, overlap)
    if not 0 <= start < frames:
        raise ValueError(f"there are {frames} frames; none to draw from {start} on")
    # Cuts lie four frames apart, as lengths are 4 k + 1 and segments share 1 or 5 frames.
    shared = overlap // FRAMES_PER_LATENT
    # The pipeline takes a segment for two that is not longer than twice what it shares.
    shortest = 2 * shared + 1
    units = max(shortest, -(-(frames - start - 1) // FRAMES_PER_LATENT))
    most = (longest - 1) // FRAMES_PER_LATENT
    if units <= most:
        return (Segment(start, units * FRAMES_PER_LATENT + 1),)
    ends = _cheapest_ends(units, most, shared, _cost_of_cuts(units, start, motion))
    begins = (0, *(end - shared for end in ends[:-1]))
    return tuple(
        Segment(start + begin * FRAMES_PER_LATENT, (end - begin) * FRAMES_PER_LATENT + 1)
        for begin, end in zip(begins, ends, strict=True)
    )


def _cheapest_ends(
    units: int, most: int, shared: int, at_cut: NDArray[np.float64]
) -> tuple[int, ...]:
    """Where segments end, in units of four frames. most: of a segment, with those it shares."""
    least = max(2 * shared + 1, int(most * COSTS.shortest))
    cost = np.full(units + 1, np.inf)
    came_from = np.zeros(units + 1, np.int64)
    cost[0] = 0.0
    for end in range(1, units + 1):
        for before in range(max(0, end - most), end):
            length = end - before + (shared if before else 0)
            if not least <= length <= most:
                continue
            total = cost[before] + at_cut[end] + COSTS.uneven * 2 * (1 - length / most)
            if total < cost[end]:
                cost[end], came_from[end] = total, before
    ends = [units]
    while came_from[ends[-1]]:
        ends.append(int(came_from[ends[-1]]))
    return tuple(reversed(ends))


def motion_of(frames: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """(n,) how much small grey frames (h, w) change around each of them, in grey levels."""
    steps = [
        float(np.abs(after.astype(np.int16) - before).mean())
        for before, after in itertools.pairwise(frames)
    ]
    padded = np.array([0.0, *steps, 0.0])
    return np.asarray(padded[:-1] + padded[1:], np.float64)


def _cost_of_cuts(
    units: int, start: int, motion: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    costs = np.full(units + 1, COSTS.seam)
    costs[-1] = 0.0
    if motion is None:
        return costs
    median = float(np.median(motion)) or 1.0
    places = start + FRAMES_PER_LATENT * np.arange(1, units)
    costs[1:-1] += np.minimum(motion[np.minimum(places, len(motion) - 1)] / median, COSTS.most)
    return costs
