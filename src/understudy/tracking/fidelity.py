"""Fidelity: how closely the pose in a finished video follows its driver.

Driver and character have proportions of their own, so not places but directions are compared: the
angle between a bone of the driver and the same bone found in the video, in the image plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy.errors import InputRefused
from understudy.geometry.landmarks import Body
from understudy.media.clip import open_clip
from understudy.media.limits import OWN_CLIP_LIMITS
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import analyze_scene
from understudy.tracking.track import track_clip

BONES = (
    (Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
    (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW),
    (Body.LEFT_ELBOW, Body.LEFT_WRIST),
    (Body.RIGHT_ELBOW, Body.RIGHT_WRIST),
    (Body.LEFT_HIP, Body.LEFT_KNEE),
    (Body.RIGHT_HIP, Body.RIGHT_KNEE),
    (Body.LEFT_KNEE, Body.LEFT_ANKLE),
    (Body.RIGHT_KNEE, Body.RIGHT_ANKLE),
)


@dataclass(frozen=True, slots=True)
class FidelityNumbers:
    """What of two poses is compared, and when it counts as the same."""

    close: float = 15.0
    """Degrees within which a bone counts as pointing the same way."""
    visible: float = 0.5
    """Visibility above which a landmark is compared."""
    short: float = 0.3
    """A bone shorter than this share of the shoulders' width points at the camera: its direction is
    noise."""


NUMBERS = FidelityNumbers()


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What became of a driver's pose in a video.

    found: share of the frames in which the character was found again. angle: mean angle between
    bones, in degrees. close: share of them within 15 degrees. Both None where no bone was seen in
    driver and video alike.
    """

    found: float
    angle: float | None
    close: float | None


def pose_fidelity(driver: Performance, result: Performance) -> Fidelity:
    """Compare what was found in a finished video with its driver, row by row."""
    rows = min(len(driver.times), len(result.times))
    ours, theirs = (p.body[:rows].astype(np.float64) for p in (result, driver))
    angles = np.abs(np.degrees(_apart(_bones(ours), _bones(theirs))))
    seen = angles[np.isfinite(angles)]
    found = np.isfinite(ours[:, Body.NOSE, 0]) & (
        ours[..., 3].max(axis=1, initial=0) > NUMBERS.visible
    )
    return Fidelity(
        found=float(found.mean()) if rows else 0.0,
        angle=float(seen.mean()) if seen.size else None,
        close=float((seen <= NUMBERS.close).mean()) if seen.size else None,
    )


def video_fidelity(video: Path, driver: Performance) -> Fidelity:
    """Track a finished video and compare it with its driver.

    driver: a row for each frame of the video. Where no figure is found, as on characters that the
    tracker takes for nobody, `found` is 0.
    """
    try:
        clip = open_clip(video, bounds=OWN_CLIP_LIMITS)
        scene = analyze_scene(clip)
        result = track_clip(clip, scene=scene, start=0.0, end=clip.duration, fps=clip.fps)
    except InputRefused:
        return Fidelity(found=0.0, angle=None, close=None)
    return pose_fidelity(driver, result)


def _bones(body: NDArray[np.float64]) -> NDArray[np.float64]:
    """The bones' vectors (T, B, 2), NaN where an end is not seen or the bone has no direction."""
    starts, ends = (list(side) for side in zip(*BONES, strict=True))
    vectors = body[:, ends, :2] - body[:, starts, :2]
    sure = np.minimum(body[:, ends, 3], body[:, starts, 3]) > NUMBERS.visible
    across = body[:, Body.LEFT_SHOULDER, :2] - body[:, Body.RIGHT_SHOULDER, :2]
    width = np.nanmedian(np.hypot(*across.T)) if np.isfinite(across).any() else np.nan
    long = np.hypot(vectors[..., 0], vectors[..., 1]) > NUMBERS.short * width
    return np.where((sure & long)[..., None], vectors, np.nan)


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle from a to b, radians in -pi..pi: (T, B)."""
    cross = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.asarray(np.arctan2(cross, (a * b).sum(axis=-1)))
