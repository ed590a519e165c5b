"""Finding the cuts of a clip on grey thumbnails.

A hard cut changes the whole picture at once, far more than the frames around it change. In a
dissolve or a fade, every frame is a blend of the one before it began and the one after it ended,
which no moving camera or person does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Thumbnails = NDArray[np.uint8]

# A hard cut: mean change in grey levels, times the usual change around it, likeness at most.
_CUT_CHANGE = 10.0
_CUT_FACTOR = 4.0
_CUT_LIKENESS = 0.5
# Thumbnails on either side that say what change is usual.
_AROUND = 4

# A dissolve: how long it takes in seconds, how different its ends are in grey levels, over what
# share of the picture and how alike there, and how well blends fit (shares of the change's power).
_BLEND_SECONDS = (0.35, 0.6, 1.0, 1.6)
_BLEND_CHANGE = 15.0
_BLEND_AREA = 0.1
_BLEND_LIKENESS = 0.6
_BLEND_RESIDUAL = 0.08
_LEAST_BETWEEN = 3
# Motion: what it may leave unexplained of a change, and its mean length in long sides.
_UNEXPLAINED = 0.25
_MOTION = 0.05
# Below this share of the other, an image is one of the two that are blended.
_PURE = 0.1

# What flashes up for a moment and leads back to a picture this alike is no change of shot.
_SAME_SHOT = 0.6
_FLASH_SLACK = 0.1

_BLUR = 1.5


@dataclass(frozen=True, slots=True)
class Cut:
    """A change of shot.

    start, end: seconds; the last moment of the one shot and the first of the other. kind: `cut`,
    or `dissolve`, which also stands for fades.
    """

    start: float
    end: float
    kind: Literal["cut", "dissolve"]


def find_cuts(times: NDArray[np.float64], thumbnails: Thumbnails) -> list[Cut]:
    """The cuts between thumbnails (N, h, w) grey, shown at `times` (N,) seconds, in order."""
    if len(times) < 3:
        return []
    soft = np.stack([cv2.GaussianBlur(image, (0, 0), _BLUR) for image in thumbnails])
    hard = _hard_cuts(times, soft)
    gradual = [
        blend
        for blend in _dissolves(times, soft)
        if not any(blend.start - 1e-6 <= cut.start and cut.end <= blend.end + 1e-6 for cut in hard)
    ]
    return sorted(hard + gradual, key=lambda cut: cut.start)


def bridge_flashes(
    cuts: list[Cut], times: NDArray[np.float64], thumbnails: Thumbnails, seconds: float
) -> list[Cut]:
    """The cuts without those that lead back to the same shot within so many seconds."""
    kept: list[Cut] = []
    for cut in cuts:
        if kept and cut.end - kept[-1].start <= seconds + _FLASH_SLACK:
            before = int(np.searchsorted(times, kept[-1].start, side="right")) - 1
            after = min(int(np.searchsorted(times, cut.end)), len(times) - 1)
            if likeness(thumbnails[before], thumbnails[after]) > _SAME_SHOT:
                kept.pop()
                continue
        kept.append(cut)
    return kept


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The normalised cross-correlation of two images, in -1..1; 0 where one is flat."""
    return _correlation(one.astype(np.float32).ravel(), other.astype(np.float32).ravel())


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    a, b = one - float(one.mean()), other - float(other.mean())
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 1e-3 else 0.0


def _hard_cuts(times: NDArray[np.float64], images: Thumbnails) -> list[Cut]:
    changes = np.array([float(cv2.absdiff(a, b).mean()) for a, b in pairwise(images)])
    cuts = []
    for k, change in enumerate(changes):
        around = np.delete(changes[max(0, k - _AROUND) : k + _AROUND + 1], min(k, _AROUND))
        usual = float(np.median(around)) if len(around) else 0.0
        if change < _CUT_CHANGE or change < _CUT_FACTOR * (1 + usual):
            continue
        if likeness(images[k], images[k + 1]) < _CUT_LIKENESS:
            cuts.append(Cut(float(times[k]), float(times[k + 1]), "cut"))
    return cuts


def _dissolves(times: NDArray[np.float64], images: Thumbnails) -> list[Cut]:
    half = np.stack([cv2.resize(image, None, fx=0.5, fy=0.5) for image in images])
    small = half.astype(np.float32)
    found: list[tuple[float, float]] = []
    for seconds in _BLEND_SECONDS:
        for first in range(len(times)):
            last = int(np.searchsorted(times, times[first] + seconds))
            if last >= len(times):
                break
            shares = _blend_shares(small[first : last + 1])
            if shares is not None and not _is_motion(half[first], half[last]):
                begin = int(np.flatnonzero(shares < _PURE)[-1])
                end = int(np.flatnonzero(shares > 1 - _PURE)[0])
                found.append((float(times[first + begin]), float(times[first + end])))
    return [Cut(start, end, "dissolve") for start, end in _merged(found)]


def _blend_shares(images: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """How far each image has gone from the first to the last, 0 to 1, where all are blends of both.

    None where they are not. Only what the last image changes counts, for a dissolve within a room
    leaves most of the picture as it is.
    """
    step = images[-1] - images[0]
    changed = np.abs(step) > _BLEND_CHANGE
    if float(changed.mean()) < _BLEND_AREA:
        return None
    pixels = images[:, changed]
    before, step = pixels[0], step[changed]
    if _correlation(before, pixels[-1]) > _BLEND_LIKENESS:
        return None
    off = pixels - before
    power = float(step @ step)
    shares: NDArray[np.float32] = off @ step / power
    residuals = ((off - shares[:, None] * step) ** 2).sum(axis=1) / power
    between = (shares > 0.15) & (shares < 0.85)
    if between.sum() < _LEAST_BETWEEN or float(residuals.max()) > _BLEND_RESIDUAL:
        return None
    return shares if bool((np.diff(shares) > -0.05).all()) else None


def _is_motion(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    """Whether moving parts of the one image about makes the other.

    Something that moves by less than its own blur looks like a blend, too.
    """
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        after, before, np.zeros((*before.shape, 2), np.float32)
    )
    rows, columns = np.indices(before.shape, np.float32)
    moved = cv2.remap(
        before,
        columns + flow[..., 0],
        rows + flow[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    difference = cv2.absdiff(before, after)
    changed = difference > _BLEND_CHANGE
    unexplained = float(cv2.absdiff(moved, after)[changed].sum()) / float(difference.sum())
    distance = float(np.abs(flow[changed]).mean())
    return unexplained < _UNEXPLAINED and distance < _MOTION * max(before.shape)


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
