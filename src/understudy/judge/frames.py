"""What the frames of a video show by themselves: a still background, what is left of the figure in
it, flicker, and the seams of what was cut and moved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body
from understudy.judge.background import MARGIN, background_mask, flicker
from understudy.judge.likeness import Histogram, colour_likeness, figure_colours
from understudy.judge.pose_metrics import Joints

Rgb = NDArray[np.uint8]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FrameNumbers:
    """How frames are looked at."""

    short_side: int = 360
    """Pixels: frames are compared at this size."""
    different: float = 40
    """Of 255: picture and background must differ by this for a residue to be told from it."""
    residue: float = 0.35
    """A pixel is residue when it is nearer to the picture's figure than this share of the way."""
    most_residue_change: float = 24
    """Of 255: and hardly differs from the picture."""
    seam_radius: float = 0.2
    """Torso lengths round a joint in which edges are counted."""
    seam_floor: float = 6.0
    """Mean gradient, of 255 a pixel, that is added on both sides: flat cloth has none."""
    colours_every: int = 5
    """Frames between two looks at the colours."""


NUMBERS = FrameNumbers()

_SEAMS = [
    Body.LEFT_SHOULDER,
    Body.RIGHT_SHOULDER,
    Body.LEFT_ELBOW,
    Body.RIGHT_ELBOW,
    Body.LEFT_HIP,
    Body.RIGHT_HIP,
    Body.LEFT_KNEE,
    Body.RIGHT_KNEE,
]


@dataclass(frozen=True, slots=True, eq=False)
class PictureReference:
    """The picture, at the size in which frames are compared.

    rgb: (h, w, 3) uint8. alpha: (h, w) the figure's matte, 0 to 1. background: (h, w, 3) uint8,
    what would be seen without the figure. body: (33, 2) pixels. reach: how far the figure extends
    beyond its joints' hull, pixels. torso: pixels. aligned: whether frames have the picture's
    aspect, so that places can be compared.
    """

    rgb: Rgb
    alpha: NDArray[np.float32]
    background: Rgb
    body: Joints
    reach: float
    torso: float
    aligned: bool


@dataclass(slots=True)
class FrameCurves:
    """Frame by frame, NaN where it cannot be told.

    background: mean change of the background since the frame before, of 255. residue: share of the
    place where the picture shows the figure, now uncovered, that still looks like it. flicker: mean
    deviation from the mean of the two neighbours, of 255. seams: share of edges round the joints
    that the picture has not. colours: likeness of the figure's colours, 0 to 1.
    """

    background: list[float] = field(default_factory=list)
    residue: list[float] = field(default_factory=list)
    flicker: list[float] = field(default_factory=list)
    seams: list[float] = field(default_factory=list)
    colours: list[float] = field(default_factory=list)


def look_at_frames(
    frames: Iterable[Rgb], joints: Joints, body: Joints, torso: float, reference: PictureReference
) -> FrameCurves:
    """Look at the frames of a video in turn.

    frames: (h, w, 3) uint8 at the reference's size where aligned. joints: (T, J, 2) those that tell
    where the figure is, body: (T, 33, 2) all, pixels of the frames, NaN where not seen. torso:
    pixels.
    """
    curves = FrameCurves()
    expected = _edges(reference.rgb, reference.body, reference.torso)
    colours = figure_colours(reference.rgb, reference.body, reference.torso)
    reach = MARGIN * reference.reach * torso / reference.torso
    before: tuple[Rgb, NDArray[np.bool_]] | None = None
    greys: deque[NDArray[np.float32]] = deque(maxlen=3)
    for index, (frame, found) in enumerate(zip(frames, joints, strict=False)):
        height, width = frame.shape[:2]
        free = background_mask(found, reach, (width, height))
        changed = float("nan") if before is None else flicker(frame, before[0], free & before[1])
        before = frame, free
        greys.append(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32))
        curves.background.append(changed)
        curves.flicker.append(_deviation(greys))
        curves.residue.append(_residue(frame, free, reference))
        curves.seams.append(_seams(frame, body[index], torso, expected))
        likeness = float("nan")
        if index % NUMBERS.colours_every == 0 and colours is not None:
            likeness = _colours(frame, body[index], torso, colours)
        curves.colours.append(likeness)
    return curves


def _deviation(greys: Sequence[NDArray[np.float32]]) -> float:
    """How far the middle one of three frames is from the mean of its neighbours, of 255."""
    if len(greys) < 3:
        return float("nan")
    first, middle, last = greys
    return float(np.mean(np.abs(middle - (first + last) / 2)))


def _residue(frame: Rgb, free: NDArray[np.bool_], reference: PictureReference) -> float:
    """The share of what the figure has left free that still looks like it."""
    if not reference.aligned:
        return float("nan")
    picture, behind = (image.astype(np.float32) for image in (reference.rgb, reference.background))
    differ = np.abs(picture - behind).max(axis=2) > NUMBERS.different
    uncovered = free & (reference.alpha > 0.9) & differ
    if uncovered.sum() < reference.torso:
        return float("nan")
    shown = frame.astype(np.float32)
    to_picture = np.abs(shown - picture).mean(axis=2)[uncovered]
    to_background = np.abs(shown - behind).mean(axis=2)[uncovered]
    left = (to_picture < NUMBERS.residue * (to_picture + to_background)) & (
        to_picture < NUMBERS.most_residue_change
    )
    return float(left.mean())


def _seams(frame: Rgb, body: Joints, torso: float, expected: Float64) -> float:
    """How many more edges there are round the joints than in the picture, as a share."""
    found = _edges(frame, body, torso)
    more = (found - expected) / (expected + NUMBERS.seam_floor)
    more = more[np.isfinite(more)]
    return float(np.clip(more, 0.0, None).mean()) if len(more) else float("nan")


def _edges(rgb: Rgb, body: Joints, torso: float) -> Float64:
    """The mean gradient of luma round each joint, of 255 for a shift of a hundredth of a torso."""
    edges = np.full(len(_SEAMS), np.nan)
    if not np.isfinite(torso):
        return edges
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    radius = max(2, round(NUMBERS.seam_radius * torso))
    for number, joint in enumerate(_SEAMS):
        if not np.isfinite(body[joint]).all():
            continue
        x, y = (int(v) for v in np.rint(body[joint]))
        patch = grey[max(0, y - radius) : y + radius, max(0, x - radius) : x + radius]
        if min(patch.shape) < radius:
            continue
        down, across = np.gradient(patch)
        edges[number] = float(np.hypot(down, across).mean()) * torso / 100
    return edges


def _colours(frame: Rgb, body: Joints, torso: float, expected: Histogram) -> float:
    found = figure_colours(frame, body, torso) if np.isfinite(torso) else None
    return float("nan") if found is None else colour_likeness(expected, found)
