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


@dataclass(frozen=True, slots=True)
class ShotDetectionNumbers:
    """When a change between thumbnails is a change of shot. Grey levels are of 0..255."""

    min_cut_change: float = 10.0
    """Mean change at a hard cut, in grey levels."""
    cut_factor: float = 4.0
    """That change, relative to the usual change around it plus one."""
    max_cut_likeness: float = 0.5
    """Correlation of the thumbnails on either side."""
    context: int = 4
    """Thumbnails on either side that define the usual change."""
    blend_seconds: tuple[float, ...] = (0.35, 0.6, 1.0, 1.6)
    """Lengths that are tried for a dissolve."""
    min_blend_change: float = 15.0
    """Grey levels by which a pixel counts as changed."""
    min_blend_area: float = 0.1
    """Share of the pixels that a dissolve changes."""
    max_blend_likeness: float = 0.6
    """Correlation of its two ends over these pixels."""
    max_blend_residual: float = 0.08
    """Power that a blend of the ends leaves unexplained, relative to the change's."""
    min_blended: int = 3
    """Thumbnails that must show a true blend of both ends."""
    blended_shares: tuple[float, float] = (0.15, 0.85)
    """A true blend has gone this far from the first to the last."""
    max_step_back: float = 0.05
    """How far a blend may go backwards between thumbnails."""
    max_flow_residual: float = 0.25
    """Change that motion may leave unexplained and still be its cause."""
    max_flow: float = 0.05
    """Mean length of such motion, in long sides."""
    pure_share: float = 0.1
    """Below this share of the other end, a thumbnail shows one end alone."""
    min_flash_likeness: float = 0.6
    """Correlation across a flash that leads back to the same shot."""
    flash_slack_seconds: float = 0.1
    """Seconds by which a flash may be longer than asked, for the thumbnails' spacing."""
    blur_sigma: float = 1.5
    """Sigma in pixels of the blur against noise."""


NUMBERS = ShotDetectionNumbers()


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
    soft = np.stack([_soft(image) for image in thumbnails])
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
        if kept and cut.end - kept[-1].start <= seconds + NUMBERS.flash_slack_seconds:
            before = int(np.searchsorted(times, kept[-1].start, side="right")) - 1
            after = min(int(np.searchsorted(times, cut.end)), len(times) - 1)
            if likeness(thumbnails[before], thumbnails[after]) > NUMBERS.min_flash_likeness:
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


def _soft(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A thumbnail without its noise."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), NUMBERS.blur_sigma), np.uint8)


def _hard_cuts(times: NDArray[np.float64], images: Thumbnails) -> list[Cut]:
    """images: thumbnails without their noise."""
    changes = np.array([float(cv2.absdiff(a, b).mean()) for a, b in pairwise(images)])
    cuts = []
    for k, change in enumerate(changes):
        around = np.delete(
            changes[max(0, k - NUMBERS.context) : k + NUMBERS.context + 1], min(k, NUMBERS.context)
        )
        usual = float(np.median(around)) if len(around) else 0.0
        if change < NUMBERS.min_cut_change or change < NUMBERS.cut_factor * (1 + usual):
            continue
        if likeness(images[k], images[k + 1]) < NUMBERS.max_cut_likeness:
            cuts.append(Cut(float(times[k]), float(times[k + 1]), "cut"))
    return cuts


def _dissolves(times: NDArray[np.float64], images: Thumbnails) -> list[Cut]:
    """images: thumbnails without their noise."""
    half = np.stack([cv2.resize(image, None, fx=0.5, fy=0.5) for image in images])
    found: list[tuple[float, float]] = []
    for seconds in NUMBERS.blend_seconds:
        for first in range(len(times)):
            last = int(np.searchsorted(times, times[first] + seconds))
            if last >= len(times):
                break
            shares = _blend_shares(half[first : last + 1])
            if shares is not None and not _is_motion(half[first], half[last]):
                begin = int(np.flatnonzero(shares < NUMBERS.pure_share)[-1])
                end = int(np.flatnonzero(shares > 1 - NUMBERS.pure_share)[0])
                found.append((float(times[first + begin]), float(times[first + end])))
    return [Cut(start, end, "dissolve") for start, end in _merged(found)]


def _blend_shares(images: Thumbnails) -> NDArray[np.float32] | None:
    """How far each image has gone from the first to the last, 0 to 1, where all are blends of both.

    None where they are not. Only what the last image changes counts, for a dissolve within a room
    leaves most of the picture as it is.
    """
    # Most pairs of ends are told by themselves: what lies between is looked at last.
    changed = cv2.absdiff(images[0], images[-1]) > NUMBERS.min_blend_change
    if float(changed.mean()) < NUMBERS.min_blend_area:
        return None
    before, after = (images[end][changed].astype(np.float32) for end in (0, -1))
    if _correlation(before, after) > NUMBERS.max_blend_likeness:
        return None
    step = after - before
    off = images[:, changed].astype(np.float32) - before
    power = float(step @ step)
    shares: NDArray[np.float32] = off @ step / power
    residuals = ((off - shares[:, None] * step) ** 2).sum(axis=1) / power
    low, high = NUMBERS.blended_shares
    between = (shares > low) & (shares < high)
    if between.sum() < NUMBERS.min_blended or float(residuals.max()) > NUMBERS.max_blend_residual:
        return None
    return shares if bool((np.diff(shares) > -NUMBERS.max_step_back).all()) else None


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
    changed = difference > NUMBERS.min_blend_change
    unexplained = float(cv2.absdiff(moved, after)[changed].sum()) / float(difference.sum())
    distance = float(np.abs(flow[changed]).mean())
    return unexplained < NUMBERS.max_flow_residual and distance < NUMBERS.max_flow * max(
        before.shape
    )


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
