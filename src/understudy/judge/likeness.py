"""Whether the figure of a video is the picture's: its colours and the shape of its face."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.face_mesh import LEFT_CHEEK, RIGHT_CHEEK, RIGID
from understudy.geometry.landmarks import Body
from understudy.judge.pose_metrics import Joints

Rgb = NDArray[np.uint8]
Float64 = NDArray[np.float64]
Histogram = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LikenessNumbers:
    """Where the figure is looked at, and in what steps."""

    limb: float = 0.07
    """Half the width of the strip round a bone, in torso lengths: within the narrowest sleeve."""
    head: float = 0.22
    """Radius of the head."""
    bins: tuple[int, int, int] = (8, 8, 8)
    """Of L, a and b."""
    blur: float = 0.6
    """Of the histogram, in bins: light changes a little as a figure moves."""
    face_percentile: float = 20
    """Of the face's distances over the frames: those turned as in the picture count."""


NUMBERS = LikenessNumbers()

_STRIPS = (
    (Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
    (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW),
    (Body.LEFT_HIP, Body.LEFT_KNEE),
    (Body.RIGHT_HIP, Body.RIGHT_KNEE),
    (Body.LEFT_KNEE, Body.LEFT_ANKLE),
    (Body.RIGHT_KNEE, Body.RIGHT_ANKLE),
)
_TRUNK = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.RIGHT_HIP, Body.LEFT_HIP]


def figure_colours(rgb: Rgb, body: Joints, torso: float) -> Histogram | None:
    """The colours of trunk, limbs and head: a histogram over CIELAB that adds up to one.

    rgb: (H, W, 3) uint8. body: (33, 2) its landmarks in pixels, NaN where not seen. torso: pixels.
    None where too little of the figure is seen.
    """
    mask = np.zeros(rgb.shape[:2], np.uint8)
    if np.isfinite(body[_TRUNK]).all():
        cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(body[_TRUNK]).astype(np.int32)), 1)
    for start, end in _STRIPS:
        ends = body[[start, end]]
        if np.isfinite(ends).all():
            a, b = (tuple(int(v) for v in np.rint(place)) for place in ends)
            cv2.line(mask, a, b, 1, max(1, round(2 * NUMBERS.limb * torso)))
    if np.isfinite(body[Body.NOSE]).all():
        x, y = (int(v) for v in np.rint(body[Body.NOSE]))
        cv2.circle(mask, (x, y), max(1, round(NUMBERS.head * torso)), 1, -1)
    if mask.sum() < torso:
        return None
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[mask > 0].astype(np.float64)
    counts, _ = np.histogramdd(lab, bins=NUMBERS.bins, range=[(0, 256)] * 3)
    for axis in range(3):
        counts = np.apply_along_axis(_blurred, axis, counts)
    return np.asarray(counts / counts.sum())


def _blurred(row: Float64) -> Float64:
    kernel = np.exp(-0.5 * (np.arange(-2, 3) / NUMBERS.blur) ** 2)
    return np.convolve(row, kernel / kernel.sum(), mode="same")


def colour_likeness(picture: Histogram, frame: Histogram) -> float:
    """The intersection of two histograms, 0 to 1 (Swain and Ballard, "Color indexing", 1991)."""
    return float(np.minimum(picture, frame).sum())


def face_distances(picture: NDArray[np.float32], faces: NDArray[np.float32]) -> Float64:
    """How far the shape of each face is from the picture's, in widths of the face: (T,).

    picture: (468, 3), faces: (T, 468, 3) pixels. Of points that no expression moves, after the best
    shift, turn and scale (Procrustes analysis; Gower 1975). NaN where no face is seen.
    """
    points = list(RIGID)
    reference = picture[:, :2].astype(np.float64)
    width = float(np.linalg.norm(reference[LEFT_CHEEK] - reference[RIGHT_CHEEK]))
    target = reference[points] / width
    target = target - target.mean(axis=0)
    distances = np.full(len(faces), np.nan)
    for index, face in enumerate(faces[:, points, :2].astype(np.float64)):
        if not np.isfinite(face).all():
            continue
        shape = face - face.mean(axis=0)
        # The best turn and scale as one complex number.
        a, b = (part[:, 0] + 1j * part[:, 1] for part in (shape, target))
        fitted = a * (np.vdot(a, b) / np.vdot(a, a))
        distances[index] = float(np.sqrt(np.mean(np.abs(fitted - b) ** 2)))
    return distances


def face_likeness(distances: Float64) -> float | None:
    """The distance of the faces turned most as in the picture, None where no face is seen."""
    seen = distances[np.isfinite(distances)]
    return float(np.percentile(seen, NUMBERS.face_percentile)) if len(seen) else None
