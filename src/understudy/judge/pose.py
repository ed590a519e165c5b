"""The pose in a video against the driver's performance, carried over to the figure's proportions.

The driver's bones are taken as filmed, each as much longer or shorter as the same bone of the
figure is, and put together from the middle of the shoulders on. Whoever follows the driver exactly
has its joints there, whatever it looks like and wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body
from understudy.judge.pose_metrics import (
    Joints,
    errors,
    foot_skate,
    jitter,
    pck,
    planted,
    torso_length,
)
from understudy.tracking.fidelity import pose_fidelity
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

SHOULDERS = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]
HIPS = [Body.LEFT_HIP, Body.RIGHT_HIP]
FEET = [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
JOINTS = [
    Body.NOSE,
    *SHOULDERS,
    Body.LEFT_ELBOW,
    Body.RIGHT_ELBOW,
    Body.LEFT_WRIST,
    Body.RIGHT_WRIST,
    *HIPS,
    Body.LEFT_KNEE,
    Body.RIGHT_KNEE,
    *FEET,
]
# A bone from the first joint to the second, in the order in which they are put together; both
# sides of a pair have one length. The two middles stand after the body's 33 landmarks.
_NECK, _PELVIS = len(Body), len(Body) + 1
_BONES: tuple[tuple[tuple[int, int], ...], ...] = (
    ((_NECK, Body.NOSE),),
    ((_NECK, Body.LEFT_SHOULDER), (_NECK, Body.RIGHT_SHOULDER)),
    (
        (Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
        (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW),
    ),
    ((Body.LEFT_ELBOW, Body.LEFT_WRIST), (Body.RIGHT_ELBOW, Body.RIGHT_WRIST)),
    ((_NECK, _PELVIS),),
    ((_PELVIS, Body.LEFT_HIP), (_PELVIS, Body.RIGHT_HIP)),
    ((Body.LEFT_HIP, Body.LEFT_KNEE), (Body.RIGHT_HIP, Body.RIGHT_KNEE)),
    ((Body.LEFT_KNEE, Body.LEFT_ANKLE), (Body.RIGHT_KNEE, Body.RIGHT_ANKLE)),
)


@dataclass(frozen=True, slots=True)
class PoseNumbers:
    """What is compared, and how."""

    visible: float = 0.5
    """Visibility above which a landmark is compared."""
    length_percentile: float = 80
    """Of a bone's lengths on the screen: it is then hardly foreshortened."""
    wide_pck: float = 0.2
    """Torso lengths: a joint within counts for the score; `pck` itself is within a tenth."""
    torso_in_shoulders: float = 1.5
    """Length of a torso in widths of the shoulders, where the hips are not seen."""


NUMBERS = PoseNumbers()


@dataclass(frozen=True, slots=True)
class PoseJudgement:
    """How the pose follows the driver; None where nothing could be compared.

    found: share of the frames in which the figure was found. error: mean distance of the joints
    from where the retargeted performance has them, in torso lengths, against the middle of the
    shoulders. pck: share of them within a tenth of a torso; pck_wide: within a fifth. angle: mean
    angle between bones, degrees. travel: mean distance of the figure's way from the driver's, each
    in its own torso lengths. jitter, driver_jitter: median second difference of the joints, torso
    lengths per frame squared. skate, driver_skate: speed of feet while the driver's stand, torso
    lengths a second.
    """

    found: float
    error: float | None
    pck: float | None
    pck_wide: float | None
    angle: float | None
    travel: float | None
    jitter: float | None
    driver_jitter: float | None
    skate: float | None
    driver_skate: float | None


@dataclass(frozen=True, slots=True, eq=False)
class PoseCurves:
    """Frame by frame, in pixels of the video: found and wanted (T, J, 2) joints, NaN where not
    seen; error (T,) in torso lengths."""

    found: Joints
    wanted: Joints
    error: Float64


def judge_pose(driver: Performance, result: Performance) -> tuple[PoseJudgement, PoseCurves]:
    """Compare a video's figure with its driver, row by row. Both have the same number of rows."""
    theirs, ours = _seen(driver), _seen(result)
    torso, driver_torso = _torso(ours), _torso(theirs)
    wanted = _retargeted(theirs, ours)
    found = ours[:, JOINTS]
    distances = errors(found, wanted, torso)
    fps = 1 / float(np.median(np.diff(driver.times)))
    standing = planted(theirs[:, FEET], driver_torso, fps)
    plain = pose_fidelity(driver, result)
    seen = np.isfinite(distances)
    per_frame = np.full(len(found), np.nan)
    rows = seen.any(axis=1)
    per_frame[rows] = np.nanmean(distances[rows], axis=1)
    judgement = PoseJudgement(
        found=round(plain.found, 4),
        error=_known(distances[seen].mean() if seen.any() else np.nan),
        pck=_known(pck(distances)),
        pck_wide=_known(pck(distances, NUMBERS.wide_pck)),
        angle=None if plain.angle is None else _known(plain.angle),
        travel=_known(_travel(theirs, ours, driver_torso, torso)),
        jitter=_known(jitter(found, torso)),
        driver_jitter=_known(jitter(theirs[:, JOINTS], driver_torso)),
        skate=_known(foot_skate(ours[:, FEET], torso, fps, standing)),
        driver_skate=_known(foot_skate(theirs[:, FEET], driver_torso, fps, standing)),
    )
    return judgement, PoseCurves(found, wanted, per_frame)


def _seen(performance: Performance) -> Joints:
    """(T, 35, 2) pixels, NaN where not surely seen: the landmarks and the two middles."""
    body = performance.body.astype(np.float64)
    points = np.where(body[:, :, 3:] > NUMBERS.visible, body[:, :, :2], np.nan)
    middles = [points[:, pair].mean(axis=1, keepdims=True) for pair in (SHOULDERS, HIPS)]
    return np.concatenate([points, *middles], axis=1)


def _torso(points: Joints) -> float:
    if np.isfinite(points[:, HIPS]).all(axis=(1, 2)).any():
        return torso_length(points[:, SHOULDERS], points[:, HIPS])
    across = points[:, Body.LEFT_SHOULDER] - points[:, Body.RIGHT_SHOULDER]
    if not np.isfinite(across).any():
        return float("nan")
    return NUMBERS.torso_in_shoulders * float(np.nanmedian(np.hypot(*across.T)))


def _retargeted(driver: Joints, figure: Joints) -> Joints:
    """Where the figure's JOINTS would be: (T, J, 2), NaN where the driver does not tell."""
    wanted = np.full_like(driver, np.nan)
    wanted[:, _NECK] = figure[:, _NECK]
    for pair in _BONES:
        ratio = _length(figure, pair) / _length(driver, pair)
        for start, end in pair:
            wanted[:, end] = wanted[:, start] + ratio * (driver[:, end] - driver[:, start])
    return wanted[:, JOINTS]


def _length(points: Joints, pair: tuple[tuple[int, int], ...]) -> float:
    lengths = np.concatenate(
        [np.linalg.norm(points[:, end] - points[:, start], axis=1) for start, end in pair]
    )
    lengths = lengths[np.isfinite(lengths)]
    return float(np.percentile(lengths, NUMBERS.length_percentile)) if len(lengths) else np.nan


def _travel(driver: Joints, figure: Joints, driver_torso: float, torso: float) -> float:
    ways = [points[:, _NECK] / unit for points, unit in ((driver, driver_torso), (figure, torso))]
    apart = ways[1] - ways[0]
    apart = apart[np.isfinite(apart).all(axis=1)]
    if not len(apart):
        return float("nan")
    return float(np.linalg.norm(apart - np.median(apart, axis=0), axis=1).mean())


def _known(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
